// For what a stolen token alone must not do: the password is asked for again.

import { recordEvent } from '../audit/queries.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { Principal } from '../http/context.ts';
import { requireOwner } from '../user/owner.ts';
import { findUserById, type User } from '../user/queries.ts';

/** @throws AppError INVALID_CREDENTIALS, RATE_LIMIT_EXCEEDED */
export async function requirePassword(
  { db, gate, now }: Deps,
  { userId, sessionId }: Principal,
  password: string,
  action: 'change_password' | 'delete_account',
  client: Client,
): Promise<User> {
  const user = requireOwner(await findUserById(db, userId));
  const guesser = `session:${sessionId}` as const;
  const { right } = await gate.check({ name: user.username, password, user, guesser, at: now() });
  if (!right) {
    const event = { action, outcome: 'failure', reason: 'wrong_password' } as const;
    await recordEvent(db, event, { userId, sessionId }, client, now());
    throw wrongPassword('wrong_password');
  }
  return user;
}

export function wrongPassword(reason: string): AppError {
  return new AppError('INVALID_CREDENTIALS', { reason });
}
