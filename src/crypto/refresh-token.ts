// Refresh tokens: `session.generation.MAC`. The database keeps the generation alone and so holds nothing worth stealing;
// what was not made here is refused before it costs a read.

import type { Keyring } from './keyring.ts';
import { isMac, makeMac } from './mac.ts';

/** What a refresh token says. Generations count a session's rotations, from 1. */
export type RefreshGrant = { sessionId: string; generation: number };

const FORM = /^([0-9a-f-]{36})\.([1-9]\d{0,14})\.([\w-]{43})$/;

export async function signRefreshToken({ sessionId, generation }: RefreshGrant, keyring: Keyring): Promise<string> {
  const text = `${sessionId}.${generation}`;
  return `${text}.${await makeMac(text, keyring.signing.refresh)}`;
}

/** What the token says, if a key of the ring made it. Whether it still holds is for the session's row to say. */
export async function verifyRefreshToken(token: string, keyring: Keyring): Promise<RefreshGrant | undefined> {
  const [, sessionId = '', generation = '', mac = ''] = FORM.exec(token) ?? [];
  const keys = keyring.keys.map(({ refresh }) => refresh);
  if (!(await isMac(mac, `${sessionId}.${generation}`, keys))) return undefined;
  return { sessionId, generation: Number(generation) };
}
