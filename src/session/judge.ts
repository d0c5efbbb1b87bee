// Whether a refresh token still holds, by its session's row alone. Pure.

import type { Config } from '../config.ts';
import type { RefreshGrant } from '../crypto/refresh-token.ts';
import type { Session } from './queries.ts';

/** `ahead`: of a generation that the row has not reached, as after a restored backup. */
export type GrantVerdict = 'good' | 'unknown' | 'ended' | 'expired' | 'ahead' | 'reused';

/** `row` as the database has it after the rotation was tried; `at` in seconds. */
export function judgeGrant(
  { generation }: RefreshGrant,
  row: Pick<Session, 'generation' | 'createdAt' | 'rotatedAt' | 'endedAt'> | undefined,
  at: number,
  { idleSeconds, absoluteSeconds, graceSeconds }: Config['session'],
): GrantVerdict {
  if (!row) return 'unknown';
  if (row.endedAt !== null) return 'ended';
  if (row.rotatedAt <= at - idleSeconds || row.createdAt <= at - absoluteSeconds) return 'expired';
  if (generation === row.generation) return 'good';
  if (generation > row.generation) return 'ahead';
  const withinGrace = generation === row.generation - 1 && row.rotatedAt > at - graceSeconds;
  return withinGrace ? 'good' : 'reused';
}
