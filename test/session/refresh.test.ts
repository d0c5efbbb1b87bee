import { env } from 'cloudflare:workers';
import { expect, test, vi } from 'vitest';
import { signRefreshToken, verifyRefreshToken } from '../../src/crypto/refresh-token.ts';
import { mintUser } from '../support/api.ts';
import { countD1, watchD1 } from '../support/d1.ts';
import { PREVIOUS_SECRET, SECRET } from '../support/forge.ts';
import { type Isolate, openClock, openIsolate, openSession, type TokenBody } from '../support/isolate.ts';

const REFUSED = { detail: 'Invalid refresh token', error_code: 'INVALID_REFRESH_TOKEN' };
const GRACE = 60;
const DAY = 86_400;
const LOST = new Error('D1_ERROR: Network connection lost.');

async function setUp() {
  const clock = openClock();
  const isolate = await openIsolate(clock);
  const user = await mintUser();
  const refresh = (token: string, from: Isolate = isolate) => from.post('/api/auth/refresh', { refresh_token: token });
  const next = async (token: string, from: Isolate = isolate): Promise<TokenBody> => {
    const { status, body } = await refresh(token, from);
    expect({ status, body }).toMatchObject({ status: 200 });
    return body as TokenBody;
  };
  return { clock, isolate, user, tokens: await openSession(isolate, user), refresh, next };
}

const rowOf = async (refreshToken: string) =>
  env.DB.prepare('SELECT * FROM session WHERE id = ?').bind(refreshToken.split('.')[0]).first();
const generationOf = (refreshToken: string) => Number(refreshToken.split('.')[1]);

test('a refresh answers as login does, and its token is the next generation', async () => {
  const { clock, isolate, user, tokens, next } = await setUp();
  clock.advance(3000);
  const fresh = await next(tokens.refresh_token);
  expect([...Object.keys(fresh), 'device_token']).toEqual(Object.keys(tokens));
  expect(fresh).toMatchObject({ token_type: 'bearer', expires_in: 3600, refresh_expires_in: 30 * DAY });
  expect(generationOf(fresh.refresh_token)).toBe(2);
  expect(fresh.access_token).not.toBe(tokens.access_token);
  expect((await isolate.get('/api/auth/me', fresh.access_token)).body).toMatchObject({ id: user.id });
  expect(await rowOf(fresh.refresh_token)).toMatchObject({
    generation: 2,
    rotated_at: clock.seconds(),
    ended_at: null,
  });
});

test('20 refresh one token at once, in 100 rounds: one step each, and everybody goes on', {
  timeout: 120_000,
}, async () => {
  const { clock, tokens, next } = await setUp();
  let token = tokens.refresh_token;
  for (let round = 1; round <= 100; round++) {
    clock.advance(GRACE + 1);
    const answers = await Promise.all(Array.from({ length: 20 }, () => next(token)));
    expect(new Set(answers.map((answer) => generationOf(answer.refresh_token)))).toEqual(new Set([round + 1]));
    expect(await rowOf(token)).toMatchObject({ generation: round + 1 });
    token = answers[round % 20]?.refresh_token ?? '';
  }
});

test('two quick refreshes and a straggler with the first token log nobody out', async () => {
  const { clock, tokens, next } = await setUp();
  clock.advance(3000);
  const first = await next(tokens.refresh_token);
  clock.advance(1);
  const second = await next(first.refresh_token);
  clock.advance(GRACE - 2);
  const straggler = await next(tokens.refresh_token);
  for (const { refresh_token } of [first, second, straggler]) expect(generationOf(refresh_token)).toBe(2);
  clock.advance(GRACE);
  await next(straggler.refresh_token);
});

