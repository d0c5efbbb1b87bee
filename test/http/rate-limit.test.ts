import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { Bindings } from '../../src/deps.ts';
import { addressKey } from '../../src/http/client.ts';
import { LIMITS, type Limit, PERIOD_SECONDS } from '../../src/http/rate-limit.ts';
import wranglerToml from '../../wrangler.toml?raw';
import { mintUser } from '../support/api.ts';
import { forge, HEADER, soundClaims } from '../support/forge.ts';
import { openClock, openIsolate } from '../support/isolate.ts';

const PUBLIC = ['login', 'register', 'refresh'] as const;
const HERE = '203.0.113.7';
const THERE = '203.0.113.8';
const LOW = 2;

/** An isolate whose limiters count as the binding does, but for ever; `counts` says what under which key. */
async function openLimited(limits: Partial<Record<Limit, number>> = {}, bindings: Partial<Bindings> = {}) {
  const counts: Record<string, number> = {};
  const limiter = (most: number): RateLimit => ({
    limit: async ({ key }) => {
      counts[key] = (counts[key] ?? 0) + 1;
      return { success: counts[key] <= most };
    },
  });
  const limiters = Object.entries(LIMITS).map(([name, { binding }]) => [
    binding,
    limiter(limits[name as Limit] ?? Number.POSITIVE_INFINITY),
  ]);
  const isolate = await openIsolate(openClock(), { ...Object.fromEntries(limiters), ...bindings });
  /** A request that fails on its missing body at the latest. */
  const from = (address: string, path: string, method = 'POST', headers: Record<string, string> = {}) =>
    isolate.call(method, path, { headers: { ...headers, 'CF-Connecting-IP': address } });
  return { ...isolate, counts, from };
}

/** An access token of a new session. Its user need not exist for the limits. */
const tokenOf = (userId: string) => forge(HEADER, soundClaims(undefined, userId));

describe.for(PUBLIC)('POST /api/auth/%s', (name) => {
  const path = `/api/auth/${name}`;

  test('one address is refused over its limit, and no other is', async () => {
    const { counts, from } = await openLimited({ [name]: LOW });
    for (let i = 0; i < LOW; i++) expect((await from(HERE, path)).status).not.toBe(429);
    const { status, headers, body } = await from(HERE, path);
    expect({ status, body }).toEqual({
      status: 429,
      body: { detail: 'Too many requests, please retry later', error_code: 'RATE_LIMIT_EXCEEDED', retry_after: 60 },
    });
    expect(Object.keys(body)).toEqual(['detail', 'error_code', 'retry_after']);
    expect(headers.get('Retry-After')).toBe('60');
    expect(headers.get('X-RateLimit-Limit')).toBe(String(LIMITS[name].perMinute));
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect((await from(THERE, path)).status).not.toBe(429);
    expect(counts).toEqual({ [`${name}:${HERE}`]: LOW + 1, [`${name}:${THERE}`]: 1 });
  });

  test('no spelling of the path has a budget of its own', async () => {
    const { counts, from } = await openLimited({ [name]: LOW });
    const encoded = `/api/auth/%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
    const same = [path, `${path}?mode=cookie`, `${path}?`, `${path}#x`, encoded, `/api/./auth/x/../${name}`];
    for (const [i, variant] of same.entries()) {
      expect({ variant, limited: (await from(HERE, variant)).status === 429 }).toEqual({ variant, limited: i >= LOW });
    }
    expect(counts).toEqual({ [`${name}:${HERE}`]: same.length });
  });

  test('what is no such route costs nothing', async () => {
    const { counts, from } = await openLimited({}, { CORS_ORIGINS: 'https://app.example.com' });
    for (const other of [`${path}/`, `//api/auth/${name}`, `/api//auth/${name}`, path.toUpperCase(), `${path}%2F`]) {
      expect({ other, status: (await from(HERE, other)).status }).toEqual({ other, status: 404 });
    }
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      expect({ method, status: (await from(HERE, path, method)).status }).toEqual({ method, status: 405 });
    }
    const preflight = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'POST' };
    expect((await from(HERE, path, 'OPTIONS', preflight)).status).toBe(204);
    expect(counts).toEqual({});
  });

  test('who is refused has no byte of his body read', async () => {
    const { call, from } = await openLimited({ [name]: 0 });
    let read = false;
    const source = {
      pull() {
        read = true;
      },
    };
    const body = new ReadableStream(source, { highWaterMark: 0 });
    expect((await call('POST', path, { headers: { 'Content-Type': 'application/json' }, body })).status).toBe(429);
    expect(read).toBe(false);
    expect((await from(HERE, path, 'POST', { 'Content-Length': '99999999' })).status).toBe(429);
  });

  test('only CF-Connecting-IP names the address', async () => {
    const { call, counts } = await openLimited();
    for (const header of ['X-Forwarded-For', 'X-Real-IP', 'True-Client-IP', 'Forwarded', 'X-Client-IP']) {
      await call('POST', path, { headers: { [header]: HERE } });
      await call('POST', path, { headers: { [header]: THERE, 'CF-Connecting-IP': HERE } });
    }
    expect(counts).toEqual({ [`${name}:unknown`]: 5, [`${name}:${HERE}`]: 5 });
  });
});

