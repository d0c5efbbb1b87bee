import { expect, test } from 'vitest';
import { judgeGrant } from '../../src/session/judge.ts';

const NOW = 1_000_000;
const limits = { idleSeconds: 1000, absoluteSeconds: 10_000, graceSeconds: 60 };
/** A session in its fifth generation, rotated 30 seconds ago. */
const row = { generation: 5, createdAt: NOW - 5000, rotatedAt: NOW - 30, endedAt: null };

test.for([
  ['the current generation', 5, {}, 'good'],
  ['the one before, within the grace', 4, {}, 'good'],
  ['the one before, when the grace is over', 4, { rotatedAt: NOW - 60 }, 'reused'],
  ['two before, within the grace', 3, {}, 'reused'],
  ['the first of all', 1, {}, 'reused'],
  ['one that the row has not reached', 6, {}, 'ahead'],
  ['of an ended session', 5, { endedAt: NOW - 1 }, 'ended'],
  ['old, of an ended session', 1, { endedAt: NOW - 1 }, 'ended'],
  ['idle in its last second', 5, { rotatedAt: NOW - 999 }, 'good'],
  ['idle', 5, { rotatedAt: NOW - 1000 }, 'expired'],
  ['old, of an idle session', 1, { rotatedAt: NOW - 1000 }, 'expired'],
  ['busy in the last second', 5, { createdAt: NOW - 9999 }, 'good'],
  ['busy for too long', 5, { createdAt: NOW - 10_000 }, 'expired'],
  ['of a clock that is ahead', 5, { rotatedAt: NOW + 30 }, 'good'],
] as const)('a refresh token is %s: generation %i, %j', ([, generation, members, verdict]) => {
  expect(judgeGrant({ sessionId: 'x', generation }, { ...row, ...members }, NOW, limits)).toBe(verdict);
});

test('a refresh token of no session is unknown', () => {
  expect(judgeGrant({ sessionId: 'x', generation: 1 }, undefined, NOW, limits)).toBe('unknown');
});
