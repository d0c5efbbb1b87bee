// Ending one session of one's own, by its id.

import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { endSessions, ofUserOne, selectSessionIds } from './queries.ts';

export async function removeSession({ config, db, now, revocations }: Deps, { userId }: Principal, id: string) {
  const own = ofUserOne(userId, id);
  const [ended, , [owner], found] = await repeatIfLost(() =>
    db.batch([
      ...endSessions(db, own, now(), config.jwt.lifetimeSeconds),
      selectOwner(db, userId),
      selectSessionIds(db, own),
    ]),
  );
  revocations.add(ended);
  requireOwner(owner);
  if (found.length === 0) throw new AppError('SESSION_NOT_FOUND');
}
