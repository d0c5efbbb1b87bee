import { exports } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { watchD1 } from '../support/d1.ts';
import { openClock, openIsolate } from '../support/isolate.ts';

const ask = (path: string, init: RequestInit = {}) =>
  exports.default.fetch(`http://localhost${path}`, { redirect: 'manual', ...init });

test('whoever asks for JSON gets JSON, a browser gets the page', async () => {
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  for (const [Accept, type] of [
    [browser, 'text/html; charset=UTF-8'],
    ['*/*', 'text/html; charset=UTF-8'],
    ['application/json', 'application/json'],
    ['application/json, text/plain', 'application/json'],
  ] as const) {
    const response = await ask('/', { headers: { Accept } });
    expect([response.status, response.headers.get('Content-Type'), response.headers.get('Vary')]).toEqual([
      200,
      type,
      'Accept',
    ]);
  }
  const links = (await (await ask('/', { headers: { Accept: 'application/json' } })).json()) as Record<string, string>;
  for (const name of ['docs', 'openapi', 'health', 'policy']) expect((await ask(links[name] ?? '')).status).toBe(200);
});

test.for(['/', '/docs'])('%s runs no script of anybody else and is framed by nobody', async (path) => {
  const { headers } = await ask(path);
  const csp = headers.get('Content-Security-Policy') ?? '';
  expect(csp).toContain("default-src 'none'");
  expect(csp).toContain("frame-ancestors 'none'");
  expect(csp).not.toContain('unsafe');
  expect(csp.includes('script-src')).toBe(path === '/docs');
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(headers.get('X-Request-Id')).toBeTruthy();
});

test('the first page shows where it was asked', async () => {
  expect(await (await exports.default.fetch('http://127.0.0.1:99/')).text()).toContain(
    'curl http://127.0.0.1:99/api/auth/register',
  );
});

test('the first page says that the database is away, and is a page all the same', async () => {
  const DB = watchD1(async () => {
    throw new Error('D1_ERROR: Network connection lost.');
  });
  const { deps } = await openIsolate(openClock(), { DB });
  const { createApp } = await import('../../src/app.ts');
  const response = await createApp(deps).request('http://localhost/');
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('The database is away');
});

describe('files', () => {
  test.for([
    ['/openapi.json', 'application/json'],
    ['/style.css', 'text/css; charset=utf-8'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['/docs/start.js', 'text/javascript; charset=utf-8'],
  ] as const)('%s is served, and not again to who has it', async ([path, type]) => {
    const { status, headers } = await ask(path);
    expect([status, headers.get('Content-Type'), headers.get('Cache-Control')]).toEqual([
      200,
      type,
      'public, max-age=3600',
    ]);
    const again = await ask(path, { headers: { 'If-None-Match': headers.get('ETag') ?? '' } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test.for([
    '/common-passwords.bin',
    '/docs/common-passwords.bin',
    '/docs/..%2fcommon-passwords.bin',
    '/docs/%2e%2e%2fcommon-passwords.bin',
    '/docs/index.html',
    '/docs/',
    '/docs/swagger-ui-bundle.js.map',
    '/assets/style.css',
  ])('no other is: %s', async (path) => {
    const { status, headers } = await ask(path);
    expect([status, headers.get('Content-Type')]).toEqual([404, 'application/json']);
  });
});

test('/redoc leads to /docs', async () => {
  const { status, headers } = await ask('/redoc');
  expect([status, headers.get('Location')]).toEqual([302, '/docs']);
});
