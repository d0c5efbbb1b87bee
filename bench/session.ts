// Sessions: a refresh and a logout over HTTP beside one read of the database, and what the list of ended sessions costs
// the guard, in memory and when a new isolate reads it.

import type { Tokens } from '../src/session/answer.ts';
import { ask, type Bench, bearer, insertEach, inTurns, postJson, type Report, serve, spread } from './harness.ts';
import type { Issue } from './workers/guard-check.ts';

const HTTP_ROUNDS = 300;
/** Two of each turn's requests use a session up, one goes on with the same. */
const SESSIONS = 2 * (HTTP_ROUNDS + 1) + 1;
const GUARD_ROUNDS = 15;
const CHECKS = 20_000;
const COLD_ROUNDS = 5;

const USER_ID = '123e4567-e89b-42d3-a456-426614174000';
const INSERT_USER = `INSERT INTO user (id, username, email, password_hash, created_at)
  VALUES ('${USER_ID}', 'bench', 'bench@example.com', '', 0)`;

const sessionId = (n: number) => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
const SESSION_ID = `printf('%08x-0000-4000-8000-000000000000', n)`; // the same in SQL

async function timeHttp(tokens: Tokens[], openedAt: number) {
  const { url, execute, stop } = await serve('src/worker.ts', 'service');
  const values = `${SESSION_ID}, '${USER_ID}', ${openedAt}, ${openedAt}`;
  await execute(INSERT_USER, ...insertEach(SESSIONS, 'session (id, user_id, created_at, rotated_at)', values));
  const take = () => {
    const taken = tokens.pop();
    if (!taken) throw new Error('too few sessions');
    return taken;
  };
  const refresh = async ({ refresh_token }: Tokens): Promise<Tokens> =>
    JSON.parse(await ask(`${url}/api/auth/refresh`, postJson({ refresh_token })));

  let current = take(); // rotated in the turn that is not counted
  const samples = await inTurns(
    {
      health: () => ask(`${url}/health`),
      rotate: () => refresh(take()),
      repeat: async () => {
        current = await refresh(current);
      },
      logout: () => ask(`${url}/api/auth/logout`, { method: 'POST', ...bearer(take().access_token) }),
    },
    HTTP_ROUNDS,
  );
  await stop();
  const { health, rotate, repeat, logout } = samples;
  return { health: spread(health), rotate: spread(rotate), repeat: spread(repeat), logout: spread(logout) };
}

async function timeGuard({ url }: Bench) {
  const work = (name: string) => () => ask(`${url}/${name}?times=${CHECKS}`);
  const samples = await inTurns(
    { verify: work('verify'), none: work('guard/0'), some: work('guard/1000'), many: work('guard/100000') },
    GUARD_ROUNDS,
  );
  const microseconds = (name: keyof typeof samples) =>
    spread(samples[name].map((milliseconds) => (milliseconds * 1000) / CHECKS));
  return {
    verify: microseconds('verify'),
    none: microseconds('none'),
    some: microseconds('some'),
    many: microseconds('many'),
  };
}

/** Milliseconds that a new isolate takes for its first guarded request. */
async function timeFirst(tokens: Tokens, revoked: number): Promise<number> {
  const { url, execute, stop } = await serve('src/worker.ts', 'service');
  const values = `${SESSION_ID}, unixepoch('now', '+1 hour')`;
  await execute(INSERT_USER, ...insertEach(revoked, 'revocation (session_id, expires_at)', values));
  const started = performance.now();
  await ask(`${url}/api/auth/me`, bearer(tokens.access_token));
  const took = performance.now() - started;
  await stop();
  return took;
}

async function timeCold(tokens: Tokens) {
  const [none, some, many]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < COLD_ROUNDS; round++) {
    none.push(await timeFirst(tokens, 0));
    some.push(await timeFirst(tokens, 1000));
    many.push(await timeFirst(tokens, 100_000));
  }
  return { none: spread(none), some: spread(some), many: spread(many) };
}

export async function session(): Promise<Report> {
  const bare = await serve('bench/workers/guard-check.ts', 'bare');
  const openedAt = Math.floor(Date.now() / 1000) - 600; // past the grace, so that a refresh rotates
  const sessionIds = Array.from({ length: SESSIONS + 1 }, (_, n) => sessionId(n)); // 0 is in no table
  const issue: Issue = { userId: USER_ID, sessionIds, openedAt };
  const [unrevoked, ...tokens]: [Tokens, ...Tokens[]] = JSON.parse(await ask(`${bare.url}/issue`, postJson(issue)));
  const http = await timeHttp(tokens, openedAt);
  const guard = await timeGuard(bare);
  await bare.stop();
  const cold = await timeCold(unrevoked);
  const health = http.health.median;
  return {
    title: 'Sessions',
    rows: {
      'GET /health (ms)': http.health,
      'refresh that rotates (ms)': http.rotate,
      'refresh within the grace (ms)': http.repeat,
      'logout (ms)': http.logout,
      'verifyToken alone (µs)': guard.verify,
      'guard, 0 revoked (µs)': guard.none,
      'guard, 1,000 revoked (µs)': guard.some,
      'guard, 100,000 revoked (µs)': guard.many,
      'first guarded request, 0 revoked (ms)': cold.none,
      'first guarded request, 1,000 revoked (ms)': cold.some,
      'first guarded request, 100,000 revoked (ms)': cold.many,
    },
    ratios: [
      { name: 'refresh that rotates / GET health', value: http.rotate.median / health, aim: { atMost: 3 } },
      { name: 'refresh within the grace / GET health', value: http.repeat.median / health, aim: { atMost: 3 } },
      { name: 'logout / GET health', value: http.logout.median / health, aim: { atMost: 3 } },
      { name: 'guard, 100,000 revoked / 0', value: guard.many.median / guard.none.median, aim: { atMost: 1.1 } },
    ],
    panels: [],
  };
}
