// The end of an account: the user and everything of theirs, in one commit. Their access tokens are revoked with it.

import { exists } from 'drizzle-orm';
import { deleteEventsOf, recordEvent } from '../audit/queries.ts';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import type { Client } from '../http/client.ts';
import type { Principal } from '../http/context.ts';
import { endSessions, ofUnchanged } from '../session/queries.ts';
import { deleteUser, selectOwner, selectUnchanged, unchanged } from '../user/queries.ts';
import { requirePassword, wrongPassword } from './require-password.ts';

export async function removeAccount(deps: Deps, principal: Principal, password: string, client: Client): Promise<void> {
  const { config, db, gate, now, revocations } = deps;
  const user = await requirePassword(deps, principal, password, 'delete_account', client);
  const at = now();
  const event = { action: 'delete_account', outcome: 'success' } as const;
  // All that stays is that it happened: an id of nobody, the time and the request.
  const nowhere = { requestId: client.requestId, userAgent: null, country: null, network: null };
  const [ended, , , , , [left]] = await repeatIfLost(() =>
    db.batch([
      ...endSessions(db, ofUnchanged(db, user), at, config.jwt.lifetimeSeconds),
      deleteEventsOf(db, user.id, exists(selectUnchanged(db, user))),
      recordEvent(db, event, { userId: user.id }, nowhere, at, unchanged(user)),
      deleteUser(db, user),
      selectOwner(db, user.id),
    ]),
  );
  revocations.add(ended);
  if (left) throw wrongPassword('user_changed_meanwhile');
  await gate.forget(user).catch(() => undefined); // what it counted expires by itself, too
}
