// A name and a password for a session and its access token. Every refusal looks the same from outside and costs the same.

import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { findUserByName, upgradePasswordHash } from '../user/queries.ts';
import { issueToken } from './issue.ts';
import { insertSession } from './queries.ts';

export async function login(deps: Deps, { username, password }: { username: string; password: string }) {
  const { db, gate, now, randomId } = deps;
  const user = await findUserByName(db, username);
  const { right, upgradedHash } = await gate.check(username, password, user);
  if (!user) throw new AppError('INVALID_CREDENTIALS', { reason: 'unknown_name' });
  if (!right) throw new AppError('INVALID_CREDENTIALS', { reason: 'wrong_password' });

  const session = { id: randomId(), userId: user.id, createdAt: now() };
  const [opened] = await db.batch([
    insertSession(db, session, user),
    ...(upgradedHash === undefined ? [] : [upgradePasswordHash(db, user, upgradedHash)]),
  ]);
  if (opened.length === 0) throw new AppError('INVALID_CREDENTIALS', { reason: 'user_changed_meanwhile' });
  return issueToken(deps, user, session.id);
}
