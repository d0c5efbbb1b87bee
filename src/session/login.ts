// A name and a password for a session and its tokens. Every refusal looks the same from outside and costs the same.

import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import { findUserByName, upgradePasswordHash } from '../user/queries.ts';
import type { Tokens } from './answer.ts';
import { issueTokens } from './issue.ts';
import { beyondLimit, endSessions, insertSession, selectSession } from './queries.ts';

export type Credentials = { username: string; password: string };

export async function login(deps: Deps, { username, password }: Credentials, client: Client): Promise<Tokens> {
  const { config, db, gate, now, randomId, revocations } = deps;
  const user = await findUserByName(db, username);
  const { right, upgradedHash } = await gate.check(username, password, user);
  if (!user) throw new AppError('INVALID_CREDENTIALS', { reason: 'unknown_name' });
  if (!right) throw new AppError('INVALID_CREDENTIALS', { reason: 'wrong_password' });

  const id = randomId();
  const at = now();
  const [, [opened], evicted] = await repeatIfLost(() =>
    db.batch([
      insertSession(db, { id, userId: user.id, createdAt: at, ...client }, user),
      selectSession(db, id),
      ...endSessions(db, beyondLimit(db, user.id, id), at, config.jwt.lifetimeSeconds),
      ...(upgradedHash === undefined ? [] : [upgradePasswordHash(db, user, upgradedHash)]),
    ]),
  );
  revocations.add(evicted);
  if (!opened) throw new AppError('INVALID_CREDENTIALS', { reason: 'user_changed_meanwhile' });
  return issueTokens(deps, user, { id, ...opened.session });
}
