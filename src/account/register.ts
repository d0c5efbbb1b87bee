// A new user. A taken name is refused after the same work as a success, by the unique indexes alone.

import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { insertUser } from '../user/queries.ts';

export type Registration = { username: string; password: string; email: string };

export async function register({ db, gate, now, randomId }: Deps, { username, password, email }: Registration) {
  const passwordHash = await gate.hash(username, password);
  const id = randomId();
  const inserted = await insertUser(db, { id, username, email, passwordHash, createdAt: now() });
  if (!inserted) throw new AppError('DUPLICATE_USER');
  return { user_id: id, username, email };
}
