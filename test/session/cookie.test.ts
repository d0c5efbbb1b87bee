import { expect, test } from 'vitest';
import { type Answer, mintUser, PASSWORD, type TestUser } from '../support/api.ts';
import { readAllCookies } from '../support/cookies.ts';
import { type Isolate, openClock, openIsolate, openSession } from '../support/isolate.ts';

const HTTPS = 'https://edge.example';
const LOCALHOST = 'http://localhost';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const HOST_NAMES = ['__Host-edge_auth_access', '__Host-edge_auth_refresh'];
const PLAIN_NAMES = ['edge_auth_access', 'edge_auth_refresh'];
const CHANGE = { current_password: PASSWORD, new_password: 'another_password' };
const DAY = 86_400;

const logIn = (isolate: Isolate, { username, password }: TestUser, origin = HTTPS, mode = 'cookie') =>
  isolate.call(
    'POST',
    `/api/auth/login?mode=${mode}`,
    { headers: JSON_TYPE, body: JSON.stringify({ username, password }) },
    origin,
  );

/** Those that bring tokens; a login sets the device's beside them. */
const readCookies = (answer: Answer) => readAllCookies(answer).filter(({ name }) => !name.endsWith('_device'));

/** What a browser would send back. */
const cookieHeader = (answer: Answer) =>
  readCookies(answer)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');

/** Both cookies, with these lifetimes and nothing but the attributes that are wanted. */
const cookiesLike = (names: string[], maxAges: number[], value: unknown = expect.stringMatching(/^[\w.-]{80,}$/)) =>
  names.map((name, i) => ({
    name,
    value,
    attributes: [
      'HttpOnly',
      `Max-Age=${maxAges[i]}`,
      'Path=/',
      'SameSite=Lax',
      ...(name.startsWith('__Host-') ? ['Secure'] : []),
    ],
  }));

