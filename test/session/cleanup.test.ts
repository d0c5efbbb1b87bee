import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, expect, test } from 'vitest';
import { BATCH_ROWS, cleanUp } from '../../src/session/cleanup.ts';
import worker from '../../src/worker.ts';
import { mintUser } from '../support/api.ts';
import { countD1, watchD1 } from '../support/d1.ts';
import { openClock, openIsolate, openSession } from '../support/isolate.ts';

const IDLE = 30 * 86_400;
/** How long after its last rotation a session is of use to nobody: idle time, grace, and an access token's lifetime. */
const USELESS_AFTER = IDLE + 60 + 3600;
const SERIES = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)';

beforeEach(() => env.DB.batch([env.DB.prepare('DELETE FROM session'), env.DB.prepare('DELETE FROM revocation')]));

const insertSessions = (count: number, userId: string, rotatedAt: number) =>
  env.DB.prepare(
    `${SERIES} INSERT INTO session (id, user_id, created_at, rotated_at) SELECT 's' || i || '-' || ?3, ?2, 0, ?3 FROM n WHERE i <= ?1`,
  )
    .bind(count, userId, rotatedAt)
    .run();
const insertRevocations = (count: number, expiresAt: number) =>
  env.DB.prepare(`${SERIES} INSERT INTO revocation (session_id, expires_at) SELECT 's' || i, ?2 FROM n WHERE i <= ?1`)
    .bind(count, expiresAt)
    .run();
const countRows = (table: 'session' | 'revocation' | 'user') =>
  env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n');

test.for([
  ['is removed at the second when its last access token is over', USELESS_AFTER, 0],
  ['is removed long after', 10 * USELESS_AFTER, 0],
  ['stays a second before that', USELESS_AFTER - 1, 1],
  ['stays when it can no more be refreshed but its access token may live', IDLE, 1],
  ['stays while it is in use', 0, 1],
] as const)('a session %s', async ([, age, left]) => {
  const clock = openClock();
  const { deps } = await openIsolate(clock);
  await insertSessions(1, (await mintUser()).id, clock.seconds() - age);
  expect(await cleanUp(deps)).toMatchObject({ sessions: 1 - left, revocations: 0 });
  expect(await countRows('session')).toBe(left);
});

test.for([
  ['is removed at its expiry', 0, 0],
  ['is removed long after', -86_400, 0],
  ['stays until its last second', 1, 1],
] as const)('a revocation %s', async ([, ahead, left]) => {
  const clock = openClock();
  const { deps } = await openIsolate(clock);
  await insertRevocations(1, clock.seconds() + ahead);
  expect(await cleanUp(deps)).toMatchObject({ sessions: 0, revocations: 1 - left });
  expect(await countRows('revocation')).toBe(left);
});

test('the settings decide when a session is useless', async () => {
  const clock = openClock();
  const { deps } = await openIsolate(clock, {
    JWT_EXPIRATION: '100',
    REFRESH_GRACE_SECONDS: '10',
    REFRESH_IDLE_SECONDS: '1000',
  });
  const { id } = await mintUser();
  await insertSessions(1, id, clock.seconds() - 1110);
  await insertSessions(1, id, clock.seconds() - 1109);
  expect(await cleanUp(deps)).toMatchObject({ sessions: 1, revocations: 0 });
});

test('what is of use outlives a run: sessions, ended ones that may be introspected, tokens, users', async () => {
  const clock = openClock();
  const isolate = await openIsolate(clock);
  const user = await mintUser();
  const [kept, ended] = await Promise.all([openSession(isolate, user), openSession(isolate, user)]);
  await isolate.post('/api/auth/logout', undefined, ended.access_token);
  await insertSessions(3, user.id, 0);
  await insertRevocations(3, 1);
  const users = await countRows('user');
  expect(await cleanUp(isolate.deps)).toMatchObject({ sessions: 3, revocations: 3 });
  expect([await countRows('session'), await countRows('revocation'), await countRows('user')]).toEqual([2, 1, users]);
  expect((await isolate.get('/api/auth/me', kept.access_token)).status).toBe(200);
  expect((await isolate.post('/api/auth/refresh', { refresh_token: kept.refresh_token })).status).toBe(200);
  expect((await isolate.get('/api/auth/me', ended.access_token)).status).toBe(401);
});

