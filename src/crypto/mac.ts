// Texts that carry a MAC of their own: what was not made here is told by itself, without a look into the database.

import { decodeBase64url, encodeBase64url, encodeUtf8 } from './encoding.ts';

/** HMAC-SHA256 in base64url: 43 characters. */
export async function makeMac(text: string, key: CryptoKey): Promise<string> {
  return encodeBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, encodeUtf8(text))));
}

/** Whether any of the keys made it. */
export async function isMac(encoded: string, text: string, keys: readonly CryptoKey[]): Promise<boolean> {
  const mac = decodeBase64url(encoded);
  if (!mac) return false;
  const verified = await Promise.all(keys.map((key) => crypto.subtle.verify('HMAC', key, mac, encodeUtf8(text))));
  return verified.includes(true);
}
