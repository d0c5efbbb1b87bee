// A cookie goes along with requests that another page made. None of them may change anything.

import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadDeps } from '../../src/deps.ts';
import { type Answer, mintUser, PASSWORD, type TestUser } from '../support/api.ts';
import { type Isolate, openClock, openIsolate } from '../support/isolate.ts';

const OWN = 'https://edge.example';
const FOREIGN = 'https://attacker.example';
const CROSS_ORIGIN = { detail: 'Cross-origin request refused', error_code: 'CROSS_ORIGIN' };

type Scene = { user: TestUser; cookie: string; session: string; collection: string; document: string };
type Sound = { status: number; id?: keyof Scene; body?: (scene: Scene) => object };

/** A sound request to each route that takes a cookie and could change something. */
const UNSAFE: Record<string, Sound> = {
  'POST /api/auth/refresh': { status: 200 },
  'POST /api/auth/logout': { status: 204 },
  'POST /api/auth/change-password': {
    status: 200,
    body: () => ({ current_password: PASSWORD, new_password: 'another_password' }),
  },
  'DELETE /api/auth/me': { status: 204, body: () => ({ password: PASSWORD }) },
  'POST /api/auth/logout-others': { status: 204 },
  'POST /api/auth/logout-all': { status: 204 },
  'DELETE /api/auth/sessions/:id': { status: 204, id: 'session' },
  'POST /api/collections': { status: 201, body: () => ({ name: 'Another' }) },
  'DELETE /api/collections/:id': { status: 204, id: 'collection' },
  'POST /api/collections/:id/documents': {
    status: 201,
    id: 'collection',
    body: () => ({ filename: 'a.txt', content: 'A sentence.' }),
  },
  'DELETE /api/documents/:id': { status: 204, id: 'document' },
  'POST /api/search': {
    status: 200,
    body: ({ user, collection }) => ({ question: 'fox', collection_id: collection, user_id: user.id }),
  },
};

/** Routes that take no cookie. */
const WITHOUT_COOKIE = [
  'POST /api/auth/device/start',
  'POST /api/auth/device/token',
  'POST /api/auth/register',
  'POST /api/auth/login',
  'POST /api/auth/introspect',
  'POST /api/auth/revoke',
];

/** Forms of our own pages, tried in test/device-grant. */
const FORMS = ['POST /device', 'POST /device/decision'];

const app = createApp(await loadDeps(env));
const routes = [...new Set(app.routes.filter(({ method }) => method !== 'ALL').map((r) => `${r.method} ${r.path}`))];

test('every route that could change something is tried here', () => {
  const unsafe = routes.filter((route) => !route.startsWith('GET ') && ![...WITHOUT_COOKIE, ...FORMS].includes(route));
  expect(unsafe.toSorted()).toEqual(Object.keys(UNSAFE).toSorted());
});

const logIn = (isolate: Isolate, { username, password }: TestUser, headers: HeadersInit = {}) =>
  isolate.call(
    'POST',
    '/api/auth/login?mode=cookie',
    { headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify({ username, password }) },
    OWN,
  );

async function setScene(isolate: Isolate): Promise<Scene> {
  const user = await mintUser();
  const { headers } = await logIn(isolate, user);
  const cookie = headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const session = /_refresh=([0-9a-f-]{36})/.exec(cookie)?.[1] ?? '';
  const [collection, document] = [crypto.randomUUID(), crypto.randomUUID()];
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO collection (id, user_id, name, created_at, updated_at) VALUES (?, ?, 'Papers', 0, 0)",
    ).bind(collection, user.id),
    env.DB.prepare(
      "INSERT INTO document (id, collection_id, user_id, filename, chunk_count, created_at) VALUES (?, ?, ?, 'x', 0, 0)",
    ).bind(document, collection, user.id),
  ]);
  return { user, cookie, session, collection, document };
}

/** The sound request to a route, with the scene's cookie and these headers. */
function ask(isolate: Isolate, scene: Scene, route: string, headers: Record<string, string>): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const { id, body } = UNSAFE[route] ?? {};
  return isolate.call(
    method,
    path.replace(':id', String(scene[id ?? 'session'])),
    {
      headers: { Cookie: scene.cookie, ...headers },
      ...(body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body(scene))) }),
    },
    OWN,
  );
}