test('a replay after the grace ends the session, here at once and everywhere within the bound, and no other', async () => {
  const { clock, isolate, user, tokens, refresh, next } = await setUp();
  const elsewhere = await openIsolate(clock);
  const other = await openSession(isolate, user);
  clock.advance(3000);
  const fresh = await next(tokens.refresh_token);
  expect((await elsewhere.get('/api/auth/me', fresh.access_token)).status).toBe(200);
  clock.advance(GRACE);

  const log = vi.spyOn(console, 'log');
  expect(await refresh(tokens.refresh_token)).toMatchObject({ status: 401, body: REFUSED });
  expect(log.mock.calls.map(([line]) => JSON.parse(String(line)).reason)).toContain('refresh_reused');
  log.mockRestore();

  expect((await isolate.get('/api/auth/me', fresh.access_token)).status).toBe(401);
  clock.advance(5);
  expect((await elsewhere.get('/api/auth/me', fresh.access_token)).status).toBe(401);
  expect(await refresh(fresh.refresh_token)).toMatchObject({ status: 401, body: REFUSED });
  await next(other.refresh_token);
  expect((await elsewhere.get('/api/auth/me', other.access_token)).status).toBe(200);
});

test.for([
  ['the last second of the grace', GRACE - 1, 200],
  ['the first second after', GRACE, 401],
] as const)('the token before the current one in %s', async ([, age, expected]) => {
  const { clock, tokens, refresh, next } = await setUp();
  clock.advance(3000);
  await next(tokens.refresh_token);
  clock.advance(age);
  expect((await refresh(tokens.refresh_token)).status).toBe(expected);
});

test.for([
  ['idle, in its last second', 30 * DAY - 1, 200],
  ['idle for REFRESH_IDLE_SECONDS', 30 * DAY, 401],
] as const)('%s', async ([, seconds, expected]) => {
  const { clock, tokens, refresh } = await setUp();
  clock.advance(seconds);
  expect((await refresh(tokens.refresh_token)).status).toBe(expected);
});

test('a busy session ends REFRESH_ABSOLUTE_SECONDS after its login, and promises no more than that', async () => {
  const { clock, tokens, refresh, next } = await setUp();
  let token = tokens.refresh_token;
  for (let days = 20; days < 365; days += 20) {
    clock.advance(20 * DAY);
    const fresh = await next(token);
    expect(fresh.refresh_expires_in).toBe(Math.min(30, 365 - days) * DAY);
    token = fresh.refresh_token;
  }
  clock.advance(5 * DAY - 100);
  const last = await next(token);
  expect(last).toMatchObject({ expires_in: 100, refresh_expires_in: 100 });
  clock.advance(100);
  expect((await refresh(last.refresh_token)).status).toBe(401);
});

test('a generation that the session has not reached is refused, and moves nothing', async () => {
  const { clock, isolate, tokens, refresh, next } = await setUp();
  clock.advance(3000);
  const sessionId = tokens.refresh_token.split('.')[0] ?? '';
  const ahead = await signRefreshToken({ sessionId, generation: 2 }, isolate.deps.keyring); // as after a restored backup
  expect(await refresh(ahead)).toMatchObject({ status: 401, body: REFUSED });
  expect(await rowOf(ahead)).toMatchObject({ generation: 1, ended_at: null });
  await next(tokens.refresh_token);
});

test('a rotated secret ends no session while the old key is in the ring', async () => {
  const clock = openClock();
  const user = await mintUser();
  const before = await openIsolate(clock, { JWT_SECRET_KEY: PREVIOUS_SECRET, JWT_SECRET_KEY_PREVIOUS: '' });
  const { refresh_token } = await openSession(before, user);
  clock.advance(DAY);
  const removed = await openIsolate(clock, { JWT_SECRET_KEY_PREVIOUS: '' });
  expect(await removed.post('/api/auth/refresh', { refresh_token })).toMatchObject({ status: 401, body: REFUSED });
  const rotated = await openIsolate(clock, { JWT_SECRET_KEY: SECRET, JWT_SECRET_KEY_PREVIOUS: PREVIOUS_SECRET });
  const { body } = await rotated.post('/api/auth/refresh', { refresh_token });
  expect(await verifyRefreshToken((body as TokenBody).refresh_token, removed.deps.keyring)).toBeDefined();
});

