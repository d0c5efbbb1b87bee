import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { mintUser, PASSWORD } from '../support/api.ts';
import { watchD1 } from '../support/d1.ts';
import { type Isolate, openClock, openIsolate, openSession, type TokenBody } from '../support/isolate.ts';

const NEW_PASSWORD = 'another fine password';
const WRONG = { status: 401, body: { detail: 'Invalid credentials', error_code: 'INVALID_CREDENTIALS' } };
const PATH = '/api/auth/change-password';

async function setUp() {
  const clock = openClock();
  const [isolate, elsewhere] = await Promise.all([openIsolate(clock), openIsolate(clock)]);
  const user = await mintUser();
  return { clock, isolate, elsewhere, user, tokens: await openSession(isolate, user) };
}

const change = (isolate: Pick<Isolate, 'post'>, token: string, members: object = {}) =>
  isolate.post(PATH, { current_password: PASSWORD, new_password: NEW_PASSWORD, ...members }, token);
const sessionsOf = async (userId: string) =>
  (await env.DB.prepare('SELECT * FROM session WHERE user_id = ? ORDER BY created_at').bind(userId).all()).results;

test('a changed password ends every session that the old one opened, and goes on in a new one', async () => {
  const { clock, isolate, elsewhere, user, tokens } = await setUp();
  const other = await openSession(isolate, user);
  const stranger = await openSession(isolate, await mintUser());
  expect((await elsewhere.get('/api/auth/me', other.access_token)).status).toBe(200);

  const { status, body } = await change(isolate, tokens.access_token);
  expect(status).toBe(200);
  const fresh = body as TokenBody;
  expect(Object.keys(fresh)).toEqual(Object.keys(tokens));

  for (const at of [isolate, elsewhere]) {
    for (const { access_token, refresh_token } of [tokens, other]) {
      expect((await at.get('/api/auth/me', access_token)).status).toBe(401);
      expect((await at.post('/api/auth/refresh', { refresh_token })).status).toBe(401);
    }
    for (const { access_token, refresh_token } of [fresh, stranger]) {
      expect((await at.get('/api/auth/me', access_token)).status).toBe(200);
      expect((await at.post('/api/auth/refresh', { refresh_token })).status).toBe(200);
    }
    clock.advance(5); // the bound, for the isolate that comes next
  }
  const logInWith = (password: string) => isolate.post('/api/auth/login', { username: user.username, password });
  expect(await logInWith(PASSWORD)).toMatchObject(WRONG);
  expect((await logInWith(NEW_PASSWORD)).status).toBe(200);
});

test('a wrong current password changes nothing', async () => {
  const { isolate, user, tokens } = await setUp();
  expect(await change(isolate, tokens.access_token, { current_password: 'wrong password!' })).toMatchObject(WRONG);
  expect((await isolate.get('/api/auth/me', tokens.access_token)).status).toBe(200);
  await openSession(isolate, user);
});

test.for([
  ['short', { new_password: 'short' }, 'new_password', 'string_too_short'],
  ['missing', { new_password: undefined }, 'new_password', 'missing'],
  ['with NUL', { new_password: `${NEW_PASSWORD}\0` }, 'new_password', 'value_error'],
  ['without the current one', { current_password: undefined }, 'current_password', 'missing'],
] as const)('a new password is refused: %s', async ([, members, name, type]) => {
  const { isolate, tokens } = await setUp();
  expect(await change(isolate, tokens.access_token, members)).toMatchObject({
    status: 422,
    body: { detail: [{ type, loc: ['body', name] }] },
  });
});

