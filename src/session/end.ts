// Ending sessions: their refresh tokens are good for nothing from the commit on, their access tokens are refused in this
// isolate at once and in every other within the bound of the revocation list. To end what has ended changes nothing.

import type { SQL } from 'drizzle-orm';
import { type Happening, recordEndings } from '../audit/queries.ts';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import type { Client } from '../http/client.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { endSessions, selectSessionIds } from './queries.ts';

export const LOGOUT: Happening = { action: 'logout', outcome: 'success' };

/** For whoever holds a token of the session. */
export async function end(deps: Deps, which: SQL | undefined, why: Happening, client: Client): Promise<void> {
  const { config, db, now, revocations } = deps;
  const at = now();
  const [, ended] = await repeatIfLost(() =>
    db.batch([recordEndings(db, why, which, client, at), ...endSessions(db, which, at, config.jwt.lifetimeSeconds)]),
  );
  revocations.add(ended);
}

/** For the user whose sessions they are. The ids of all that were meant, ended before or now. */
export async function endOwn(deps: Deps, userId: string, which: SQL | undefined, client: Client): Promise<string[]> {
  const { config, db, now, revocations } = deps;
  const at = now();
  const [, ended, , [owner], found] = await repeatIfLost(() =>
    db.batch([
      recordEndings(db, LOGOUT, which, client, at),
      ...endSessions(db, which, at, config.jwt.lifetimeSeconds),
      selectOwner(db, userId),
      selectSessionIds(db, which),
    ]),
  );
  revocations.add(ended);
  requireOwner(owner);
  return found.map(({ id }) => id);
}
