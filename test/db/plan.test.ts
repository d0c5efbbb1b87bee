// How SQLite finds the rows of every statement: by an index, whatever the size of the table. The statements are those that
// the routes and the hourly clean-up send, each route walked once or more.

import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadDeps } from '../../src/deps.ts';
import { cleanUp } from '../../src/session/cleanup.ts';
import { countD1 } from '../support/d1.ts';
import { openClock, openIsolate } from '../support/isolate.ts';

const SERVICE_SECRET = 'zR7nWq2LfXs9TbVd5KcGh8MpYj4EaUi3';
const PASSWORD = 'secure_password';
const OWN_PAGE = { Origin: 'http://localhost' };

const clock = openClock();
const { calls, db } = countD1();
const { deps } = await openIsolate(clock, { DB: db, INTROSPECTION_SECRET: SERVICE_SECRET });
const app = createApp(deps);
const walked = new Set<string>();

type Sent = {
  through?: typeof app;
  json?: object;
  form?: Record<string, string>;
  token?: string;
  headers?: Record<string, string>;
};

/** The answer's JSON, or nothing where it is a page or empty. `route` is a method and a pattern. */
async function walk(
  route: string,
  path: string,
  expected: number,
  { through = app, json, form, token, headers }: Sent = {},
) {
  walked.add(route);
  const response = await through.request(`http://localhost${path}`, {
    method: route.split(' ')[0] ?? '',
    headers: {
      ...(json && { 'Content-Type': 'application/json' }),
      ...(token && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(json && { body: JSON.stringify(json) }),
    ...(form && { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  expect([route, response.status]).toEqual([route, expected]);
  return text.startsWith('{') ? JSON.parse(text) : undefined;
}

const user = { username: 'planner', email: 'planner@example.com', password: PASSWORD };
const logIn = (password = PASSWORD) =>
  walk('POST /api/auth/login', '/api/auth/login', 200, { json: { ...user, password } });

async function walkAll() {
  for (const path of [
    '/',
    '/docs',
    '/openapi.json',
    '/style.css',
    '/health',
    '/api/health',
    '/.well-known/auth-policy',
  ])
    await walk(`GET ${path}`, path, 200);
  await walk('GET /docs/:file', '/docs/start.js', 200);
  await walk('GET /redoc', '/redoc', 302);

  await walk('POST /api/auth/register', '/api/auth/register', 201, { json: user });
  await walk('POST /api/auth/register', '/api/auth/register', 409, { json: user });
  await walk('POST /api/auth/login', '/api/auth/login', 401, { json: { ...user, password: 'a wrong password' } });
  await walk('POST /api/auth/login', '/api/auth/login', 200, { json: { username: user.email, password: PASSWORD } });
  const cost = String(deps.config.pbkdf2Iterations + 1);
  const dearer = createApp((await openIsolate(clock, { DB: db, PBKDF2_ITERATIONS: cost })).deps);
  await walk('POST /api/auth/login', '/api/auth/login', 200, { json: user, through: dearer }); // the hash is upgraded
  const first = await logIn();
  const second = await logIn();
  const token: string = first.access_token;
  const form = (name: string) => ({ form: { token: name }, headers: { Authorization: `Bearer ${SERVICE_SECRET}` } });
  await walk('POST /api/auth/introspect', '/api/auth/introspect', 200, form(token));
  await walk('POST /api/auth/introspect', '/api/auth/introspect', 200, form(first.refresh_token));

  const { id: userId } = await walk('GET /api/auth/me', '/api/auth/me', 200, { token });
  for (const path of ['userinfo', 'sessions', 'me/activity', 'me/export'])
    await walk(`GET /api/auth/${path}`, `/api/auth/${path}`, 200, { token });

  const collection = await walk('POST /api/collections', '/api/collections', 201, { token, json: { name: 'Notes' } });
  const at = `/api/collections/${collection.id}`;
  const document = { filename: 'a.txt', content: 'A plan is what one makes.' };
  const added = await walk('POST /api/collections/:id/documents', `${at}/documents`, 201, { token, json: document });
  for (const query of ['', '?page=1&page_size=1']) {
    await walk('GET /api/collections', `/api/collections${query}`, 200, { token });
    await walk('GET /api/collections/:id/documents', `${at}/documents${query}`, 200, { token });
    await walk('GET /api/auth/me/activity', `/api/auth/me/activity${query}`, 200, { token });
  }
  await walk('GET /api/collections/:id', at, 200, { token });
  const question = { question: 'What is a plan?', collection_id: collection.id, user_id: userId };
  await walk('POST /api/search', '/api/search', 200, { token, json: question });
  await walk('GET /api/auth/me/export', '/api/auth/me/export', 200, { token });
  await walk('DELETE /api/documents/:id', `/api/documents/${added.id}`, 204, { token });
  await walk('DELETE /api/collections/:id', at, 204, { token });

  await walkDevice(token);

  clock.advance(600);
  const refreshed = await walk('POST /api/auth/refresh', '/api/auth/refresh', 200, {
    json: { refresh_token: second.refresh_token },
  });
  const ofSecond = second.refresh_token.split('.')[0];
  await walk('POST /api/auth/revoke', '/api/auth/revoke', 200, form(refreshed.refresh_token));
  await walk('DELETE /api/auth/sessions/:id', `/api/auth/sessions/${ofSecond}`, 204, { token });
  await walk('POST /api/auth/logout-others', '/api/auth/logout-others', 204, { token });
  const changed = await walk('POST /api/auth/change-password', '/api/auth/change-password', 200, {
    token,
    json: { current_password: PASSWORD, new_password: 'another fine password' },
  });
  await walk('POST /api/auth/logout', '/api/auth/logout', 204, { token: changed.access_token });
  const third = await logIn('another fine password');
  await walk('POST /api/auth/logout-all', '/api/auth/logout-all', 204, { token: third.access_token });
  const last = await logIn('another fine password');
  clock.advance(4000);
  await walk('POST /api/auth/logout', '/api/auth/logout', 204, { token: last.access_token }); // expired
  const byRefresh = await logIn('another fine password');
  await walk('POST /api/auth/revoke', '/api/auth/revoke', 200, form(byRefresh.access_token));
  const json = { refresh_token: byRefresh.refresh_token };
  await walk('POST /api/auth/logout', '/api/auth/logout', 204, { json });
  const end = await logIn('another fine password');
  await walk('DELETE /api/auth/me', '/api/auth/me', 204, {
    token: end.access_token,
    json: { password: 'another fine password' },
  });
  clock.advance(400 * 86_400);
  await cleanUp(deps);
}

async function walkDevice(token: string) {
  const Cookie = `edge_auth_access=${token}`;
  const start = () => walk('POST /api/auth/device/start', '/api/auth/device/start', 200, { json: {} });
  const poll = (device_code: string, expected: number) =>
    walk('POST /api/auth/device/token', '/api/auth/device/token', expected, { json: { device_code } });
  const { device_code, user_code } = await start();
  await poll(device_code, 400);
  const credentials = { username: user.username, password: PASSWORD };
  await walk('POST /device', '/device', 303, { form: { user_code, ...credentials }, headers: OWN_PAGE });
  await walk('GET /device', `/device?user_code=${user_code}`, 200, { headers: { Cookie } });
  await walk('GET /device', '/device?user_code=BBBB-BBBB', 404, { headers: { Cookie } });
  const decision = { form: { user_code, decision: 'approve' }, headers: { ...OWN_PAGE, Cookie } };
  await walk('POST /device/decision', '/device/decision', 200, decision);
  clock.advance(10);
  await poll(device_code, 200);
}

await walkAll();

test('the walk goes through every route', async () => {
  const mounted = createApp(await loadDeps(env)).routes.filter(({ method }) => method !== 'ALL');
  expect(new Set(mounted.map(({ method, path }) => `${method} ${path}`))).toEqual(walked);
});

/** A text of ours, a match in the index of the search, what another step of the statement has found by an index. */
const NO_TABLE =
  /^SCAN (json_each VIRTUAL TABLE INDEX 1:|chunk_index VIRTUAL TABLE INDEX \d+:.*M.*|recent|counted|held|expression|candidate|census|best|\(subquery-\d+\))$/;
/** Reads one row. */
const HEALTH = 'select "id" from "user" limit ?';

test.for([...new Set(calls.flat())].filter((sql) => sql !== HEALTH))('%s scans no table', async (sql) => {
  const values = Array.from({ length: sql.split('?').length - 1 }, () => null);
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>();
  const scans = results.map(({ detail }) => detail).filter((detail) => detail.startsWith('SCAN'));
  expect(scans.filter((detail) => !NO_TABLE.test(detail))).toEqual([]);
});