/** A user who is logged in by cookie, and a page of our own that sends requests. */
async function setUp(origin = HTTPS) {
  const clock = openClock();
  const isolate = await openIsolate(clock);
  const user = await mintUser();
  const cookie = cookieHeader(await logIn(isolate, user, origin));
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    isolate.call(
      method,
      path,
      {
        headers: { Cookie: cookie, Origin: origin, ...(body === undefined ? {} : JSON_TYPE), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      origin,
    );
  const sessions = async () => (await send('GET', '/api/auth/sessions')).body as { id: string }[];
  return { clock, isolate, user, cookie, send, sessions };
}

test.for([
  ['over https', HTTPS, HOST_NAMES],
  ['over https on a port', 'https://edge.example:8443', HOST_NAMES],
  ['over https on localhost', 'https://localhost', HOST_NAMES],
  ['over http on localhost', LOCALHOST, PLAIN_NAMES],
  ['over http on a port of localhost', 'http://localhost:8787', PLAIN_NAMES],
] as const)('a login %s sets two cookies and tells lifetimes alone', async ([, origin, names]) => {
  const isolate = await openIsolate(openClock());
  const answer = await logIn(isolate, await mintUser(), origin);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body).toEqual({ expires_in: 3600, refresh_expires_in: 30 * DAY });
  expect(readCookies(answer)).toEqual(cookiesLike([...names], [3600, 30 * DAY]));
  const me = await isolate.call('GET', '/api/auth/me', { headers: { Cookie: cookieHeader(answer) } }, origin);
  expect(me.status).toBe(200);
});

test.for([
  ['the shortest', { JWT_EXPIRATION: '1', REFRESH_GRACE_SECONDS: '1', REFRESH_IDLE_SECONDS: '60' }, [1, 60]],
  ['the longest', { JWT_EXPIRATION: '86400', REFRESH_IDLE_SECONDS: '31536000' }, [DAY, 365 * DAY]],
  ['cut by the end of the session', { REFRESH_IDLE_SECONDS: '7200', REFRESH_ABSOLUTE_SECONDS: '7200' }, [3600, 7200]],
] as const)('cookies live as long as their tokens: %s', async ([, bindings, maxAges]) => {
  const answer = await logIn(await openIsolate(openClock(), bindings), await mintUser());
  expect(answer.body).toEqual({ expires_in: maxAges[0], refresh_expires_in: maxAges[1] });
  expect(readCookies(answer)).toEqual(cookiesLike(HOST_NAMES, [...maxAges]));
});

test.for(['http://127.0.0.1', 'http://127.0.0.1:8787', 'http://[::1]', 'http://edge.example', 'http://localhost.'])(
  'no cookie is set or read over %s',
  async (origin) => {
    const isolate = await openIsolate(openClock());
    const user = await mintUser();
    const answer = await logIn(isolate, user, origin);
    expect(answer).toMatchObject({ status: 403, body: { error_code: 'HTTPS_REQUIRED' } });
    expect(readCookies(answer)).toEqual([]);
    for (const from of [HTTPS, LOCALHOST]) {
      const headers = { Cookie: cookieHeader(await logIn(isolate, user, from)) };
      expect((await isolate.call('GET', '/api/auth/me', { headers }, origin)).status).toBe(401);
    }
  },
);

test.for([
  ['plain names over https', LOCALHOST, HTTPS],
  ['__Host- names over http', HTTPS, LOCALHOST],
] as const)('cookies of %s are not read', async ([, from, to]) => {
  const { isolate, cookie: Cookie } = await setUp(from);
  const ask = (method: string, path: string) => isolate.call(method, path, { headers: { Cookie, Origin: to } }, to);
  expect(await ask('GET', '/api/auth/me')).toMatchObject({ status: 401, body: { detail: 'Not authenticated' } });
  expect(await ask('POST', '/api/auth/refresh')).toMatchObject({
    status: 422,
    body: { detail: [{ type: 'missing' }] },
  });
  expect(await ask('POST', '/api/auth/logout')).toMatchObject({ status: 401, body: { detail: 'Not authenticated' } });
});

test.for(['other', '', 'Cookie', 'cookies'])('mode %j is refused', async (mode) => {
  const answer = await logIn(await openIsolate(openClock()), await mintUser(), HTTPS, mode);
  expect(answer).toMatchObject({ status: 422, body: { detail: [{ type: 'literal_error', loc: ['query', 'mode'] }] } });
  expect(readCookies(answer)).toEqual([]);
});

test('a wrong password sets no cookie', async () => {
  const user = await mintUser();
  const answer = await logIn(await openIsolate(openClock()), { ...user, password: 'wrong password!' });
  expect(answer.status).toBe(401);
  expect(readCookies(answer)).toEqual([]);
});

test.for([
  ['a bearer token that is none', 'Bearer not.a.token', 'Invalid authentication credentials'],
  ['another scheme', 'Basic dXNlcjpzZWN1cmVfcGFzc3dvcmQ=', 'Not authenticated'],
  ['a scheme without a token', 'Bearer', 'Not authenticated'],
  ['an empty header', '', 'Not authenticated'],
] as const)('an Authorization header wins over a good cookie: %s', async ([, Authorization, detail]) => {
  const { send, sessions } = await setUp();
  for (const [method, path] of [
    ['GET', '/api/auth/me'],
    ['POST', '/api/auth/logout-all'],
    ['POST', '/api/auth/logout'],
  ] as const) {
    const answer = await send(method, path, undefined, { Authorization });
    expect({ path, ...answer }).toMatchObject({ path, status: 401, body: { detail } });
    expect(readCookies(answer)).toEqual([]);
  }
  expect(await sessions()).toHaveLength(1);
});

test('a bearer token serves from any page, whatever cookie comes along, and is answered without cookies', async () => {
  const { isolate, user, send } = await setUp();
  const { access_token } = await openSession(isolate, user);
  const headers = { Authorization: `Bearer ${access_token}`, Origin: 'https://attacker.example' };
  expect((await send('POST', '/api/collections', { name: 'Papers' }, headers)).status).toBe(201);
  const changed = await send('POST', '/api/auth/change-password', CHANGE, headers);
  expect(changed).toMatchObject({ status: 200, body: { token_type: 'bearer', access_token: expect.any(String) } });
  expect(readCookies(changed)).toEqual([]);
});

test('a refresh by the cookie alone sets new cookies, which go on, and returns no token', async () => {
  const { clock, isolate, send } = await setUp();
  clock.advance(3600);
  expect(await send('GET', '/api/auth/me')).toMatchObject({ status: 401, body: { detail: 'Token has expired' } });
  const answer = await send('POST', '/api/auth/refresh');
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body).toEqual({ expires_in: 3600, refresh_expires_in: 30 * DAY });
  expect(readCookies(answer)).toEqual(cookiesLike(HOST_NAMES, [3600, 30 * DAY]));
  expect(readCookies(answer)[1]?.value).toMatch(/^[0-9a-f-]{36}\.2\./);
  const headers = { Cookie: cookieHeader(answer) };
  expect((await isolate.call('GET', '/api/auth/me', { headers }, HTTPS)).status).toBe(200);
});

