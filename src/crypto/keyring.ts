// The HMAC keys of this service: one signs, all verify. Importing is the only work done here; nothing is read or stored.

import { encodeBase64url, encodeUtf8 } from './encoding.ts';

export type Algorithm = 'HS256' | 'HS384' | 'HS512';

const HASH = { HS256: 'SHA-256', HS384: 'SHA-384', HS512: 'SHA-512' } as const satisfies Record<Algorithm, string>;

export type Key = {
  /** Derived from the key, so that every isolate and every region gives it the same name. */
  readonly kid: string;
  readonly hmac: CryptoKey;
  /** The encoded JOSE header of every token signed by this key. */
  readonly headerSegment: string;
  /** HMAC-SHA256 key of refresh tokens, derived from the same secret. */
  readonly refresh: CryptoKey;
  /** The same for device tokens. */
  readonly device: CryptoKey;
  /** The same for the codes that devices poll with. */
  readonly grant: CryptoKey;
};

export type Keyring = {
  readonly algorithm: Algorithm;
  readonly signing: Key;
  /** The signing key first, then the previous ones, which only verify. */
  readonly keys: readonly Key[];
  /** HMAC-SHA256 key that places unknown names among the login gates; never signs a token. */
  readonly ghost: CryptoKey;
};

/** Secrets are used as the UTF-8 bytes of their text, as PyJWT does; their length is checked in `config.ts`. */
export async function importKeyring(
  algorithm: Algorithm,
  secret: string,
  previous: readonly string[],
): Promise<Keyring> {
  const signing = await importKey(algorithm, secret, ['sign', 'verify']);
  const verifying = await Promise.all(previous.map((old) => importKey(algorithm, old, ['verify'])));
  return { algorithm, signing, keys: [signing, ...verifying], ghost: await deriveHmacKey(secret, 'ghost') };
}

async function importKey(algorithm: Algorithm, secret: string, usages: string[]): Promise<Key> {
  const hmac = await crypto.subtle.importKey(
    'raw',
    encodeUtf8(secret),
    { name: 'HMAC', hash: HASH[algorithm] },
    false,
    usages,
  );
  const fingerprint = await crypto.subtle.sign('HMAC', await deriveHmacKey(secret, 'kid'), encodeUtf8(algorithm));
  const kid = encodeBase64url(new Uint8Array(fingerprint, 0, 9));
  const header = JSON.stringify({ alg: algorithm, typ: 'JWT', kid });
  return {
    kid,
    hmac,
    headerSegment: encodeBase64url(encodeUtf8(header)),
    refresh: await deriveHmacKey(secret, 'refresh'),
    device: await deriveHmacKey(secret, 'device'),
    grant: await deriveHmacKey(secret, 'grant'),
  };
}

/** A key for one purpose, told apart by its label (HKDF-SHA256, RFC 5869, without salt). */
async function deriveHmacKey(secret: string, label: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encodeUtf8(secret), 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encodeUtf8(`edge-auth ${label}`) },
    material,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign', 'verify'],
  );
}
