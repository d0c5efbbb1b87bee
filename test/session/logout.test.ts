import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { call, mintUser } from '../support/api.ts';
import { watchD1 } from '../support/d1.ts';
import { forge, HEADER, soundClaims } from '../support/forge.ts';
import { openClock, openIsolate, openSession } from '../support/isolate.ts';

const REVOKED = { status: 401, body: { detail: 'Invalid authentication credentials' } };

async function setUp() {
  const clock = openClock();
  const [isolate, elsewhere] = await Promise.all([openIsolate(clock), openIsolate(clock)]);
  const user = await mintUser();
  return { clock, isolate, elsewhere, user, tokens: await openSession(isolate, user) };
}

test.for([
  ['its access token', ({ access_token }) => ({ access: access_token })],
  ['its refresh token', ({ refresh_token }) => ({ refresh: refresh_token })],
  ['a refresh token as bearer', ({ refresh_token }) => ({ access: refresh_token })],
] as [string, (tokens: { access_token: string; refresh_token: string }) => { access?: string; refresh?: string }][])(
  'logout by %s ends the session: here at once, elsewhere within five seconds',
  async ([, pick]) => {
    const { clock, isolate, elsewhere, tokens } = await setUp();
    expect((await elsewhere.get('/api/auth/me', tokens.access_token)).status).toBe(200);
    const { access, refresh } = pick(tokens);
    const body = refresh === undefined ? undefined : { refresh_token: refresh };
    expect((await isolate.post('/api/auth/logout', body, access)).status).toBe(204);
    expect(await isolate.get('/api/auth/me', tokens.access_token)).toMatchObject(REVOKED);
    expect((await elsewhere.post('/api/auth/refresh', { refresh_token: tokens.refresh_token })).status).toBe(401);
    clock.advance(5);
    expect(await elsewhere.get('/api/auth/me', tokens.access_token)).toMatchObject(REVOKED);
  },
);

test('an expired access token still logs its session out', async () => {
  const { clock, isolate, tokens } = await setUp();
  clock.advance(3600);
  expect((await isolate.get('/api/auth/me', tokens.access_token)).body).toEqual({ detail: 'Token has expired' });
  expect((await isolate.post('/api/auth/logout', undefined, tokens.access_token)).status).toBe(204);
  expect((await isolate.post('/api/auth/refresh', { refresh_token: tokens.refresh_token })).status).toBe(401);
});

test('to log out twice, or out of what is gone, is no error', async () => {
  const { isolate, user, tokens } = await setUp();
  for (let i = 0; i < 2; i++) {
    expect((await isolate.post('/api/auth/logout', undefined, tokens.access_token)).status).toBe(204);
  }
  const rows = await env.DB.prepare('SELECT count(*) AS n FROM revocation WHERE session_id = ?')
    .bind(tokens.refresh_token.split('.')[0])
    .first();
  expect(rows).toEqual({ n: 1 });
  await env.DB.prepare('DELETE FROM user WHERE id = ?').bind(user.id).run();
  expect((await isolate.post('/api/auth/logout', undefined, tokens.access_token)).status).toBe(204);
});

test('no credential, and one that was not made here, is a 401', async () => {
  const { isolate, tokens } = await setUp();
  expect(await isolate.post('/api/auth/logout')).toMatchObject({ status: 401, body: { detail: 'Not authenticated' } });
  const forged = await forge(HEADER, soundClaims(), 'k'.repeat(32));
  expect(await isolate.post('/api/auth/logout', undefined, forged)).toMatchObject(REVOKED);
  expect(await isolate.post('/api/auth/logout', { refresh_token: `${tokens.refresh_token}x` })).toMatchObject({
    status: 401,
    body: { error_code: 'INVALID_REFRESH_TOKEN' },
  });
});

test('a reply that is lost after the commit is made good by the server', async () => {
  const { clock, tokens } = await setUp();
  let losses = 1;
  const broken = await openIsolate(clock, {
    DB: watchD1(async (work) => {
      const answer = await work();
      if (losses-- > 0) throw new Error('D1_ERROR: Network connection lost.');
      return answer;
    }),
  });
  expect((await broken.post('/api/auth/logout', undefined, tokens.access_token)).status).toBe(204);
  expect((await broken.post('/api/auth/refresh', { refresh_token: tokens.refresh_token })).status).toBe(401);
});

test.for([
  ['logout-others', 200],
  ['logout-all', 401],
] as const)('%s ends the other sessions; the one that asks answers %i afterwards', async ([route, own]) => {
  const { clock, isolate, elsewhere, user, tokens } = await setUp();
  const [second, third, stranger] = await Promise.all([
    openSession(isolate, user),
    openSession(isolate, user),
    openSession(isolate, await mintUser()),
  ]);
  expect((await isolate.post(`/api/auth/${route}`, undefined, tokens.access_token)).status).toBe(204);
  clock.advance(5);
  for (const at of [isolate, elsewhere]) {
    expect((await at.get('/api/auth/me', tokens.access_token)).status).toBe(own);
    expect((await at.get('/api/auth/me', stranger.access_token)).status).toBe(200);
    for (const { access_token, refresh_token } of [second, third]) {
      expect(await at.get('/api/auth/me', access_token)).toMatchObject(REVOKED);
      expect((await at.post('/api/auth/refresh', { refresh_token })).status).toBe(401);
    }
  }
});

test('the Worker itself refuses a session that was logged out', async () => {
  const { tokens } = await setUp();
  const headers = { Authorization: `Bearer ${tokens.access_token}` };
  expect((await call('POST', '/api/auth/logout', { headers })).status).toBe(204);
  expect(await call('GET', '/api/auth/me', { headers })).toMatchObject(REVOKED);
});