test('a refresh token in the body is answered in the body, whatever cookie comes along', async () => {
  const { isolate, user, send } = await setUp();
  const { refresh_token } = await openSession(isolate, user);
  const answer = await send('POST', '/api/auth/refresh', { refresh_token });
  expect(answer).toMatchObject({
    status: 200,
    body: { refresh_token: expect.stringContaining(refresh_token.slice(0, 36)) },
  });
  expect(readCookies(answer)).toEqual([]);
});

test.for([
  ['logout', 'POST', '/api/auth/logout', undefined],
  ['logout-all', 'POST', '/api/auth/logout-all', undefined],
  ['the end of the own session', 'DELETE', '/api/auth/sessions/OWN', undefined],
  ['the end of the account', 'DELETE', '/api/auth/me', { password: PASSWORD }],
] as const)('%s clears both cookies and ends the session', async ([, method, path, body]) => {
  for (const origin of [HTTPS, LOCALHOST]) {
    const { send, sessions } = await setUp(origin);
    const own = (await sessions())[0]?.id ?? '';
    const answer = await send(method, path.replace('OWN', own), body);
    expect(answer.status).toBe(204);
    expect(readCookies(answer)).toEqual(cookiesLike(origin === HTTPS ? HOST_NAMES : PLAIN_NAMES, [0, 0], ''));
    expect((await send('GET', '/api/auth/me')).status).toBe(401);
    expect((await send('POST', '/api/auth/refresh')).status).toBe(401);
  }
});

test.for([
  ['an expired access token', 3600],
  ['an expired refresh token', 30 * DAY],
] as const)('logout by cookie works with %s', async ([, age]) => {
  const { clock, send } = await setUp();
  clock.advance(age);
  const answer = await send('POST', '/api/auth/logout');
  expect(answer.status).toBe(204);
  expect(readCookies(answer)).toEqual(cookiesLike(HOST_NAMES, [0, 0], ''));
});

test.for(HOST_NAMES)('a refused logout with a forged %s clears both cookies', async (name) => {
  const { send, sessions } = await setUp();
  const answer = await send('POST', '/api/auth/logout', undefined, { Cookie: `${name}=forged` });
  expect(answer).toMatchObject({ status: 401, body: { error_code: 'INVALID_REFRESH_TOKEN' } });
  expect(readCookies(answer)).toEqual(cookiesLike(HOST_NAMES, [0, 0], ''));
  expect(await sessions()).toHaveLength(1);
});

test('what leaves the own session alive leaves its cookies', async () => {
  const { isolate, user, send, sessions } = await setUp();
  const own = (await sessions())[0]?.id;
  await openSession(isolate, user);
  const other = (await sessions()).find(({ id }) => id !== own)?.id ?? '';
  for (const answer of [
    await send('DELETE', `/api/auth/sessions/${other}`),
    await send('POST', '/api/auth/logout-others'),
  ]) {
    expect(answer.status).toBe(204);
    expect(readCookies(answer)).toEqual([]);
  }
  expect(await sessions()).toMatchObject([{ id: own, current: true }]);
});

test('a change of the password sets fresh cookies and returns no token', async () => {
  const { isolate, send } = await setUp();
  const answer = await send('POST', '/api/auth/change-password', CHANGE);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body).toEqual({ expires_in: 3600, refresh_expires_in: 30 * DAY });
  expect(readCookies(answer)).toEqual(cookiesLike(HOST_NAMES, [3600, 30 * DAY]));
  expect((await send('GET', '/api/auth/me')).status).toBe(401);
  const headers = { Cookie: cookieHeader(answer), Origin: HTTPS };
  expect((await isolate.call('POST', '/api/auth/refresh', { headers }, HTTPS)).status).toBe(200);
});