test.for([
  [0, 1],
  [BATCH_ROWS - 1, 1],
  [BATCH_ROWS, 2],
  [2500, 3],
] as const)('%i rows of each table are removed by %i statements each', async ([rows, statements]) => {
  const { calls, db } = countD1();
  const { deps } = await openIsolate(openClock(), { DB: db });
  await insertSessions(rows, (await mintUser()).id, 0);
  await insertRevocations(rows, 1);
  expect(await cleanUp(deps)).toMatchObject({ sessions: rows, revocations: rows });
  expect([await countRows('session'), await countRows('revocation')]).toEqual([0, 0]);
  for (const table of ['session', 'revocation']) {
    expect(calls.filter((sql) => sql.join().startsWith(`delete from "${table}"`))).toHaveLength(statements);
  }
  expect(calls).toHaveLength(2 * statements + 1);
});

test('one run removes 50 batches, and the next what is left', async () => {
  const { calls, db } = countD1();
  const { deps } = await openIsolate(openClock(), { DB: db });
  await insertRevocations(50 * BATCH_ROWS + 1, 1);
  expect(await cleanUp(deps)).toMatchObject({ sessions: 0, revocations: 50 * BATCH_ROWS });
  expect(calls).toHaveLength(52);
  expect(await cleanUp(deps)).toMatchObject({ sessions: 0, revocations: 1 });
});

test('two runs at once remove each row once', async () => {
  const { deps } = await openIsolate(openClock());
  await insertRevocations(2500, 1);
  const [one, other] = await Promise.all([cleanUp(deps), cleanUp(deps)]);
  expect(one.revocations + other.revocations).toBe(2500);
  expect(await countRows('revocation')).toBe(0);
});

test('what a run removed stays removed where a later statement fails', async () => {
  let calls = 0;
  const { deps } = await openIsolate(openClock(), {
    DB: watchD1((call) => {
      calls += 1;
      if (calls > 2) throw new Error('D1_ERROR: Network connection lost.');
      return call();
    }),
  });
  await insertRevocations(2500, 1);
  await expect(cleanUp(deps)).rejects.toThrow();
  expect(await countRows('revocation')).toBe(2500 - BATCH_ROWS);
});

test('a sequence number is never used twice, so no isolate misses a session that ends after a run', async () => {
  const clock = openClock();
  const [isolate, elsewhere] = await Promise.all([openIsolate(clock), openIsolate(clock)]);
  const user = await mintUser();
  const [first, second] = await Promise.all([openSession(isolate, user), openSession(isolate, user)]);
  const lastSeq = () => env.DB.prepare('SELECT max(seq) AS n FROM revocation').first<number>('n');
  await isolate.post('/api/auth/logout', undefined, first.access_token);
  const before = (await lastSeq()) ?? 0;
  expect(before).toBeGreaterThan(0);
  expect((await elsewhere.get('/api/auth/me', first.access_token)).status).toBe(401); // it has read up to there

  await env.DB.prepare('UPDATE revocation SET expires_at = 1').run();
  expect(await cleanUp(isolate.deps)).toMatchObject({ sessions: 0, revocations: 1 });
  expect(await lastSeq()).toBeNull();
  await isolate.post('/api/auth/logout', undefined, second.access_token);
  expect(await lastSeq()).toBeGreaterThan(before);
  clock.advance(5);
  expect((await elsewhere.get('/api/auth/me', second.access_token)).status).toBe(401);
});

test('the Worker cleans up when its schedule calls', async () => {
  await insertSessions(3, (await mintUser()).id, 0);
  await insertRevocations(3, 1);
  await worker.scheduled(createScheduledController(), env);
  expect([await countRows('session'), await countRows('revocation')]).toEqual([0, 0]);
});