describe('behind the guard', () => {
  test('every route counts once, under its user; search also under its own limit', async () => {
    const { call, counts, deps } = await openLimited();
    const isPublic =
      /^\/(?!api\/)|\/(health|register|login|refresh|logout|introspect|revoke|device\/start|device\/token)$/;
    const routes = createApp(deps).routes.filter(({ method, path }) => method !== 'ALL' && !isPublic.test(path));
    const asked = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    expect(asked.size).toBeGreaterThan(15);
    for (const route of asked) {
      const [method = '', pattern = ''] = route.split(' ');
      const userId = crypto.randomUUID();
      const headers = { Authorization: `Bearer ${await tokenOf(userId)}`, 'CF-Connecting-IP': HERE };
      await call(method, pattern.replace(':id', crypto.randomUUID()), { headers });
      const search = route === 'POST /api/search' ? { [`search:${userId}`]: 1 } : {};
      expect({ route, counts }).toEqual({ route, counts: { [`user:${userId}`]: 1, ...search } });
      for (const key of Object.keys(counts)) delete counts[key];
    }
  });

  test('one user is refused over the limit, from whatever address and session, and no other is', async () => {
    const { get, from } = await openLimited({ user: LOW });
    const [{ id: ada }, { id: bob }] = [await mintUser(), await mintUser()];
    for (let i = 0; i < LOW; i++) expect((await get('/api/collections', await tokenOf(ada))).status).toBe(200);
    const bearer = { Authorization: `Bearer ${await tokenOf(ada)}` };
    for (const method of ['GET', 'HEAD', 'DELETE']) {
      const { status, headers } = await from(THERE, '/api/auth/me', method, bearer);
      expect({ status, limit: headers.get('X-RateLimit-Limit') }).toEqual({ status: 429, limit: '100' });
    }
    expect((await get('/api/collections', await tokenOf(bob))).status).toBe(200);
  });

  test('a spent search leaves the rest to its user, and search to others', async () => {
    const { get, post } = await openLimited({ search: LOW });
    const [ada, bob] = [await tokenOf((await mintUser()).id), await tokenOf((await mintUser()).id)];
    for (let i = 0; i < LOW; i++) expect((await post('/api/search', {}, ada)).status).toBe(422);
    const { status, headers } = await post('/api/search', {}, ada);
    expect({ status, limit: headers.get('X-RateLimit-Limit') }).toEqual({ status: 429, limit: '20' });
    expect((await get('/api/collections', ada)).status).toBe(200);
    expect((await post('/api/search', {}, bob)).status).toBe(422);
  });

  test('who is not let in, and what is no route, costs nothing', async () => {
    const { call, counts, get } = await openLimited();
    const userId = crypto.randomUUID();
    const token = await tokenOf(userId);
    const forged = await forge(HEADER, soundClaims(undefined, userId), 'k'.repeat(32));
    expect((await get('/api/auth/me', forged)).status).toBe(401);
    expect((await call('POST', '/api/search')).status).toBe(401);
    for (const path of ['/api/search/', '/api//search', '/api/nothing'])
      expect((await get(path, token)).status).toBe(404);
    expect((await get('/api/search', token)).status).toBe(405);
    expect(counts).toEqual({});
  });
});

