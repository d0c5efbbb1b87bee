// What nobody needs any more is removed: sessions past their idle time, revocations past their last access token,
// events past their retention.

import { deleteOldEvents } from '../audit/queries.ts';
import type { Deps } from '../deps.ts';
import { deleteExpiredRevocations, deleteExpiredSessions } from './queries.ts';

/** Rows of one statement, and statements of one run: what is left waits for the next. */
export const BATCH_ROWS = 1000;
const MAX_BATCHES = 50;

export async function cleanUp({
  config,
  db,
  now,
}: Deps): Promise<{ sessions: number; revocations: number; events: number }> {
  const { idleSeconds, graceSeconds } = config.session;
  // An ended or too old session is not rotated any more, so idleness finds all of them. Its last access token was issued
  // within the grace of its last rotation, and introspection needs the row while that lives.
  const lastUse = now() - idleSeconds - graceSeconds - config.jwt.lifetimeSeconds;
  return {
    sessions: await inBatches(() => deleteExpiredSessions(db, lastUse, BATCH_ROWS)),
    revocations: await inBatches(() => deleteExpiredRevocations(db, now(), BATCH_ROWS)),
    events: await inBatches(() => deleteOldEvents(db, now(), BATCH_ROWS)),
  };
}

async function inBatches(remove: () => Promise<unknown[]>): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const { length } = await remove();
    removed += length;
    if (length < BATCH_ROWS) break;
  }
  return removed;
}
