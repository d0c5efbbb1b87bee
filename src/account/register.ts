// A new user. A taken name is refused after the same work as a success, by the unique indexes alone.

import { recordEvent } from '../audit/queries.ts';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import { refuseGuessable } from '../user/password-input.ts';
import { insertUser, selectOwner } from '../user/queries.ts';

export type Registration = { username: string; password: string; email: string };

export async function register(deps: Deps, { username, password, email }: Registration, client: Client) {
  const { db, gate, isCommonPassword, now, randomId } = deps;
  await refuseGuessable(isCommonPassword, 'password', password, { username, email });
  const passwordHash = await gate.hash(username, password);
  const id = randomId();
  const at = now();
  const event = { action: 'register', outcome: 'success' } as const;
  const [, , [registered]] = await repeatIfLost(() =>
    db.batch([
      insertUser(db, { id, username, email, passwordHash, createdAt: at }),
      recordEvent(db, event, { userId: id }, client, at),
      selectOwner(db, id),
    ]),
  );
  if (!registered) throw new AppError('DUPLICATE_USER');
  return { user_id: id, username, email };
}
