import { env } from 'cloudflare:workers';
import * as jose from 'jose';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadDeps } from '../../src/deps.ts';
import { get, login, mintUser, post } from '../support/api.ts';
import { SECRET } from '../support/forge.ts';
import { openClock, openIsolate } from '../support/isolate.ts';

const REFUSED = { detail: 'Invalid credentials', error_code: 'INVALID_CREDENTIALS' };

const storedHash = async (id: string) =>
  (await env.DB.prepare('SELECT password_hash FROM user WHERE id = ?').bind(id).first<string>('password_hash')) ?? '';
const sessionsOf = async (id: string) =>
  (await env.DB.prepare('SELECT * FROM session WHERE user_id = ?').bind(id).all()).results;

test("the page's login answers a bearer token and its lifetime", async () => {
  const user = await mintUser();
  const { status, headers, body } = await post('/api/auth/login', { username: user.username, password: user.password });
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    token_type: 'bearer',
    expires_in: 3600,
    refresh_token: expect.stringMatching(/^[0-9a-f-]{36}\.1\.[\w-]{43}$/),
    refresh_expires_in: 2_592_000,
    device_token: expect.stringMatching(/^[0-9a-f-]{36}\.[\w-]{43}$/),
  });
  expect(headers.get('Cache-Control')).toBe('no-store');
});

test('the token carries the claims that RAG Modulo reads, and its session', async () => {
  const user = await mintUser();
  const { payload } = await jose.jwtVerify(await login(user), new TextEncoder().encode(SECRET), {
    currentDate: new Date(),
  });
  const iat = payload.iat ?? 0;
  expect(payload).toEqual({
    iss: 'rag-modulo',
    sub: user.id,
    uuid: user.id,
    username: user.username,
    email: user.email,
    name: user.username,
    role: 'user',
    iat,
    exp: iat + 3600,
    jti: expect.any(String),
    sid: expect.any(String),
  });
  expect(await sessionsOf(user.id)).toMatchObject([
    { id: payload.sid, created_at: iat, rotated_at: iat, generation: 1, ended_at: null },
  ]);
});

test('log in by name or by e-mail, in any case of their letters', async () => {
  const user = await mintUser({ username: 'Grace', email: 'Grace@Example.com' });
  for (const username of ['Grace', 'GRACE', 'grace@example.com', 'GRACE@EXAMPLE.COM']) {
    expect(await get('/api/auth/me', await login({ ...user, username }))).toMatchObject({
      status: 200,
      body: { id: user.id },
    });
  }
});

test('a password that another keyboard composes otherwise is the same password', async () => {
  const user = await mintUser({ password: 'cr\u00e8me br\u00fbl\u00e9e cr\u00e8me' });
  await login({ ...user, password: user.password.normalize('NFD') });
});

test.for([
  ['a wrong password', { password: 'wrong password!' }],
  ['a password one letter short', { password: 'secure_passwor' }],
  ['an empty password', { password: '' }],
  ['an unknown name', { username: 'nobody-at-all' }],
  ['an unknown e-mail', { username: 'nobody@example.com' }],
  ['a name that could not exist', { username: "' OR 1=1 --" }],
  ['a name with a wildcard', { username: 'user-%' }],
  ['a lone surrogate for a name', { username: '\ud800' }],
  ['NUL for a name', { username: '\0' }],
  ['an empty name', { username: '' }],
] as const)('refused alike: %s', async ([, wrong]) => {
  const { username, password } = await mintUser();
  const { status, headers, body } = await post('/api/auth/login', { username, password, ...wrong });
  expect(status).toBe(401);
  expect(body).toEqual(REFUSED);
  expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="edge-auth"');
});

test('a hash that has become too cheap is replaced at login, and only by the right password', async () => {
  const user = await mintUser();
  const app = createApp(await loadDeps({ ...env, PBKDF2_ITERATIONS: '2000' }));
  const logInWith = (password: string) =>
    app.request('http://localhost/api/auth/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: user.username, password }),
    });
  const before = await storedHash(user.id);
  expect((await logInWith('wrong password!')).status).toBe(401);
  expect(await storedHash(user.id)).toBe(before);
  expect((await logInWith(user.password)).status).toBe(200);
  const after = await storedHash(user.id);
  expect(after).toContain('$i=2000$');
  expect((await logInWith(user.password)).status).toBe(200);
  expect(await storedHash(user.id)).toBe(after);
  await login(user); // a cheaper setting neither refuses nor weakens it
  expect(await storedHash(user.id)).toBe(after);
});

/** An app whose gate lets `meanwhile` happen between the check and the write. */
async function appWith(meanwhile: () => Promise<unknown>, overrides: { PBKDF2_ITERATIONS?: string } = {}) {
  const deps = await loadDeps({ ...env, ...overrides });
  const check: typeof deps.gate.check = async (...args) => {
    const result = await deps.gate.check(...args);
    await meanwhile();
    return result;
  };
  return createApp({ ...deps, gate: { ...deps.gate, check } });
}

test('a hash that changed during the login is not overwritten by the one computed from its predecessor', async () => {
  const user = await mintUser();
  const app = await appWith(
    () => env.DB.prepare("UPDATE user SET password_hash = 'newer' WHERE id = ?").bind(user.id).run(),
    { PBKDF2_ITERATIONS: '2000' },
  );
  await app.request('/api/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: user.username, password: user.password }),
  });
  expect(await storedHash(user.id)).toBe('newer');
});

test.for([
  ['was deleted', 'DELETE FROM user WHERE id = ?'],
  ['got another password', 'UPDATE user SET password_version = password_version + 1 WHERE id = ?'],
] as const)('no session opens for a user who %s during the login', async ([, change]) => {
  const user = await mintUser();
  const app = await appWith(() => env.DB.prepare(change).bind(user.id).run());
  const response = await app.request('/api/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: user.username, password: user.password }),
  });
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual(REFUSED);
  expect(await sessionsOf(user.id)).toEqual([]);
});

test('what a refusal takes besides the hash is rounded up to quarters of a second, whatever the gate took', async () => {
  const clock = openClock();
  const slept: number[] = [];
  const sleep = async (milliseconds: number) => void slept.push(milliseconds);
  const { deps } = await openIsolate(clock, {}, { sleep });
  const took = { all: 0, hash: 0 };
  const check: typeof deps.gate.check = async () => {
    clock.ms += took.all;
    return { right: false, hashMs: took.hash };
  };
  const app = createApp({ ...deps, gate: { ...deps.gate, check } });
  for (const [all, hash] of [
    [1000, 1000],
    [1030, 1000],
    [1249, 1000],
    [1250, 1000],
    [730, 700],
  ] as const) {
    Object.assign(took, { all, hash });
    const headers = { 'Content-Type': 'application/json' };
    await app.request('http://localhost/api/auth/login', {
      method: 'POST',
      headers,
      body: '{"username":"x","password":"y"}',
    });
  }
  expect(slept).toEqual([250, 220, 1, 250, 220]);
});
