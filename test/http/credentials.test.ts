// The one suite that every protected route goes through: whatever is mounted behind the guard is found and tried here.

import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadDeps } from '../../src/deps.ts';
import { call, get, login, mintUser } from '../support/api.ts';
import { forge, HEADER, PREVIOUS_SECRET, soundClaims } from '../support/forge.ts';
import { hostileTokens } from '../support/hostile-tokens.ts';

/** A route is public only by standing here. */
const PUBLIC_ROUTES = [
  'GET /',
  'GET /docs',
  'GET /docs/:file',
  'GET /style.css',
  'GET /openapi.json',
  'GET /redoc',
  'GET /device',
  'POST /device',
  'POST /device/decision', // a page, whose own cookie it asks for
  'GET /health',
  'GET /api/health',
  'GET /.well-known/auth-policy',
  'POST /api/auth/register',
  'POST /api/auth/login',
  'POST /api/auth/refresh',
  'POST /api/auth/logout',
  'POST /api/auth/device/start',
  'POST /api/auth/device/token',
  'POST /api/auth/introspect',
  'POST /api/auth/revoke',
];

const app = createApp(await loadDeps(env));
const routes = [
  ...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)),
];
const protectedRoutes = routes.filter((route) => !PUBLIC_ROUTES.includes(route));

const NOT_AUTHENTICATED = { detail: 'Not authenticated', challenge: 'Bearer realm="edge-auth"' };
const INVALID = {
  detail: 'Invalid authentication credentials',
  challenge: 'Bearer realm="edge-auth", error="invalid_token", error_description="The access token is invalid"',
};
const EXPIRED = {
  detail: 'Token has expired',
  challenge: 'Bearer realm="edge-auth", error="invalid_token", error_description="The access token expired"',
};

const now = Math.floor(Date.now() / 1000);
const user = await mintUser();
const STRANGER = crypto.randomUUID(); // registered never, or deleted since
const sound = await forge(HEADER, soundClaims(now, user.id));
const forStranger = await forge(HEADER, soundClaims(now, STRANGER));
const past = { iat: now - 100, exp: now - 1 };

const CASES: [name: string, authorization: string | undefined, answer: typeof INVALID][] = [
  ['no header', undefined, NOT_AUTHENTICATED],
  ['an empty header', '', NOT_AUTHENTICATED],
  ['another scheme', 'Basic dXNlcjpzZWN1cmVfcGFzc3dvcmQ=', NOT_AUTHENTICATED],
  ['a scheme that begins alike', `BearerToken ${sound}`, NOT_AUTHENTICATED],
  ['the token without a scheme', sound, NOT_AUTHENTICATED],
  ['the scheme without a token', 'Bearer', NOT_AUTHENTICATED],
  ['the scheme and a space', 'Bearer ', NOT_AUTHENTICATED],
  ['a malformed token', 'Bearer not.a.token', INVALID],
  ['two tokens', `Bearer ${sound} ${sound}`, INVALID],
  ['a forged token', `Bearer ${await forge(HEADER, soundClaims(now, user.id), 'k'.repeat(32))}`, INVALID],
  ['a token of somebody unknown', `Bearer ${forStranger}`, INVALID],
  ['an expired token', `Bearer ${await forge(HEADER, { ...soundClaims(now, user.id), ...past })}`, EXPIRED],
  [
    'a forged and expired token',
    `Bearer ${await forge(HEADER, { ...soundClaims(now, user.id), ...past }, 'k'.repeat(32))}`,
    INVALID,
  ],
];

/** A sound request to each route that takes a body, so that nothing but the credential is wrong with it. */
const BODIES: Record<string, object> = {
  'POST /api/collections': { name: 'of the credential suite' },
  'POST /api/collections/:id/documents': { filename: 'a.txt', content: 'A sentence.' },
  'POST /api/auth/change-password': { current_password: 'a wrong password', new_password: 'another password' },
  'DELETE /api/auth/me': { password: 'a wrong password' },
  'POST /api/search': { question: 'what?', collection_id: user.id },
};

test('every route but the public ones is protected', () => {
  expect(routes).toEqual(expect.arrayContaining(PUBLIC_ROUTES));
  expect(protectedRoutes).toEqual([
    'GET /api/auth/me',
    'GET /api/auth/userinfo',
    'POST /api/auth/change-password',
    'DELETE /api/auth/me',
    'GET /api/auth/me/activity',
    'GET /api/auth/me/export',
    'POST /api/auth/logout-others',
    'POST /api/auth/logout-all',
    'GET /api/auth/sessions',
    'DELETE /api/auth/sessions/:id',
    'POST /api/collections',
    'GET /api/collections',
    'GET /api/collections/:id',
    'DELETE /api/collections/:id',
    'POST /api/collections/:id/documents',
    'GET /api/collections/:id/documents',
    'DELETE /api/documents/:id',
    'POST /api/search',
  ]);
});

describe.for(protectedRoutes)('%s', (route) => {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replace(':id', crypto.randomUUID());
  /** The request with this Authorization, in the name of its user where the body names one. */
  const ask = (authorization: string | undefined, userId = user.id) => {
    const body = BODIES[route] && { ...BODIES[route], user_id: userId };
    return call(method, path, {
      headers: {
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  };

  test.for(CASES)('refuses %s', async ([, authorization, { detail, challenge }]) => {
    const { status, headers, body } = await ask(
      authorization,
      authorization?.includes(forStranger) ? STRANGER : user.id,
    );
    expect(status).toBe(401);
    expect(body).toEqual({ detail });
    expect(headers.get('WWW-Authenticate')).toBe(challenge);
    expect(headers.get('Cache-Control')).toBe('no-store');
  });

  test('refuses every hostile token with a 401', async () => {
    for (const { name, reason, token } of await hostileTokens(now)) {
      if (/[^\x20-\x7e\t]/.test(token)) continue; // no header can carry it
      const { status, body } = await ask(`Bearer ${token}`);
      expect({ name, status, body }).toEqual({
        name,
        status: 401,
        body: { detail: reason === 'expired' ? EXPIRED.detail : INVALID.detail },
      });
    }
  });

  const refusals = [NOT_AUTHENTICATED, INVALID, EXPIRED].map(({ detail }) => ({ detail }));

  test('takes the token of a login, in any case of the scheme', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect(refusals).not.toContainEqual((await ask(`${scheme} ${await login(user)}`)).body);
    }
  });

  test('takes a token of a previous key', async () => {
    const token = await forge(HEADER, soundClaims(now, user.id), PREVIOUS_SECRET);
    expect(refusals).not.toContainEqual((await ask(`Bearer ${token}`)).body);
  });
});

test('a token in the query is no credential', async () => {
  expect(await get(`/api/auth/me?access_token=${sound}`)).toMatchObject({
    status: 401,
    body: { detail: 'Not authenticated' },
  });
});
