// Refresh tokens: `session.generation.MAC`. The database keeps the generation alone and so holds nothing worth stealing;
// what was not made here is refused before it costs a read.

import { decodeBase64url, encodeBase64url, encodeUtf8 } from './encoding.ts';
import type { Keyring } from './keyring.ts';

/** What a refresh token says. Generations count a session's rotations, from 1. */
export type RefreshGrant = { sessionId: string; generation: number };

const FORM = /^([0-9a-f-]{36})\.([1-9]\d{0,14})\.([\w-]{43})$/;

export async function signRefreshToken({ sessionId, generation }: RefreshGrant, keyring: Keyring): Promise<string> {
  const signed = `${sessionId}.${generation}`;
  const mac = await crypto.subtle.sign('HMAC', keyring.signing.refresh, encodeUtf8(signed));
  return `${signed}.${encodeBase64url(new Uint8Array(mac))}`;
}

/** What the token says, if a key of the ring made it. Whether it still holds is for the session's row to say. */
export async function verifyRefreshToken(token: string, keyring: Keyring): Promise<RefreshGrant | undefined> {
  const [, sessionId = '', generation = '', encodedMac = ''] = FORM.exec(token) ?? [];
  const mac = decodeBase64url(encodedMac);
  if (sessionId === '' || !mac) return undefined;
  const signed = encodeUtf8(`${sessionId}.${generation}`);
  const verified = await Promise.all(
    keyring.keys.map(({ refresh }) => crypto.subtle.verify('HMAC', refresh, mac, signed)),
  );
  return verified.includes(true) ? { sessionId, generation: Number(generation) } : undefined;
}
