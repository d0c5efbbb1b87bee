// What every answer has in common, whatever route it comes from.

import { env } from 'cloudflare:workers';
import { expect, test, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { type Deps, loadDeps } from '../../src/deps.ts';
import type worker from '../../src/worker.ts';
import { call, get, login, mintUser, PASSWORD, post } from '../support/api.ts';

const deps = await loadDeps(env);

function appWith(config: Partial<Deps['config']>, overrides: Partial<Deps> = {}) {
  return createApp({ ...deps, config: { ...deps.config, ...config }, ...overrides });
}

test('an unknown path is a 404, with or without a token', async () => {
  const token = await login(await mintUser());
  for (const path of [
    '/api',
    '/api/auth',
    '/api/auth/login/',
    '/api/auth/me/x',
    '/api//auth/me',
    '/API/AUTH/ME',
    '/%00',
    '/%ff',
    '/..%2f..%2fetc/passwd',
  ]) {
    for (const answer of [await get(path), await get(path, token), await get(path, 'broken')]) {
      expect(answer).toMatchObject({ status: 404, body: { detail: 'Not Found', error_code: 'NOT_FOUND' } });
    }
  }
});

test.for([
  ['GET', '/api/auth/login', 'POST'],
  ['DELETE', '/api/auth/register', 'POST'],
  ['POST', '/api/auth/me', 'GET, HEAD, DELETE'],
  ['OPTIONS', '/api/auth/userinfo', 'GET, HEAD'],
  ['GET', '/api/auth/logout', 'POST'],
  ['PROPFIND', '/health', 'GET, HEAD'],
] as const)('%s %s is a 405 that names what is allowed', async ([method, path, allow]) => {
  const { status, headers, body } = await call(method, path);
  expect(status).toBe(405);
  expect(body).toEqual({ detail: 'Method Not Allowed', error_code: 'METHOD_NOT_ALLOWED' });
  expect(headers.get('Allow')).toBe(allow);
});

test('HEAD answers as GET does, without a body', async () => {
  expect(await call('HEAD', '/health')).toMatchObject({ status: 200, body: undefined });
  expect(await call('HEAD', '/api/auth/me')).toMatchObject({ status: 401, body: undefined });
});

test('every answer carries a request id: its own, or the one that the caller chose in plain letters', async () => {
  for (const path of ['/health', '/nowhere', '/api/auth/me']) {
    expect((await get(path)).headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    const echo = async (id: string) =>
      (await call('GET', path, { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id');
    expect(await echo('trace-42')).toBe('trace-42');
    expect(await echo('"} forged')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await echo('x'.repeat(256))).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('https answers ask for https from now on; http answers do not', async () => {
  for (const path of ['/health', '/nowhere', '/api/auth/me']) {
    const app = appWith({ environment: 'production' });
    expect((await app.request(`https://api.example.com${path}`)).headers.get('Strict-Transport-Security')).toBe(
      'max-age=31536000',
    );
    expect((await app.request(`http://localhost${path}`)).headers.get('Strict-Transport-Security')).toBeNull();
  }
});

test.for([
  ['production', 'http://api.example.com', 403],
  ['production', 'http://localhost.example.com', 403],
  ['production', 'http://10.0.0.1', 403],
  ['production', 'http://127.0.0.1.example.com', 403],
  ['production', 'http://localhost:8787', 200],
  ['production', 'http://127.0.0.1:8787', 200],
  ['production', 'http://127.9.9.9', 200],
  ['production', 'http://[::1]:8787', 200],
  ['production', 'https://api.example.com', 200],
  ['development', 'http://10.0.0.1', 200],
  ['test', 'http://api.example.com', 200],
] as const)('in %s, %s is answered with %i', async ([environment, origin, status]) => {
  const response = await appWith({ environment }).request(`${origin}/health`);
  expect(response.status).toBe(status);
  if (status === 403) expect(await response.json()).toEqual({ detail: 'HTTPS required', error_code: 'HTTPS_REQUIRED' });
});

test('CORS: a listed origin may call and read, without credentials; another may not; none is told where none is set', async () => {
  const app = appWith({ corsOrigins: ['https://app.example.com'] });
  const from = (origin: string, init: RequestInit = {}) =>
    app.request('/api/auth/me', { ...init, headers: { ...init.headers, Origin: origin } });
  const preflight = await from('https://app.example.com', {
    method: 'OPTIONS',
    headers: { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('Authorization');

  const refused = await from('https://app.example.com');
  expect(refused.status).toBe(401); // errors, too, are for the page to read
  expect(refused.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example.com');
  expect(refused.headers.get('Access-Control-Allow-Credentials')).toBeNull();
  expect(refused.headers.get('Vary')).toContain('Origin');
  for (const name of [
    'X-Request-Id',
    'Retry-After',
    'Link',
    'X-Total-Count',
    'X-Page',
    'X-Page-Size',
    'X-RateLimit-Limit',
  ]) {
    expect(refused.headers.get('Access-Control-Expose-Headers')).toContain(name);
  }
  expect((await from('https://app.example.com.evil.example')).headers.get('Access-Control-Allow-Origin')).toBeNull();
  expect((await from('null')).headers.get('Access-Control-Allow-Origin')).toBeNull();
  for (const headers of [{}, { Origin: 'https://app.example.com' }]) {
    expect((await app.request('/nowhere', { method: 'OPTIONS', headers })).status).toBe(404);
    expect((await app.request('/api/auth/me', { method: 'OPTIONS', headers })).status).toBe(405);
  }
  const closed = await appWith({}).request('/health', { headers: { Origin: 'https://app.example.com' } });
  expect([...closed.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('health tells the version and that the database answers', async () => {
  for (const path of ['/health', '/api/health']) {
    expect((await get(path)).body).toEqual({ status: 'healthy', version: '0.1.0', services: { database: 'healthy' } });
  }
});

/** A D1 that fails every statement with this message. */
async function appWithBrokenDatabase(message: string) {
  const statement = {
    bind: () => statement,
    all: () => Promise.reject(new Error(message)),
    raw: () => Promise.reject(new Error(message)),
    run: () => Promise.reject(new Error(message)),
  };
  const DB = { prepare: () => statement, batch: () => Promise.reject(new Error(message)) } as unknown as D1Database;
  return createApp(await loadDeps({ ...env, DB }));
}

const LOGIN = {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ username: 'somebody', password: PASSWORD }),
};

test.for([
  'D1_ERROR: Network connection lost.',
  'Network connection lost.',
  'D1_ERROR: D1 DB is overloaded. Too many requests queued.',
  'D1 DB storage operation exceeded timeout which caused object to be reset.',
  'D1 DB reset because its code was updated.',
  'D1_ERROR: Internal error in D1 DB storage caused object to be reset.',
])('a database that is away is a 503 with Retry-After, and health says so: %s', async (message) => {
  const app = await appWithBrokenDatabase(message);
  const login = await app.request('/api/auth/login', LOGIN);
  expect(login.status).toBe(503);
  expect(await login.json()).toEqual({ detail: expect.any(String), error_code: 'SERVICE_UNAVAILABLE' });
  expect(login.headers.get('Retry-After')).toMatch(/^[1-5]$/);
  const health = await app.request('/health');
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({ status: 'unhealthy', services: { database: 'unhealthy' } });
});

test.for([
  'D1_TYPE_ERROR: Type undefined not supported',
  'D1_ERROR: too many SQL variables at offset 3: SQLITE_ERROR',
  'boom',
])('a mistake of ours is a 500, which nobody is asked to repeat: %s', async (message) => {
  expect((await (await appWithBrokenDatabase(message)).request('/api/auth/login', LOGIN)).status).toBe(500);
});

test('what is unforeseen is a 500 that tells the request id, and a log line without the message', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
  const app = await appWithBrokenDatabase('D1_ERROR: near "x": SQLITE_ERROR\n    at canary-password');
  const response = await app.request('/api/auth/login', {
    ...LOGIN,
    headers: { ...LOGIN.headers, 'X-Request-Id': 'trace-500' },
  });
  expect(response.status).toBe(500);
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({
    detail: 'Internal server error',
    error_code: 'INTERNAL_ERROR',
    request_id: 'trace-500',
  });
  const lines = logged.mock.calls.flat().join('\n');
  expect(lines).toContain('trace-500');
  for (const secret of ['canary-password', 'select', 'SELECT', PASSWORD]) {
    expect(text).not.toContain(secret);
    expect(lines).not.toContain(secret);
  }
  logged.mockRestore();
});

test('settings that cannot be used are a 503 for every request, and a log line that names them without their values', async () => {
  vi.resetModules();
  const { default: fresh } = (await import('../../src/worker.ts')) as { default: typeof worker };
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
  const context = { waitUntil: () => {}, passThroughOnException: () => {} } as unknown as ExecutionContext;
  const request = new Request('http://localhost/health') as Request<unknown, IncomingRequestCfProperties>;
  const response = await fresh.fetch(request, { ...env, JWT_SECRET_KEY: 'canary-secret' }, context);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ detail: expect.any(String), error_code: 'SERVICE_UNAVAILABLE' });
  expect(response.headers.get('Retry-After')).not.toBeNull();
  expect(response.headers.get('X-Request-Id')).not.toBeNull();
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  const lines = logged.mock.calls.flat().join('\n');
  expect(lines).toContain('JWT_SECRET_KEY');
  expect(lines).not.toContain('canary-secret');
  logged.mockRestore();
});

test('no answer and no log line holds a password, a token or a hash', async () => {
  const lines: string[] = [];
  const spies = (['log', 'error', 'warn', 'info', 'debug'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...args) => void lines.push(args.join(' '))),
  );
  const password = 'canary-password-of-the-leak-test';
  const user = await mintUser({ password });
  const token = await login(user);
  const hash =
    (await env.DB.prepare('SELECT password_hash FROM user WHERE id = ?')
      .bind(user.id)
      .first<string>('password_hash')) ?? '';
  const answers = [
    await get('/api/auth/me', token),
    await get('/api/auth/me', `${token}x`),
    await get(`/api/auth/me?token=${token}`),
    await post('/api/auth/register', { ...user }),
    await post('/api/auth/register', {
      ...user,
      username: `${password}\0`,
      password: `${password}\0`,
      email: password,
    }),
    await post('/api/auth/login', { username: user.username, password: `${password}!` }),
    await post('/api/auth/login', { username: password, password: [password] }),
    await call('POST', '/api/auth/login', {
      headers: { 'Content-Type': 'application/json' },
      body: `{"password":"${password}`,
    }),
    await call('POST', '/api/auth/login', { headers: { 'Content-Type': `text/${password}` }, body: password }),
  ];
  for (const spy of spies) spy.mockRestore();
  expect(lines.length).toBeGreaterThanOrEqual(answers.length);
  for (const text of [...lines, ...answers.map(({ body, headers }) => JSON.stringify([body, ...headers]))]) {
    for (const secret of [password, token, token.slice(-20), hash, hash.slice(-20)]) expect(text).not.toContain(secret);
  }
});

test('the log line of a failed login tells why, which route and which request, and not who', async () => {
  const lines: string[] = [];
  const spy = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)));
  const { headers } = await post('/api/auth/login', { username: 'nobody-in-particular', password: 'wrong password!' });
  spy.mockRestore();
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 'info',
      event: 'request',
      request_id: headers.get('X-Request-Id'),
      method: 'POST',
      route: '/api/auth/login',
      status: 401,
      duration_ms: expect.any(Number),
      reason: 'unknown_name',
    },
  ]);
});
