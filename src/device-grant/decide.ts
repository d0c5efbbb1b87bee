// A person looks at what asks, and says yes or no. Codes are short, so whoever guesses them is stopped: wrong ones are
// counted per user, in the batch that looks.

import { recordEvent } from '../audit/queries.ts';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { Principal } from '../http/context.ts';
import {
  countWrongCodes,
  type DeviceGrant,
  decideGrant,
  GRANT_SECONDS,
  isUnknown,
  selectGrant,
  selectPending,
} from './queries.ts';
import { readUserCode } from './user-code.ts';

/** Wrong codes of one user in the lifetime of a code. */
export const MAX_WRONG_CODES = 5;

/** @throws AppError USER_CODE_UNKNOWN; RATE_LIMIT_EXCEEDED, for a right code too, after five wrong ones */
export async function findGrant(deps: Deps, principal: Principal, typed: string, client: Client): Promise<DeviceGrant> {
  const { db, now } = deps;
  const { userId, sessionId } = principal;
  const userCode = readUserCode(typed);
  const at = now();
  const wrong = { action: 'device_login', outcome: 'failure', reason: 'user_code_unknown' } as const;
  const [, [counted], [grant]] = await repeatIfLost(() =>
    db.batch([
      recordEvent(db, wrong, { userId, sessionId }, client, at, isUnknown(db, userCode, at)),
      countWrongCodes(db, userId, at - GRANT_SECONDS),
      selectPending(db, userCode, at),
    ]),
  );
  const before = (counted?.wrong ?? 0) - (grant ? 0 : 1);
  if (before >= MAX_WRONG_CODES) {
    throw new AppError('RATE_LIMIT_EXCEEDED', { reason: 'user_codes_guessed', retryAfter: GRANT_SECONDS });
  }
  if (!grant) throw new AppError('USER_CODE_UNKNOWN');
  return grant;
}

export async function decide(deps: Deps, principal: Principal, typed: string, approved: boolean, client: Client) {
  const { db, now } = deps;
  const { userId, sessionId } = principal;
  const { id } = await findGrant(deps, principal, typed, client);
  const event = { action: 'device_login', outcome: 'success', reason: approved ? 'approved' : 'denied' } as const;
  const [, , [decided]] = await repeatIfLost(() =>
    db.batch([
      decideGrant(db, id, userId, approved),
      recordEvent(db, event, { userId, sessionId }, client, now()),
      selectGrant(db, id),
    ]),
  );
  const mine = decided?.userId === userId && decided.approved === approved;
  if (!mine) throw new AppError('USER_CODE_UNKNOWN', { reason: 'decided_meanwhile' });
}
