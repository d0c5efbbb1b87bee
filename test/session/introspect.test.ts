// What another service learns about a token that was shown to it (RFC 7662).

import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { Bindings } from '../../src/deps.ts';
import { mintUser } from '../support/api.ts';
import { countD1 } from '../support/d1.ts';
import { forge, HEADER, soundClaims } from '../support/forge.ts';
import { type Isolate, openClock, openIsolate, openSession, type TokenBody } from '../support/isolate.ts';

const INTROSPECTION_SECRET = 'Tz5vQ0hXbR8mYw2KcJ7nPs4LfDg9AeUi';
const INACTIVE = { status: 200, body: { active: false } };
const DAY = 86_400;

async function setUp(bindings: Partial<Bindings> = {}) {
  const clock = openClock();
  const open = () => openIsolate(clock, { INTROSPECTION_SECRET, ...bindings });
  const [isolate, elsewhere, user] = await Promise.all([open(), open(), mintUser()]);
  const introspect = async (token: string, from: Isolate = isolate) => {
    const { status, body } = await from.call('POST', '/api/auth/introspect', {
      headers: {
        Authorization: `Bearer ${INTROSPECTION_SECRET}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ token }).toString(),
    });
    return { status, body };
  };
  return { clock, isolate, elsewhere, user, tokens: await openSession(isolate, user), introspect };
}

const claimsOf = (token: string) => JSON.parse(atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')));
const sessionOf = ({ refresh_token }: TokenBody) => refresh_token.split('.')[0] ?? '';

test.for([
  ['without an audience', {}, {}],
  ['with an audience', { JWT_AUDIENCE: 'rag-modulo' }, { aud: 'rag-modulo' }],
] as const)('an access token is described by its claims, %s', async ([, bindings, aud]) => {
  const { user, tokens, introspect } = await setUp(bindings);
  const { jti, iat, exp } = claimsOf(tokens.access_token);
  expect(await introspect(tokens.access_token)).toEqual({
    status: 200,
    body: {
      active: true,
      token_type: 'bearer',
      iss: 'rag-modulo',
      ...aud,
      sub: user.id,
      username: user.username,
      sid: sessionOf(tokens),
      jti,
      iat,
      exp,
    },
  });
});

test.for([
  ['its idle time', {}, 0, 30 * DAY],
  ['its idle time since the last rotation', {}, 3000, 3000 + 30 * DAY],
  ['the end of its session', { REFRESH_IDLE_SECONDS: '7200', REFRESH_ABSOLUTE_SECONDS: '7200' }, 3000, 7200],
] as const)('a refresh token is described by its session, up to %s', async ([, bindings, rotatedAfter, lifetime]) => {
  const { clock, isolate, user, tokens, introspect } = await setUp(bindings);
  const createdAt = clock.seconds();
  let token = tokens.refresh_token;
  if (rotatedAfter > 0) {
    clock.advance(rotatedAfter);
    const { body } = await isolate.post('/api/auth/refresh', { refresh_token: token });
    token = (body as TokenBody).refresh_token;
  }
  clock.advance(lifetime - rotatedAfter - 1);
  expect(await introspect(token)).toEqual({
    status: 200,
    body: {
      active: true,
      token_type: 'refresh_token',
      iss: 'rag-modulo',
      sub: user.id,
      username: user.username,
      sid: sessionOf(tokens),
      iat: createdAt + rotatedAfter,
      exp: createdAt + lifetime,
    },
  });
  clock.advance(1);
  expect(await introspect(token)).toEqual(INACTIVE);
});

test('an access token is active to its last second', async () => {
  const { clock, tokens, introspect } = await setUp();
  clock.advance(3599);
  expect(await introspect(tokens.access_token)).toMatchObject({ body: { active: true } });
  clock.advance(1);
  expect(await introspect(tokens.access_token)).toEqual(INACTIVE);
});

test('a refresh token is active until its grace ends, and to ask after that ends no session', async () => {
  const { clock, isolate, tokens, introspect } = await setUp();
  clock.advance(3000);
  const { body } = await isolate.post('/api/auth/refresh', { refresh_token: tokens.refresh_token });
  const fresh = body as TokenBody;
  clock.advance(59);
  expect(await introspect(tokens.refresh_token)).toMatchObject({ body: { active: true } });
  clock.advance(1);
  expect(await introspect(tokens.refresh_token)).toEqual(INACTIVE);
  expect(await introspect(fresh.refresh_token)).toMatchObject({ body: { active: true } });
});

test.for([
  ['a session that was ended', 'UPDATE session SET ended_at = 1 WHERE id = ?1'],
  ['a session that is gone', 'DELETE FROM session WHERE id = ?1'],
  ['a deleted user', 'DELETE FROM user WHERE id = (SELECT user_id FROM session WHERE id = ?1)'],
] as const)('no token of %s is active, wherever it is asked', async ([, change]) => {
  const { isolate, elsewhere, tokens, introspect } = await setUp();
  for (const from of [isolate, elsewhere])
    expect((await introspect(tokens.access_token, from)).body).toHaveProperty('sub');
  await env.DB.prepare(change).bind(sessionOf(tokens)).run();
  for (const from of [isolate, elsewhere]) {
    expect(await introspect(tokens.access_token, from)).toEqual(INACTIVE);
    expect(await introspect(tokens.refresh_token, from)).toEqual(INACTIVE);
  }
});

test('after a logout no token is active in an isolate that has not heard of it yet', async () => {
  const { isolate, elsewhere, tokens, introspect } = await setUp();
  expect((await elsewhere.get('/api/auth/me', tokens.access_token)).status).toBe(200);
  expect((await isolate.post('/api/auth/logout', undefined, tokens.access_token)).status).toBe(204);
  expect((await elsewhere.get('/api/auth/me', tokens.access_token)).status).toBe(200);
  expect(await introspect(tokens.access_token, elsewhere)).toEqual(INACTIVE);
  expect(await introspect(tokens.refresh_token, elsewhere)).toEqual(INACTIVE);
});

test('a token that was not made here is not active, and costs the database nothing', async () => {
  const { calls, db } = countD1();
  const { tokens, introspect, user } = await setUp({ DB: db });
  const claims = claimsOf(tokens.access_token);
  const before = calls.length;
  for (const token of [
    'garbage',
    '..',
    `${tokens.access_token}x`,
    ` ${tokens.access_token}`,
    `${sessionOf(tokens)}.1.${'A'.repeat(43)}`,
    tokens.refresh_token.replace('.1.', '.2.'),
    await forge(HEADER, claims, 'k'.repeat(32)),
    await forge(HEADER, { ...claims, aud: 'another service' }),
    await forge(HEADER, { ...claims, iss: 'another issuer' }),
    user.id,
    '\0\ud7ff',
    'x'.repeat(16_000),
  ]) {
    expect({ token, ...(await introspect(token)) }).toEqual({ token, ...INACTIVE });
  }
  expect(calls.length).toBe(before);
});

test('a token that names another user than its session has is not active', async () => {
  const { clock, tokens, introspect } = await setUp();
  const stranger = await mintUser();
  const token = await forge(HEADER, { ...soundClaims(clock.seconds(), stranger.id), sid: sessionOf(tokens) });
  expect(await introspect(token)).toEqual(INACTIVE);
});
