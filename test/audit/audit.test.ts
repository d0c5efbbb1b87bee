import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { AUDIT_RETENTION_SECONDS } from '../../src/audit/queries.ts';
import { cleanUp } from '../../src/session/cleanup.ts';
import { mintUser, PASSWORD } from '../support/api.ts';
import { watchD1 } from '../support/d1.ts';
import { type Isolate, openClock, openIsolate, openSession, type TokenBody } from '../support/isolate.ts';

const WRONG = 'wrong password!';
const NEW_PASSWORD = 'another fine password';

async function setUp() {
  const user = await mintUser();
  const clock = openClock(); // later than the registration
  const isolate = await openIsolate(clock);
  return { clock, isolate, user, tokens: await openSession(isolate, user) };
}

const eventsOf = async (userId: string) => {
  const { results } = await env.DB.prepare('SELECT * FROM audit_event WHERE user_id = ? ORDER BY id')
    .bind(userId)
    .all();
  return results.map(({ action, outcome, reason }) => [action, outcome, reason].filter(Boolean).join(' '));
};
const logIn = (isolate: Isolate, username: string, password: string) =>
  isolate.post('/api/auth/login', { username, password });

test('what happens to an account is kept with the change, and nothing else is', async () => {
  const { clock, isolate, user, tokens } = await setUp();
  await logIn(isolate, user.username, WRONG);
  clock.advance(3000);
  const { body } = await isolate.post('/api/auth/refresh', { refresh_token: tokens.refresh_token });
  clock.advance(60);
  await isolate.post('/api/auth/refresh', { refresh_token: tokens.refresh_token });
  await isolate.post('/api/auth/logout', undefined, (body as TokenBody).access_token); // has ended already
  const second = await openSession(isolate, user);
  await isolate.post('/api/auth/logout', undefined, second.access_token);
  const third = await openSession(isolate, user);
  const change = (current_password: string) =>
    isolate.post('/api/auth/change-password', { current_password, new_password: NEW_PASSWORD }, third.access_token);
  await change(WRONG);
  await change(PASSWORD);
  expect(await eventsOf(user.id)).toEqual([
    'register success',
    'login success',
    'login failure wrong_password',
    'refresh failure refresh_reused',
    'login success',
    'logout success',
    'login success',
    'change_password failure wrong_password',
    'change_password success',
  ]);
});

test('a deletion leaves one event, which tells nothing of its user but an id', async () => {
  const { isolate, user, tokens } = await setUp();
  await isolate.del('/api/auth/me', tokens.access_token, { password: WRONG });
  await isolate.del('/api/auth/me', tokens.access_token, { password: PASSWORD });
  const { results } = await env.DB.prepare('SELECT * FROM audit_event WHERE user_id = ?').bind(user.id).all();
  expect(results).toMatchObject([
    { action: 'delete_account', outcome: 'success', session_id: null, user_agent: null, country: null, network: null },
  ]);
});

test('a user sees what happened, the latest first, page by page; others see nothing of it', async () => {
  const { clock, isolate, user } = await setUp();
  clock.advance(60);
  const { body } = await isolate.call('POST', '/api/auth/login', {
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'curl/8.5.0', 'CF-Connecting-IP': '203.0.113.7' },
    body: JSON.stringify({ username: user.username, password: PASSWORD }),
  });
  const { access_token, refresh_token } = body as TokenBody;
  const whole = await isolate.get('/api/auth/me/activity', access_token);
  expect((whole.body as { action: string }[]).map(({ action }) => action)).toEqual(['login', 'login', 'register']);
  expect((whole.body as object[])[0]).toEqual({
    at: new Date(clock.seconds() * 1000).toISOString().replace('.000Z', 'Z'),
    action: 'login',
    outcome: 'success',
    reason: null,
    session_id: refresh_token.split('.')[0],
    device: 'curl 8.5.0',
    country: null,
    network: '203.0.113.0/24',
  });
  const page = await isolate.get('/api/auth/me/activity?page=2&page_size=1', access_token);
  expect(page.body).toEqual((whole.body as object[]).slice(1, 2));
  expect(page.headers.get('X-Total-Count')).toBe('3');
});

test('a write that is repeated after a lost reply is one event', async () => {
  const clock = openClock();
  const losing = await openIsolate(clock, {
    DB: watchD1(async (call, sql) => {
      const answer = await call();
      if (sql.length > 1 && !lost.has(sql.join())) {
        lost.add(sql.join());
        throw new Error('D1_ERROR: Network connection lost.');
      }
      return answer;
    }),
  });
  const lost = new Set<string>();
  const account = { username: 'losing', email: 'losing@example.com', password: PASSWORD };
  const registered = await losing.post('/api/auth/register', account);
  expect(registered.status).toBe(201); // and not a 409 for what it made itself
  const { access_token } = await openSession(losing, account);
  await losing.post('/api/auth/logout', undefined, access_token);
  expect(lost.size).toBe(3);
  expect(await eventsOf((registered.body as { user_id: string }).user_id)).toEqual([
    'register success',
    'login success',
    'logout success',
  ]);
});

test('a login that loses a race with a password change is no success in the log', async () => {
  const clock = openClock();
  const user = await mintUser();
  const isolate = await openIsolate(clock, {
    DB: watchD1(async (call, sql) => {
      if (sql.join().includes('insert into "session"')) {
        await env.DB.prepare('UPDATE user SET password_version = 2 WHERE id = ?').bind(user.id).run();
      }
      return call();
    }),
  });
  expect((await logIn(isolate, user.username, PASSWORD)).status).toBe(401);
  expect(await eventsOf(user.id)).toEqual(['register success']);
});

test('events are kept for 180 days', async () => {
  const { clock, isolate, user } = await setUp();
  clock.advance(AUDIT_RETENTION_SECONDS - 10);
  await cleanUp(isolate.deps);
  expect(await eventsOf(user.id)).toHaveLength(2);
  clock.advance(20);
  await cleanUp(isolate.deps);
  expect(await eventsOf(user.id)).toEqual([]);
});