test.for([
  ['was deleted', 'DELETE FROM user WHERE id = ?'],
  ['got another password', 'UPDATE user SET password_version = password_version + 1 WHERE id = ?'],
] as const)('whose user %s between the check and the write neither ends nor opens a session', async ([, sql]) => {
  const { isolate, user, tokens } = await setUp();
  const { deps } = isolate;
  const hash: typeof deps.gate.hash = async (...args) => {
    const made = await deps.gate.hash(...args);
    await env.DB.prepare(sql).bind(user.id).run();
    return made;
  };
  const app = createApp({ ...deps, gate: { ...deps.gate, hash } });
  const before = await sessionsOf(user.id);
  const response = await app.request(PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${tokens.access_token}` },
    body: JSON.stringify({ current_password: PASSWORD, new_password: NEW_PASSWORD }),
  });
  expect(response.status).toBe(401);
  expect(await sessionsOf(user.id)).toEqual(sql.startsWith('DELETE') ? [] : before);
});

test('of two changes at once one wins, and the other opens nothing', async () => {
  const { isolate, user, tokens } = await setUp();
  const passwords = ['the first of two passwords', 'the second of two passwords'];
  const answers = await Promise.all(
    passwords.map((new_password) => change(isolate, tokens.access_token, { new_password })),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
  const live = (await sessionsOf(user.id)).filter(({ ended_at }) => ended_at === null);
  expect(live).toHaveLength(1);
  const winner = passwords[answers.findIndex(({ status }) => status === 200)] ?? '';
  await openSession(isolate, { ...user, password: winner });
});

test('a reply that is lost after the commit is made good: the answer carries working tokens', async () => {
  const { clock, user, tokens } = await setUp();
  let losses = 1;
  const broken = await openIsolate(clock, {
    DB: watchD1(async (call, sql) => {
      const answer = await call();
      if (sql.join().startsWith('insert into "revocation"') && losses-- > 0) {
        throw new Error('D1_ERROR: Network connection lost.');
      }
      return answer;
    }),
  });
  const { status, body } = await change(broken, tokens.access_token);
  expect({ status, losses }).toEqual({ status: 200, losses: 0 - 1 });
  expect((await broken.get('/api/auth/me', (body as TokenBody).access_token)).status).toBe(200);
  await openSession(broken, { ...user, password: NEW_PASSWORD });
});

test.for([
  ['before its commit', false],
  ['after its commit', true],
] as const)('a change that is lost %s still ends the older sessions within the bound', async ([, committed]) => {
  const { clock, user, tokens } = await setUp();
  let losses = 1;
  const broken = await openIsolate(clock, {
    DB: watchD1(async (call, sql) => {
      const lost = sql.join().includes('"password_hash" =') && losses-- > 0;
      const answer = lost && !committed ? undefined : await call();
      if (lost) throw new Error('D1_ERROR: Network connection lost.');
      return answer;
    }),
  });
  const { status, body } = await change(broken, tokens.access_token);
  expect({ status, losses }).toEqual({ status: 200, losses: -1 });
  expect((await broken.post('/api/auth/refresh', { refresh_token: tokens.refresh_token })).status).toBe(401);
  clock.advance(5);
  expect((await broken.get('/api/auth/me', tokens.access_token)).status).toBe(401);
  expect((await broken.get('/api/auth/me', (body as TokenBody).access_token)).status).toBe(200);
  expect((await sessionsOf(user.id)).filter(({ ended_at }) => ended_at === null)).toHaveLength(1);
});

test('a change that meets another between its check and its write revokes nothing', async () => {
  const { clock, isolate, elsewhere, user, tokens } = await setUp();
  const { deps } = isolate;
  const check: typeof deps.gate.check = async (...args) => {
    const result = await deps.gate.check(...args);
    await env.DB.prepare('UPDATE user SET password_version = password_version + 1 WHERE id = ?').bind(user.id).run();
    return result;
  };
  const response = await createApp({ ...deps, gate: { ...deps.gate, check } }).request(PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${tokens.access_token}` },
    body: JSON.stringify({ current_password: PASSWORD, new_password: NEW_PASSWORD }),
  });
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual(WRONG.body);
  clock.advance(5);
  for (const at of [isolate, elsewhere]) expect((await at.get('/api/auth/me', tokens.access_token)).status).toBe(200);
  const credentials = { username: user.username, password: NEW_PASSWORD };
  expect(await isolate.post('/api/auth/login', credentials)).toMatchObject(WRONG);
});

test('of two changes that were both checked before either wrote, one wins', async () => {
  const { isolate, user, tokens } = await setUp();
  const { deps } = isolate;
  let checked = 0;
  const both = Promise.withResolvers<void>();
  const check: typeof deps.gate.check = async (...args) => {
    const result = await deps.gate.check(...args);
    checked += 1;
    if (checked === 2) both.resolve();
    await both.promise;
    return result;
  };
  const app = createApp({ ...deps, gate: { ...deps.gate, check } });
  const passwords = ['the first of two passwords', 'the second of two passwords'];
  const answers = await Promise.all(
    passwords.map((new_password) =>
      app.request(PATH, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${tokens.access_token}` },
        body: JSON.stringify({ current_password: PASSWORD, new_password }),
      }),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
  for (const [i, { status }] of answers.entries()) {
    const login = await isolate.post('/api/auth/login', { username: user.username, password: passwords[i] });
    expect(login.status).toBe(status);
  }
});
