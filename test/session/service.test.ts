// Who may introspect and revoke, with which requests, and what a revocation ends (RFC 7662, RFC 7009).

import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { mintUser } from '../support/api.ts';
import { forge, HEADER } from '../support/forge.ts';
import { type Isolate, openClock, openIsolate, openSession, type TokenBody } from '../support/isolate.ts';

const INTROSPECTION_SECRET = 'Tz5vQ0hXbR8mYw2KcJ7nPs4LfDg9AeUi';
const INACTIVE = { status: 200, body: { active: false } };
const ENDPOINTS = ['/api/auth/introspect', '/api/auth/revoke'] as const;

const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
const SERVICE = { Authorization: `Bearer ${INTROSPECTION_SECRET}` };

const send = (isolate: Isolate, path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  isolate.call('POST', path, { headers: { ...SERVICE, ...FORM_TYPE, ...headers }, body });

async function setUp() {
  const clock = openClock();
  const [isolate, user] = await Promise.all([openIsolate(clock, { INTROSPECTION_SECRET }), mintUser()]);
  const introspect = async (token: string) => {
    const { status, body } = await send(isolate, '/api/auth/introspect', new URLSearchParams({ token }).toString());
    return { status, body };
  };
  const revoke = (token: string) => send(isolate, '/api/auth/revoke', new URLSearchParams({ token }).toString());
  return { clock, isolate, user, tokens: await openSession(isolate, user), introspect, revoke };
}

const claimsOf = (token: string) => JSON.parse(atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')));
const sessionOf = ({ refresh_token }: TokenBody) => refresh_token.split('.')[0] ?? '';

describe.for(ENDPOINTS)('%s', (path) => {
  test.for(['', undefined])('is not there without a secret, set to %j', async (setting) => {
    const isolate = await openIsolate(openClock(), { INTROSPECTION_SECRET: setting });
    for (const headers of [{}, { Authorization: 'Bearer ' }, { Authorization: 'Bearer undefined' }]) {
      expect(await send(isolate, path, 'token=x', headers)).toMatchObject({
        status: 404,
        body: { detail: 'Not Found', error_code: 'NOT_FOUND' },
      });
    }
  });

  test.for([
    ['no Authorization', undefined, 'Not authenticated'],
    ['another scheme', `Basic ${btoa(`service:${INTROSPECTION_SECRET}`)}`, 'Not authenticated'],
    ['the secret without a scheme', INTROSPECTION_SECRET, 'Not authenticated'],
    ['another secret', `Bearer ${'x'.repeat(32)}`, 'Invalid credentials'],
    ['a secret that begins with it', `Bearer ${INTROSPECTION_SECRET}x`, 'Invalid credentials'],
    ['a secret that it begins with', `Bearer ${INTROSPECTION_SECRET.slice(0, -1)}`, 'Invalid credentials'],
    ['the secret in other letters', `Bearer ${INTROSPECTION_SECRET.toLowerCase()}`, 'Invalid credentials'],
    ['the key that signs tokens', `Bearer ${env.JWT_SECRET_KEY}`, 'Invalid credentials'],
  ] as const)('refuses %s', async ([, authorization, detail]) => {
    const { isolate, tokens, introspect } = await setUp();
    const { status, headers, body } = await isolate.call('POST', path, {
      headers: { ...FORM_TYPE, ...(authorization === undefined ? {} : { Authorization: authorization }) },
      body: `token=${tokens.access_token}`,
    });
    expect({ status, body }).toMatchObject({ status: 401, body: { detail } });
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="edge-auth"');
    expect(await introspect(tokens.access_token)).toMatchObject({ body: { active: true } });
  });

  test("refuses a user's own token as the secret", async () => {
    const { isolate, tokens } = await setUp();
    const headers = { Authorization: `Bearer ${tokens.access_token}` };
    expect((await send(isolate, path, `token=${tokens.access_token}`, headers)).status).toBe(401);
  });

  test.for([
    ['JSON', '{"token":"x"}', { 'Content-Type': 'application/json' }, 415],
    ['a multipart form', 'token=x', { 'Content-Type': 'multipart/form-data; boundary=x' }, 415],
    ['text', 'token=x', { 'Content-Type': 'text/plain' }, 415],
    ['no type', 'token=x', { 'Content-Type': '' }, 415],
    ['another charset', 'token=x', { 'Content-Type': `${FORM_TYPE['Content-Type']}; charset=latin1` }, 415],
    ['more than 16 KB', `token=${'x'.repeat(16 * 1024)}`, {}, 413],
    ['an empty form', '', {}, 400],
    ['no token', 'token_type_hint=access_token', {}, 400],
    ['an empty token', 'token=', {}, 400],
    ['a token twice', 'token=x&token=x', {}, 400],
    ['a token twice, once empty', 'token=x&token=', {}, 400],
    ['a token twice, once escaped', 'token=x&%74oken=x', {}, 400],
    ['another parameter twice', 'token=x&a=1&a=2', {}, 400],
    ['bytes that are not UTF-8', new Uint8Array([...new TextEncoder().encode('token='), 0xff]), {}, 400],
  ] as [string, BodyInit, Record<string, string>, number][])('refuses %s', async ([, body, headers, status]) => {
    const answer = await send((await setUp()).isolate, path, body, headers);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body).toMatchObject({ error: 'invalid_request' });
  });

  test.for([
    ['an unknown parameter', 'client_id=x&state='],
    ['a right hint', 'token_type_hint=access_token'],
    ['a wrong hint', 'token_type_hint=refresh_token'],
    ['an unknown hint', 'token_type_hint=pat'],
    ['a name of every object', '__proto__=x&constructor=y'],
  ])('takes %s', async ([, extra]) => {
    const { isolate, tokens } = await setUp();
    const answer = await send(isolate, path, `${extra}&token=${tokens.access_token}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(path === '/api/auth/introspect' ? { active: true } : {});
  });

  test('takes the secret in any case of the scheme, and a charset that says UTF-8', async () => {
    const headers = {
      Authorization: `bearer ${INTROSPECTION_SECRET}`,
      'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
    };
    expect((await send((await setUp()).isolate, path, 'token=x', headers)).status).toBe(200);
  });
});

test.for([
  ['an access token', ({ access_token }) => access_token, 0],
  ['an expired access token', ({ access_token }) => access_token, 3600],
  ['a refresh token', ({ refresh_token }) => refresh_token, 0],
] as [string, (tokens: TokenBody) => string, number][])(
  'to revoke %s ends its session and no other, and to repeat it is no error',
  async ([, pick, age]) => {
    const { clock, isolate, user, tokens, introspect, revoke } = await setUp();
    clock.advance(age);
    const other = await openSession(isolate, user);
    for (let i = 0; i < 2; i++) expect(await revoke(pick(tokens))).toMatchObject({ status: 200, body: {} });
    for (const token of [tokens.access_token, tokens.refresh_token]) expect(await introspect(token)).toEqual(INACTIVE);
    expect((await isolate.get('/api/auth/me', tokens.access_token)).status).toBe(401);
    const refreshed = await isolate.post('/api/auth/refresh', { refresh_token: tokens.refresh_token });
    expect(refreshed).toMatchObject({ status: 401, body: { error_code: 'INVALID_REFRESH_TOKEN' } });
    expect(await introspect(other.refresh_token)).toMatchObject({ body: { active: true } });
  },
);

test('to revoke what was not made here is no error, and ends nothing', async () => {
  const { tokens, introspect, revoke } = await setUp();
  const forged = await forge(HEADER, claimsOf(tokens.access_token), 'k'.repeat(32));
  for (const token of ['garbage', forged, tokens.refresh_token.slice(0, -1), sessionOf(tokens)]) {
    expect(await revoke(token)).toMatchObject({ status: 200, body: {} });
  }
  expect(await introspect(tokens.refresh_token)).toMatchObject({ body: { active: true } });
});
