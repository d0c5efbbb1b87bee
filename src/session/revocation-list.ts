// The sessions that ended while an access token of theirs may still be good. Each isolate keeps the list and reads on
// in it, so that verifying a token costs no read of its own, and an ended session is refused everywhere within a bound.
//
// No request waits for another's promise: when the client whose request began a read hangs up, the read may be gone
// with it. What is shared is plain data, which waiting requests poll.

import { AppError } from '../errors.ts';
import type { Revocation } from './queries.ts';

/** From this age on a request begins a read, beside which it is served. */
const RENEW_AFTER_MS = 2500;
/** From this age on requests wait for a read: what was ended anywhere is refused everywhere after so long. */
export const REVOCATION_BOUND_MS = 5000;
/** While the database is away the list is used up to this age. Older, it answers nothing: 503. */
export const MAX_AGE_MS = 60_000;
const READ_EVERY_MS = 1000;
const POLL_MS = 5;
/** One second. Polls are counted, since the clock of this platform may stand still. */
const MAX_POLLS = 200;

/** Rows of one query, each query being a journey to the database: about 3 MB. */
export const PAGE_ROWS = 50_000;

export type RevocationList = {
  /**
   * Whether the session was ended.
   * @throws AppError SERVICE_UNAVAILABLE, where nobody can tell
   */
  includes(sessionId: string): Promise<boolean>;
  /** What this isolate ended itself is refused here at once. */
  add(ended: readonly Revocation[]): void;
};

export type RevocationSource = {
  /** Revocations after `seq` that have not expired at `nowSeconds`, in their order, at most {@link PAGE_ROWS}. */
  readAfter: (seq: number, nowSeconds: number) => Promise<readonly Revocation[]>;
  nowMs: () => number;
  sleep: (milliseconds: number) => Promise<void>;
  /** Lets a read outlive the request that began it. */
  waitUntil: (work: Promise<unknown>) => void;
};

export function openRevocationList({ readAfter, nowMs, sleep, waitUntil }: RevocationSource): RevocationList {
  /** Expiry in seconds by session, in the order in which they were ended. */
  const expiries = new Map<string, number>();
  let lastSeq = 0;
  /** When the last good read began: what was committed before is in the list. */
  let asOf = Number.NEGATIVE_INFINITY;
  let readBegan = Number.NEGATIVE_INFINITY;
  let readFailed = false;

  const age = () => nowMs() - asOf;

  const read = async (): Promise<void> => {
    const began = nowMs();
    let rows: readonly Revocation[];
    do {
      // By seq and not by time: what was stamped early and committed late has the later seq.
      rows = await readAfter(lastSeq, Math.floor(began / 1000));
      for (const { seq, sessionId, expiresAt } of rows) {
        expiries.set(sessionId, expiresAt);
        lastSeq = Math.max(lastSeq, seq);
      }
    } while (rows.length === PAGE_ROWS);
    asOf = Math.max(asOf, began);
    forgetExpired(began / 1000);
  };

  const forgetExpired = (nowSeconds: number): void => {
    for (const [sessionId, expiresAt] of expiries) {
      if (expiresAt > nowSeconds) return;
      expiries.delete(sessionId);
    }
  };

  const beginReadIfDue = (): void => {
    if (age() < RENEW_AFTER_MS || nowMs() - readBegan < READ_EVERY_MS) return;
    readBegan = nowMs();
    readFailed = false;
    const reading = read().catch(() => {
      readFailed = true;
      console.error(JSON.stringify({ level: 'error', event: 'revocations_unread' }));
    });
    waitUntil(reading);
  };

  return {
    async includes(sessionId) {
      beginReadIfDue();
      for (let polls = 0; age() >= REVOCATION_BOUND_MS && !readFailed && polls < MAX_POLLS; polls++) {
        await sleep(POLL_MS);
        beginReadIfDue();
      }
      if (age() >= MAX_AGE_MS) throw new AppError('SERVICE_UNAVAILABLE', { reason: 'revocations_unknown' });
      return expiries.has(sessionId);
    },
    add(ended) {
      for (const { sessionId, expiresAt } of ended) expiries.set(sessionId, expiresAt);
    },
  };
}
