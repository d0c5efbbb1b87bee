// For what a stolen token alone must not do: the password is asked for again.

import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';
import { requireOwner } from '../user/owner.ts';
import { findUserById, type User } from '../user/queries.ts';

/** @throws AppError INVALID_CREDENTIALS */
export async function requirePassword({ db, gate }: Deps, { userId }: Principal, password: string): Promise<User> {
  const user = requireOwner(await findUserById(db, userId));
  const { right } = await gate.check(user.username, password, user);
  if (!right) throw wrongPassword('wrong_password');
  return user;
}

export function wrongPassword(reason: string): AppError {
  return new AppError('INVALID_CREDENTIALS', { reason });
}
