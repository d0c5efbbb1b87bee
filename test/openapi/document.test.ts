// What the document says of the routes, held against the routes.

import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadDeps } from '../../src/deps.ts';
import { describeApi } from '../../src/openapi/document.ts';
import { call } from '../support/api.ts';

/** Pages and files, for people. */
const UNDOCUMENTED = [
  'GET /',
  'GET /docs',
  'GET /docs/:file',
  'GET /redoc',
  'GET /style.css',
  'GET /device',
  'POST /device',
  'POST /device/decision',
  'GET /openapi.json',
];

const { paths } = describeApi();
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, ...operation })),
);

test('every mounted route is documented, and every documented route is mounted', async () => {
  const mounted = createApp(await loadDeps(env))
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !UNDOCUMENTED.includes(route))
    .map((route) => route.replace(/:(\w+)/g, '{$1}'));
  expect(operations.map(({ route }) => route).toSorted()).toEqual([...new Set(mounted)].toSorted());
});

test('no two operations have one name', () => {
  const names = operations.map(({ operationId }) => operationId);
  expect(names).toEqual([...new Set(names)]);
});

describe.for(operations)('$route', ({ route, security, responses }) => {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replace('{id}', crypto.randomUUID());

  test('asks for a token exactly where the document says so', async () => {
    const { status } = await call(method, path);
    const guarded = security.some((scheme) => 'bearer' in scheme || 'service' in scheme);
    expect(Object.keys(responses)).toContain(String(status));
    if (guarded)
      expect([401, 404]).toContain(status); // 404: the routes for services, where they are switched off
    else if (route !== 'POST /api/auth/logout') expect(status).not.toBe(401);
  });
});
