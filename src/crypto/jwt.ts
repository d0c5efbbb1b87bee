// Access tokens: compact JWS over HMAC (RFC 7515, RFC 7519, RFC 8725). Nothing in a token chooses how it is verified,
// and no claim is looked at before the MAC has been found right.

import { decodeBase64urlInto, decodeUtf8, encodeAsciiInto, encodeBase64url, encodeUtf8 } from './encoding.ts';
import { parseUniqueObject } from './json.ts';
import type { Key, Keyring } from './keyring.ts';

/** Longest token that is looked at, in characters. */
export const MAX_TOKEN_LENGTH = 8192;
/** How far `iat` and `nbf` may lie ahead of our clock. */
export const CLOCK_SKEW_SECONDS = 60;

/** What this service signs. Times are seconds since 1970 (NumericDate, RFC 7519 §2). */
export type AccessClaims = {
  iss: string;
  sub: string;
  uuid: string;
  username: string;
  email: string;
  name: string;
  role: string;
  iat: number;
  exp: number;
  jti: string;
  sid: string;
  aud?: string;
};

/** What a token must say besides carrying a right MAC. */
export type Expectations = { issuer: string; audience: string | undefined; lifetimeSeconds: number };

/** The claims that verification vouches for. */
export type VerifiedClaims = { sub: string; sid: string; jti: string; iat: number; exp: number };

/** Why a token was refused: for logs and tests; callers are told `expired` or nothing. */
export type Refusal =
  | 'too_long'
  | 'malformed'
  | 'header'
  | 'algorithm'
  | 'unknown_key'
  | 'signature'
  | 'payload'
  | 'times'
  | 'lifetime'
  | 'not_yet_valid'
  | 'issuer'
  | 'audience'
  | 'subject'
  | 'session'
  | 'expired';

/** An expired token was ours in every other respect, so its claims are told as well: to end its session is no harm. */
export type Verdict =
  | { ok: true; claims: VerifiedClaims }
  | { ok: false; reason: 'expired'; claims: VerifiedClaims }
  | { ok: false; reason: Exclude<Refusal, 'expired'> };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

// Buffers for verification. Each is written and read between two awaits, so no request ever sees another's: Web Crypto
// copies its input when it is called (Web Cryptography API §14.3.4).
const signedBuffer = new Uint8Array(MAX_TOKEN_LENGTH);
const macBuffer = new Uint8Array(64);
const jsonBuffer = new Uint8Array(MAX_TOKEN_LENGTH);

export async function signToken(claims: AccessClaims, keyring: Keyring): Promise<string> {
  const { hmac, headerSegment } = keyring.signing;
  const signed = `${headerSegment}.${encodeBase64url(encodeUtf8(JSON.stringify(claims)))}`;
  const mac = await crypto.subtle.sign('HMAC', hmac, encodeUtf8(signed));
  return `${signed}.${encodeBase64url(new Uint8Array(mac))}`;
}

/**
 * Reads a token from outside in: form, header, MAC, claims. `nowSeconds` is the caller's clock.
 * Expiry is judged last, so `expired` means that everything else was right.
 */
export async function verifyToken(
  token: string,
  keyring: Keyring,
  expected: Expectations,
  nowSeconds: number,
): Promise<Verdict> {
  if (token.length > MAX_TOKEN_LENGTH) return refused('too_long');
  const headerEnd = token.indexOf('.');
  const payloadEnd = token.indexOf('.', headerEnd + 1);
  if (payloadEnd < 0) return refused('malformed'); // a third dot would stand in the MAC, where it is no base64url

  const keys = keysForHeader(token.slice(0, headerEnd), keyring);
  if (typeof keys === 'string') return refused(keys);

  const signed = encodeAsciiInto(token.slice(0, payloadEnd), signedBuffer);
  const mac = decodeBase64urlInto(token.slice(payloadEnd + 1), macBuffer);
  if (!signed || !mac) return refused('malformed');
  const verified = await Promise.all(keys.map(({ hmac }) => crypto.subtle.verify('HMAC', hmac, mac, signed)));
  if (!verified.includes(true)) return refused('signature');

  const payload = decodeJson(token.slice(headerEnd + 1, payloadEnd));
  return payload ? judgeClaims(payload, expected, nowSeconds) : refused('payload');
}

type HeaderRefusal = 'header' | 'algorithm' | 'unknown_key';

/** The keys that a header admits. Our own headers are recognised by their text alone. */
function keysForHeader(segment: string, keyring: Keyring): readonly Key[] | HeaderRefusal {
  const own = keyring.keys.find((key) => key.headerSegment === segment);
  if (own) return [own];
  const header = decodeJson(segment);
  if (!header) return 'header';
  if (header.alg !== keyring.algorithm) return 'algorithm';
  // RFC 7515 §4.1.11: an extension that is not understood refuses the token. `b64` and `cty` change what is signed.
  if ('crit' in header || 'b64' in header || 'cty' in header) return 'header';
  const { typ, kid } = header;
  if (typ !== undefined && !(typeof typ === 'string' && typ.toUpperCase() === 'JWT')) return 'header';
  if (kid === undefined) return keyring.keys;
  const named = keyring.keys.find((key) => key.kid === kid);
  return named ? [named] : 'unknown_key';
}

function judgeClaims(claims: Record<string, unknown>, expected: Expectations, nowSeconds: number): Verdict {
  const { iss, aud, sub, sid, jti, iat, nbf, exp } = claims;
  if (!isTime(iat) || !isTime(exp) || !(nbf === undefined || isTime(nbf))) return refused('times');
  if (exp <= iat || exp - iat > expected.lifetimeSeconds) return refused('lifetime');
  if (Math.max(iat, nbf ?? iat) > nowSeconds + CLOCK_SKEW_SECONDS) return refused('not_yet_valid');
  if (iss !== expected.issuer) return refused('issuer');
  if (!audienceIsRight(aud, expected.audience)) return refused('audience');
  if (typeof sub !== 'string' || !UUID.test(sub)) return refused('subject');
  // Without a session nothing could end the token before its time.
  if (typeof sid !== 'string' || sid === '' || typeof jti !== 'string' || jti === '') return refused('session');
  const verified = { sub, sid, jti, iat, exp };
  return exp <= nowSeconds ? { ok: false, reason: 'expired', claims: verified } : { ok: true, claims: verified };
}

/** RFC 7519 §4.1.3: a token that names audiences is for those alone, so one that names any is not for a service without. */
function audienceIsRight(aud: unknown, expected: string | undefined): boolean {
  if (expected === undefined) return aud === undefined;
  return aud === expected || (Array.isArray(aud) && aud.includes(expected));
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function decodeJson(segment: string): Record<string, unknown> | undefined {
  const bytes = decodeBase64urlInto(segment, jsonBuffer);
  const text = bytes && decodeUtf8(bytes);
  return text === undefined ? undefined : parseUniqueObject(text);
}

function refused(reason: Exclude<Refusal, 'expired'>): Verdict {
  return { ok: false, reason };
}
