// Tokens that this service would not sign: any header, any payload, any bytes, under any key.

import { encodeBase64url, encodeUtf8 } from '../../src/crypto/encoding.ts';

export const SECRET = 'q7Zr2vYw9KcB4nXs8TdG1mLp6HfJ3aEu'; // JWT_SECRET_KEY of vitest.config.ts
export const PREVIOUS_SECRET = 'Wd5tRk0PzUo8yNbVe2CxQi7MhSg4LjAf';

type Part = string | Uint8Array | Record<string, unknown>;

function bytes(part: Part): Uint8Array {
  if (part instanceof Uint8Array) return part;
  return encodeUtf8(typeof part === 'string' ? part : JSON.stringify(part));
}

/** A signature over these parts as they are: an object is written as JSON, a text or bytes stand as given. */
export async function forge(header: Part, payload: Part, secret = SECRET, hash = 'SHA-256'): Promise<string> {
  return sign(`${encodeBase64url(bytes(header))}.${encodeBase64url(bytes(payload))}`, secret, hash);
}

export async function sign(signed: string, secret = SECRET, hash = 'SHA-256'): Promise<string> {
  const key = await crypto.subtle.importKey('raw', encodeUtf8(secret), { name: 'HMAC', hash }, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, encodeUtf8(signed));
  return `${signed}.${encodeBase64url(new Uint8Array(mac))}`;
}

export const HEADER = { alg: 'HS256', typ: 'JWT' };

/** Claims that are right in every respect at `now`, for a user that need not exist. */
export function soundClaims(now = Math.floor(Date.now() / 1000), sub: string = crypto.randomUUID()) {
  return { iss: 'rag-modulo', sub, iat: now, exp: now + 3600, jti: crypto.randomUUID(), sid: crypto.randomUUID() };
}
