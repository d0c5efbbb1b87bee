// Ending sessions: their refresh tokens are good for nothing from the commit on, their access tokens are refused in this
// isolate at once and in every other within the bound of the revocation list. To end what has ended changes nothing.

import type { SQL } from 'drizzle-orm';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { endSessions } from './queries.ts';

/** For whoever holds a token of the session. */
export async function end({ config, db, now, revocations }: Deps, which: SQL | undefined): Promise<void> {
  const [ended] = await repeatIfLost(() => db.batch(endSessions(db, which, now(), config.jwt.lifetimeSeconds)));
  revocations.add(ended);
}

/** For the user whose sessions they are. */
export async function endOwn(deps: Deps, userId: string, which: SQL | undefined): Promise<void> {
  const { config, db, now, revocations } = deps;
  const [ended, , [owner]] = await repeatIfLost(() =>
    db.batch([...endSessions(db, which, now(), config.jwt.lifetimeSeconds), selectOwner(db, userId)]),
  );
  revocations.add(ended);
  requireOwner(owner);
}