test('a session remembers where it was used last', async () => {
  const { clock, isolate, tokens } = await setUp();
  clock.advance(3000);
  await isolate.call('POST', '/api/auth/refresh', {
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'curl/8.5.0', 'CF-Connecting-IP': '203.0.113.7' },
    body: JSON.stringify({ refresh_token: tokens.refresh_token }),
  });
  expect(await rowOf(tokens.refresh_token)).toMatchObject({ user_agent: 'curl/8.5.0', network: '203.0.113.0/24' });
});

test('garbage costs no database call; a refresh costs one, a login two, a verified request none of its own', async () => {
  const clock = openClock();
  const user = await mintUser();
  const { db, calls } = countD1();
  const isolate = await openIsolate(clock, { DB: db });
  const costOf = async (request: Promise<{ status: number }>) => {
    const before = calls.length;
    const { status } = await request;
    return { status, calls: calls.length - before };
  };
  const login = isolate.post('/api/auth/login', { username: user.username, password: user.password });
  expect(await costOf(login)).toEqual({ status: 200, calls: 2 });
  const { access_token, refresh_token } = (await login).body as TokenBody;
  const refreshing = (token: string) => costOf(isolate.post('/api/auth/refresh', { refresh_token: token }));
  expect(await refreshing('garbage')).toEqual({ status: 401, calls: 0 });
  expect(await refreshing(refresh_token.replace(/[^.]+$/, 'A'.repeat(43)))).toEqual({ status: 401, calls: 0 });
  expect(await refreshing(refresh_token)).toEqual({ status: 200, calls: 1 });
  clock.advance(3000);
  expect(await refreshing(refresh_token)).toEqual({ status: 200, calls: 1 });

  // A path parameter is read behind the guard and before the database, so this request is verification alone.
  const verified = () => costOf(isolate.get('/api/collections/no-uuid', access_token));
  expect(await verified()).toEqual({ status: 422, calls: 1 }); // the shared list, for everybody
  for (let i = 0; i < 10; i++) expect(await verified()).toEqual({ status: 422, calls: 0 });
});

test('a reply that is lost after the commit logs nobody out: the server repeats, or the client within the grace', async () => {
  const { clock, user } = await setUp();
  let losses = 0;
  const broken = await openIsolate(clock, {
    DB: watchD1(async (call) => {
      const answer = await call();
      if (losses-- > 0) throw LOST;
      return answer;
    }),
  });
  const first = await openSession(broken, user);
  clock.advance(3000);
  losses = 1;
  const second = await broken.post('/api/auth/refresh', { refresh_token: first.refresh_token });
  expect(second.status).toBe(200);
  expect(generationOf((second.body as TokenBody).refresh_token)).toBe(2);

  clock.advance(3000);
  const { refresh_token } = second.body as TokenBody;
  losses = 2;
  expect((await broken.post('/api/auth/refresh', { refresh_token })).status).toBe(503);
  clock.advance(GRACE - 1);
  const repeated = await broken.post('/api/auth/refresh', { refresh_token });
  expect(repeated.status).toBe(200);
  expect(generationOf((repeated.body as TokenBody).refresh_token)).toBe(3);
});

test.for([
  ['no member', {}, 422],
  ['a number', { refresh_token: 1 }, 422],
  ['null', { refresh_token: null }, 422],
  ['empty', { refresh_token: '' }, 401],
  ['long', { refresh_token: 'x'.repeat(15_000) }, 401],
  ['a lone surrogate', { refresh_token: '\ud800' }, 401],
] as const)('refused: %s', async ([, body, expected]) => {
  const isolate = await openIsolate(openClock());
  const { status, headers, body: answer } = await isolate.post('/api/auth/refresh', body);
  expect(status).toBe(expected);
  if (expected === 422) expect(answer).toMatchObject({ detail: [{ loc: ['body', 'refresh_token'] }] });
  else {
    expect(answer).toEqual(REFUSED);
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="edge-auth"');
  }
});