test('a page of another origin can read why it was refused', async () => {
  const { from } = await openLimited({ login: 0 }, { CORS_ORIGINS: 'https://app.example.com' });
  const { status, headers } = await from(HERE, '/api/auth/login', 'POST', { Origin: 'https://app.example.com' });
  expect(status).toBe(429);
  expect(headers.get('Access-Control-Allow-Origin')).toBe('https://app.example.com');
  expect(headers.get('Access-Control-Expose-Headers')).toMatch(/Retry-After.*X-RateLimit-Limit/);
});

test.for([
  ['rejects', { limit: () => Promise.reject(new Error(`no counter for ${HERE}`)) }, 'Error'],
  [
    'throws',
    {
      limit: () => {
        throw new RangeError(HERE);
      },
    },
    'RangeError',
  ],
  ['is not bound', undefined, 'TypeError'],
] as const)('a limiter that %s lets the request pass, and is logged without the address', async ([, broken, kind]) => {
  const { from } = await openLimited({}, { LOGIN_LIMIT: broken as unknown as RateLimit });
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { status, headers } = await from(HERE, '/api/auth/login');
  const lines = logged.mock.calls.flat();
  logged.mockRestore();
  expect(status).toBe(415);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'error', event: 'limiter_failed', request_id: headers.get('X-Request-Id'), limit: 'login', kind },
  ]);
});

test.for([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:cb00:7107', '203.0.113.7'],
  ['0:0:0:0:0:ffff:0.0.0.0', '0.0.0.0'],
  ['2001:db8:1:2::3', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::3', '2001:db8:1:3::/64'],
  ['2001:db8::2:3', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::203.0.113.7', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['', null],
  ['unknown', null],
  ['203.0.113.7, 10.0.0.1', null],
  ['203.0.113', null],
  ['1:2', null],
  ['fe80::1%eth0', null],
  ['::1]/[', null],
] as const)('the address %j counts as %j', ([address, key]) => {
  expect(addressKey(address)).toBe(key);
});

test('an address that rotates within its /64 stays one client', async () => {
  const { from } = await openLimited({ login: LOW });
  const statuses = [];
  for (let i = 0; i < LOW + 2; i++) statuses.push((await from(`2001:db8:1:2::${i}`, '/api/auth/login')).status);
  expect(statuses).toEqual([415, 415, 429, 429]);
  expect((await from('2001:db8:1:3::1', '/api/auth/login')).status).toBe(415);
});

test('the numbers of wrangler.toml are those that callers are told', () => {
  const block =
    /^\[\[ratelimits\]\]\nname = "(\w+)"\nnamespace_id = "(\d+)"\nsimple = \{ limit = (\d+), period = (\d+) \}$/gm;
  const blocks = [...wranglerToml.matchAll(block)].map(([, name, id, limit, period]) => ({ name, id, limit, period }));
  expect(wranglerToml.match(/ratelimits/g)).toHaveLength(blocks.length);
  expect(blocks.map(({ name, limit, period }) => [name, Number(limit), Number(period)])).toEqual(
    Object.values(LIMITS).map(({ binding, perMinute }) => [binding, perMinute, PERIOD_SECONDS]),
  );
  expect(new Set(blocks.map(({ id }) => id)).size).toBe(blocks.length);
});

test('the real binding refuses one address and no other', async () => {
  const { call } = await openIsolate(openClock(), { LOGIN_LIMIT: env.LOW_LIMIT });
  const ask = async (address: string) =>
    (await call('POST', '/api/auth/login', { headers: { 'CF-Connecting-IP': address } })).status;
  const statuses: number[] = [];
  // Its minutes are the clock's: of five requests within two of them, one has more than two.
  for (let i = 0; i < 2 * LOW + 1; i++) statuses.push(await ask(`2001:db8:1:2::${i}`));
  expect(statuses[0]).toBe(415);
  expect(statuses).toContain(429);
  expect(await ask('2001:db8:1:3::1')).toBe(415);
});