const stateOf = async ({ user }: Scene) => {
  const tables = ['user', 'session', 'collection', 'document'].map((table) =>
    env.DB.prepare(`SELECT * FROM ${table} WHERE ${table === 'user' ? 'id' : 'user_id'} = ? ORDER BY id`).bind(user.id),
  );
  return (await env.DB.batch(tables)).map(({ results }) => results);
};

const JSON_TYPE = { 'Content-Type': 'application/json' };
const CASES: [name: string, headers: Record<string, string>][] = [
  ['a foreign Origin, JSON', { Origin: FOREIGN, ...JSON_TYPE }],
  ['a foreign Origin, text', { Origin: FOREIGN, 'Content-Type': 'text/plain' }],
  ['a foreign Origin, a form', { Origin: FOREIGN, 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['a foreign Origin, a multipart form', { Origin: FOREIGN, 'Content-Type': 'multipart/form-data; boundary=x' }],
  ['a foreign Origin, no type', { Origin: FOREIGN }],
  ['Origin null', { Origin: 'null', ...JSON_TYPE }],
  ['an empty Origin', { Origin: '', ...JSON_TYPE }],
  ['neither Origin nor Sec-Fetch-Site', JSON_TYPE],
  ['a Referer alone', { Referer: `${OWN}/`, ...JSON_TYPE }],
  ['Sec-Fetch-Site cross-site', { 'Sec-Fetch-Site': 'cross-site', ...JSON_TYPE }],
  ['Sec-Fetch-Site same-site', { 'Sec-Fetch-Site': 'same-site', ...JSON_TYPE }],
  ['Sec-Fetch-Site none', { 'Sec-Fetch-Site': 'none', ...JSON_TYPE }],
  ['Sec-Fetch-Site in capitals', { 'Sec-Fetch-Site': 'SAME-ORIGIN', ...JSON_TYPE }],
  ['the own Origin, cross-site', { Origin: OWN, 'Sec-Fetch-Site': 'cross-site', ...JSON_TYPE }],
  ['the own Origin, same-site', { Origin: OWN, 'Sec-Fetch-Site': 'same-site', ...JSON_TYPE }],
  ['a foreign Origin, same-origin', { Origin: FOREIGN, 'Sec-Fetch-Site': 'same-origin', ...JSON_TYPE }],
  ['another port', { Origin: `${OWN}:8443`, ...JSON_TYPE }],
  ['another scheme', { Origin: 'http://edge.example', ...JSON_TYPE }],
  ['a trailing dot', { Origin: `${OWN}.`, ...JSON_TYPE }],
  ['a trailing slash', { Origin: `${OWN}/`, ...JSON_TYPE }],
  ['a subdomain', { Origin: 'https://www.edge.example', ...JSON_TYPE }],
  ['a domain that begins alike', { Origin: `${OWN}.attacker.example`, ...JSON_TYPE }],
  ['two origins', { Origin: `${OWN}, ${FOREIGN}`, ...JSON_TYPE }],
];

test.for(CASES)('a cookie is refused on every such route, and nothing changes: %s', async ([, headers]) => {
  const isolate = await openIsolate(openClock());
  const scene = await setScene(isolate);
  const before = await stateOf(scene);
  for (const route of Object.keys(UNSAFE)) {
    const { status, body, headers: answered } = await ask(isolate, scene, route, headers);
    expect({ route, status, body }).toEqual({ route, status: 403, body: CROSS_ORIGIN });
    expect(answered.getSetCookie()).toEqual([]);
  }
  expect(await stateOf(scene)).toEqual(before);
  const me = await isolate.call('GET', '/api/auth/me', { headers: { Cookie: scene.cookie } }, OWN);
  expect(me.status).toBe(200);
});

test.for(['__Host-edge_auth_access', '__Host-edge_auth_refresh'])(
  'one cookie is refused as both are: %s',
  async (name) => {
    const isolate = await openIsolate(openClock());
    const scene = await setScene(isolate);
    const cookie = scene.cookie.split('; ').find((pair) => pair.startsWith(name)) ?? '';
    for (const path of ['refresh', 'logout']) {
      const answer = await ask(isolate, { ...scene, cookie }, `POST /api/auth/${path}`, { Origin: FOREIGN });
      expect(answer).toMatchObject({ status: 403, body: CROSS_ORIGIN });
    }
  },
);

test('a token in the body of a foreign request does not make up for the cookie beside it', async () => {
  const isolate = await openIsolate(openClock());
  const scene = await setScene(isolate);
  const before = await stateOf(scene);
  const body = JSON.stringify({ refresh_token: scene.cookie.split('_refresh=')[1] });
  for (const path of ['/api/auth/refresh', '/api/auth/logout']) {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const headers = { Cookie: scene.cookie, Origin: FOREIGN, 'Content-Type': type };
      const answer = await isolate.call('POST', path, { headers, body }, OWN);
      expect(answer).toMatchObject({ status: 403, body: CROSS_ORIGIN });
    }
  }
  expect(await stateOf(scene)).toEqual(before);
});

test.for(Object.entries(UNSAFE))('%s works from a page of our own', async ([route, { status }]) => {
  const isolate = await openIsolate(openClock());
  for (const headers of [
    { Origin: OWN },
    { 'Sec-Fetch-Site': 'same-origin' },
    { Origin: OWN, 'Sec-Fetch-Site': 'same-origin' },
  ]) {
    const answer = await ask(isolate, await setScene(isolate), route, { ...JSON_TYPE, ...headers } as Record<
      string,
      string
    >);
    expect(answer).toMatchObject({ status });
  }
});

test('a page that CORS_ORIGINS allows may not use the cookie either', async () => {
  const isolate = await openIsolate(openClock(), { CORS_ORIGINS: FOREIGN });
  const scene = await setScene(isolate);
  const answer = await ask(isolate, scene, 'POST /api/auth/logout-all', { Origin: FOREIGN });
  expect(answer).toMatchObject({ status: 403, body: CROSS_ORIGIN });
  expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull();
});

test.for(routes.filter((route) => route.startsWith('GET /api/auth') || route === 'GET /api/collections'))(
  '%s needs no Origin beside a cookie',
  async (route) => {
    const isolate = await openIsolate(openClock());
    const { cookie } = await setScene(isolate);
    for (const headers of [{}, { Origin: FOREIGN }, { 'Sec-Fetch-Site': 'cross-site' }]) {
      const init = { headers: { Cookie: cookie, ...headers } };
      expect((await isolate.call('GET', route.slice(4), init, OWN)).status).toBe(200);
    }
  },
);

test('a GET changes nothing: on every other route it is a 405', async () => {
  const isolate = await openIsolate(openClock());
  const scene = await setScene(isolate);
  const before = await stateOf(scene);
  const readable = new Set<string>();
  for (const route of [...Object.keys(UNSAFE), ...WITHOUT_COOKIE]) {
    const pattern = route.split(' ')[1] ?? '';
    const path = pattern.replace(':id', pattern.includes('sessions') ? scene.session : scene.collection);
    const { status } = await isolate.call('GET', path, { headers: { Cookie: scene.cookie, Origin: OWN } }, OWN);
    if (routes.includes(`GET ${pattern}`)) readable.add(pattern);
    else expect({ path, status }).toEqual({ path, status: 405 });
  }
  const both = ['/api/auth/me', '/api/collections', '/api/collections/:id', '/api/collections/:id/documents'];
  expect([...readable].toSorted()).toEqual(both);
  expect(await stateOf(scene)).toEqual(before);
});

test.for(CASES.filter(([, headers]) => 'Origin' in headers || 'Sec-Fetch-Site' in headers))(
  'no login into cookies, so that nobody is logged in as the attacker: %s',
  async ([, headers]) => {
    const isolate = await openIsolate(openClock());
    const user = await mintUser();
    const answer = await logIn(isolate, user, { ...headers, ...JSON_TYPE });
    expect(answer).toMatchObject({ status: 403, body: CROSS_ORIGIN });
    expect(answer.headers.getSetCookie()).toEqual([]);
    const opened = await env.DB.prepare('SELECT count(*) AS n FROM session WHERE user_id = ?').bind(user.id).first('n');
    expect(opened).toBe(0);
  },
);
