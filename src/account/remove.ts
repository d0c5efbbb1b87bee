// The end of an account: the user and everything of theirs, in one commit. Their access tokens are revoked with it.

import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import type { Principal } from '../http/context.ts';
import { endSessions, ofUnchanged } from '../session/queries.ts';
import { deleteUser, selectOwner } from '../user/queries.ts';
import { requirePassword, wrongPassword } from './require-password.ts';

export async function removeAccount(deps: Deps, principal: Principal, password: string): Promise<void> {
  const { config, db, gate, now, revocations } = deps;
  const user = await requirePassword(deps, principal, password);
  const [ended, , , [left]] = await repeatIfLost(() =>
    db.batch([
      ...endSessions(db, ofUnchanged(db, user), now(), config.jwt.lifetimeSeconds),
      deleteUser(db, user),
      selectOwner(db, user.id),
    ]),
  );
  revocations.add(ended);
  if (left) throw wrongPassword('user_changed_meanwhile');
  await gate.forget(user).catch(() => undefined); // what it counted expires by itself, too
}
