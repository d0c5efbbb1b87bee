import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { maskAddress } from '../../src/http/client.ts';
import { nameDevice } from '../../src/session/device.ts';
import { MAX_SESSIONS } from '../../src/session/queries.ts';
import { mintUser } from '../support/api.ts';
import { openClock, openIsolate, openSession, type TokenBody } from '../support/isolate.ts';

type Listed = { id: string; current: boolean };

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0';

test('sessions are shown as their user knows them, the last used first', async () => {
  const clock = openClock(Date.UTC(2026, 10, 23, 21));
  const isolate = await openIsolate(clock);
  const user = await mintUser();
  const first = await openSession(isolate, user);
  clock.advance(60);
  const { body } = await isolate.call('POST', '/api/auth/login', {
    headers: { 'Content-Type': 'application/json', 'User-Agent': FIREFOX, 'CF-Connecting-IP': '2001:db8:1:2::3' },
    body: JSON.stringify({ username: user.username, password: user.password }),
  });
  expect((await isolate.get('/api/auth/sessions', (body as TokenBody).access_token)).body).toEqual([
    {
      id: (body as TokenBody).refresh_token.split('.')[0],
      created_at: '2026-11-23T21:01:00Z',
      last_used_at: '2026-11-23T21:01:00Z',
      device: 'Firefox on Windows',
      country: null,
      network: '2001:db8:1::/48',
      current: true,
    },
    {
      id: first.refresh_token.split('.')[0],
      created_at: '2026-11-23T21:00:00Z',
      last_used_at: '2026-11-23T21:00:00Z',
      device: 'Unknown device',
      country: null,
      network: null,
      current: false,
    },
  ]);
});

test('one session is ended by its id, which is known to nobody else', async () => {
  const clock = openClock();
  const isolate = await openIsolate(clock);
  const user = await mintUser();
  const [own, other, stranger] = await Promise.all([
    openSession(isolate, user),
    openSession(isolate, user),
    openSession(isolate, await mintUser()),
  ]);
  const path = `/api/auth/sessions/${other.refresh_token.split('.')[0]}`;
  const missing = { status: 404, body: { detail: 'Session not found', error_code: 'SESSION_NOT_FOUND' } };
  expect(await isolate.del(path, stranger.access_token)).toMatchObject(missing);
  expect((await isolate.get('/api/auth/me', other.access_token)).status).toBe(200);
  for (let i = 0; i < 2; i++)
    expect(
      (await isolate.del(path.toUpperCase().replace('/API/AUTH/SESSIONS', '/api/auth/sessions'), own.access_token))
        .status,
    ).toBe(204);
  expect((await isolate.get('/api/auth/me', other.access_token)).status).toBe(401);
  expect((await isolate.get('/api/auth/sessions', own.access_token)).body).toHaveLength(1);
  expect(await isolate.del(`/api/auth/sessions/${crypto.randomUUID()}`, own.access_token)).toMatchObject(missing);
  expect((await isolate.del('/api/auth/sessions/x', own.access_token)).status).toBe(422);
});

test(`with ${MAX_SESSIONS} live sessions, the longest idle gives way to a new one`, async () => {
  const clock = openClock();
  const isolate = await openIsolate(clock);
  const user = await mintUser();
  const idle = await openSession(isolate, user);
  clock.advance(1);
  const used = await openSession(isolate, user);
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO session (id, user_id, created_at, rotated_at) SELECT 'filler-' || ?2 || i, ?2, ?3, ?3 FROM n`,
  )
    .bind(MAX_SESSIONS - 2, user.id, clock.seconds())
    .run();
  const newest = await openSession(isolate, user); // in the same second as all but one
  expect((await isolate.get('/api/auth/me', idle.access_token)).status).toBe(401);
  expect((await isolate.post('/api/auth/refresh', { refresh_token: idle.refresh_token })).status).toBe(401);
  const { body } = await isolate.get('/api/auth/sessions', newest.access_token);
  expect(body).toHaveLength(MAX_SESSIONS);
  expect((body as Listed[]).filter(({ current }) => current)).toHaveLength(1);
  expect((body as Listed[]).map(({ id }) => id)).toContain(used.refresh_token.split('.')[0]);
});

test.for([
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  [FIREFOX, 'Firefox on Windows'],
  [
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0',
    'Edge on macOS',
  ],
  ['curl/8.5.0', 'curl 8.5.0'],
  ['python-requests/2.31.0', 'python-requests 2.31.0'],
  ['node', 'node'],
  ['<script>alert(1)</script>', 'Unknown device'],
  ['', 'Unknown device'],
  [null, 'Unknown device'],
] as const)('%s is called %s', ([userAgent, name]) => {
  expect(nameDevice(userAgent)).toBe(name);
});

test.for([
  ['203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:0DB8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['::ffff:203.0.113.77', '0:0:0::/48'],
  ['fe80::', 'fe80:0:0::/48'],
  ['', null],
  ['localhost', null],
  ['1:2', null],
  ['203.0.113.77, 10.0.0.1', null],
] as const)('the address %j is kept as %j', ([address, network]) => {
  expect(maskAddress(address)).toBe(network);
});
