// D1 in trouble: every message that it is known to give, before and after the commit, for every route that writes.

import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadDeps } from '../../src/deps.ts';
import { mintUser, PASSWORD } from '../support/api.ts';
import { watchD1 } from '../support/d1.ts';
import { type Isolate, openClock, openIsolate, openSession, type TokenBody } from '../support/isolate.ts';

const MESSAGES = [
  'D1_ERROR: Network connection lost.',
  'D1_ERROR: D1 DB is overloaded. Requests queued for too long.',
  'D1_ERROR: D1 DB is overloaded. Too many requests queued.',
  'D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.',
  'D1_ERROR: Internal error in D1 DB storage caused object to be reset.',
  'D1_ERROR: D1 DB reset because its code was updated.',
  'D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.',
  'Network connection lost.',
  'internal error; reference = 0123456789abcdef',
];

type Scene = {
  isolate: Isolate;
  token: string;
  refresh: string;
  other: string;
  collection: string;
  document: string;
  n: number;
};
type Answer = { status: number; body: unknown };

/** Each route that writes: a request, the status of its success, and what must be true afterwards, once. */
const WRITES: Record<string, [ask: (scene: Scene) => Promise<Answer>, success: number]> = {
  'POST /api/auth/register': [
    ({ isolate, n }) =>
      isolate.post('/api/auth/register', { username: `fresh${n}`, email: `fresh${n}@example.com`, password: PASSWORD }),
    201,
  ],
  'POST /api/auth/login': [
    ({ isolate, n }) => isolate.post('/api/auth/login', { username: `trouble${n}`, password: PASSWORD }),
    200,
  ],
  'POST /api/auth/device/start': [({ isolate }) => isolate.post('/api/auth/device/start', {}), 200],
  'POST /api/auth/refresh': [
    ({ isolate, refresh }) => isolate.post('/api/auth/refresh', { refresh_token: refresh }),
    200,
  ],
  'POST /api/auth/logout': [({ isolate, token }) => isolate.post('/api/auth/logout', undefined, token), 204],
  'POST /api/auth/logout-others': [
    ({ isolate, token }) => isolate.post('/api/auth/logout-others', undefined, token),
    204,
  ],
  'POST /api/auth/logout-all': [({ isolate, token }) => isolate.post('/api/auth/logout-all', undefined, token), 204],
  'DELETE /api/auth/sessions/:id': [
    ({ isolate, token, other }) => isolate.del(`/api/auth/sessions/${other}`, token),
    204,
  ],
  'POST /api/auth/change-password': [
    ({ isolate, token }) =>
      isolate.post(
        '/api/auth/change-password',
        { current_password: PASSWORD, new_password: 'another fine password' },
        token,
      ),
    200,
  ],
  'DELETE /api/auth/me': [({ isolate, token }) => isolate.del('/api/auth/me', token, { password: PASSWORD }), 204],
  'POST /api/collections': [({ isolate, token }) => isolate.post('/api/collections', { name: 'Another' }, token), 201],
  'DELETE /api/collections/:id': [
    ({ isolate, token, collection }) => isolate.del(`/api/collections/${collection}`, token),
    204,
  ],
  'POST /api/collections/:id/documents': [
    ({ isolate, token, collection }) =>
      isolate.post(
        `/api/collections/${collection}/documents`,
        { filename: 'b.txt', content: 'Two. Sentences.' },
        token,
      ),
    201,
  ],
  'DELETE /api/documents/:id': [
    ({ isolate, token, document }) => isolate.del(`/api/documents/${document}`, token),
    204,
  ],
};
/** Not in the table: they write nothing, or what logout writes, or are tried in test/device-grant. */
const OTHERS = [
  'POST /api/search',
  'POST /api/auth/introspect',
  'POST /api/auth/revoke',
  'POST /api/auth/device/token',
  'POST /device',
  'POST /device/decision',
];

let minted = 0;

/** A user with two sessions and a document, on a database that fails when it is told to. */
async function openScene(message: string) {
  minted += 1;
  const n = minted;
  const clock = openClock();
  const trouble = { left: 0, when: 'before' as 'before' | 'after' };
  const isolate = await openIsolate(clock, {
    DB: watchD1(async (call, sql) => {
      const fails = sql.length > 1 && trouble.left > 0;
      if (!fails) return call();
      trouble.left -= 1;
      if (trouble.when === 'after') await call();
      throw new Error(message);
    }),
  });
  const user = await mintUser({ username: `trouble${n}`, email: `trouble${n}@example.com` });
  const first = await openSession(isolate, user);
  const second = await openSession(isolate, user);
  const id = ({ body }: Answer) => (body as { id: string }).id;
  const collection = id(await isolate.post('/api/collections', { name: 'Notes' }, first.access_token));
  const document = id(
    await isolate.post(
      `/api/collections/${collection}/documents`,
      { filename: 'a.txt', content: 'One.' },
      first.access_token,
    ),
  );
  clock.advance(3000);
  const other = second.refresh_token.split('.')[0] ?? '';
  const scene: Scene = {
    isolate,
    token: first.access_token,
    refresh: first.refresh_token,
    other,
    collection,
    document,
    n,
  };
  return { scene, trouble, user };
}

/** How many rows there are of everything: a repeated write must not make more than one. */
async function countRows(userId: string, n: number) {
  const count = (sql: string, value: string) => env.DB.prepare(sql).bind(value).first<number>('n');
  return {
    users: await count("SELECT count(*) AS n FROM user WHERE username IN ('trouble' || ?1, 'fresh' || ?1)", String(n)),
    live: await count('SELECT count(*) AS n FROM session WHERE user_id = ? AND ended_at IS NULL', userId),
    generations: await count('SELECT total(generation) AS n FROM session WHERE user_id = ?', userId),
    collections: await count('SELECT count(*) AS n FROM collection WHERE user_id = ?', userId),
    documents: await count('SELECT count(*) AS n FROM document WHERE user_id = ?', userId),
    chunks: await count(
      'SELECT count(*) AS n FROM chunk JOIN document ON document.id = document_id WHERE user_id = ?',
      userId,
    ),
    events: await count('SELECT count(*) AS n FROM audit_event WHERE user_id = ?', userId),
  };
}

test('every route that writes is in the table', async () => {
  const routes = createApp(await loadDeps(env)).routes.map(({ method, path }) => `${method} ${path}`);
  const writing = new Set(routes.filter((route) => /^(POST|PUT|PATCH|DELETE) /.test(route)));
  expect([...Object.keys(WRITES), ...OTHERS].toSorted()).toEqual([...writing].toSorted());
});

describe.for(Object.keys(WRITES))('%s', (route) => {
  const [ask, success] = WRITES[route] ?? [async () => ({ status: 0, body: undefined }), 0];

  test.for(['before', 'after'] as const)(
    'one reply lost %s the commit is made good, and nothing is done twice',
    async (when) => {
      const untroubled = await openScene('');
      expect((await ask(untroubled.scene)).status).toBe(success);
      const expected = await countRows(untroubled.user.id, untroubled.scene.n);
      const scenes = [];
      for (const message of MESSAGES) scenes.push({ message, ...(await openScene(message)) });
      const outcomes = await Promise.all(
        scenes.map(async ({ message, scene, trouble, user }) => {
          Object.assign(trouble, { left: 1, when });
          const { status } = await ask(scene);
          return { message, status, rows: await countRows(user.id, scene.n) };
        }),
      );
      expect(outcomes).toEqual(MESSAGES.map((message) => ({ message, status: success, rows: expected })));
    },
  );

  test.for(['before', 'after'] as const)('replies that stay lost %s the commit are an honest 503', async (when) => {
    const { scene, trouble } = await openScene('D1_ERROR: Network connection lost.');
    Object.assign(trouble, { left: 100, when });
    const { status, body } = await ask(scene);
    expect(status).toBe(503);
    expect(body).toEqual({
      detail: 'Service temporarily unavailable, please retry',
      error_code: 'SERVICE_UNAVAILABLE',
    });
  });

  test('a mistake of ours is a 500, is not repeated, and tells nothing', async () => {
    const { scene, trouble } = await openScene(
      'D1_ERROR: NOT NULL constraint failed: user.password_hash: SQLITE_CONSTRAINT',
    );
    Object.assign(trouble, { left: 1, when: 'before' });
    const { status, body } = await ask(scene);
    expect(status).toBe(500);
    expect(Object.keys(body as object)).toEqual(['detail', 'error_code', 'request_id']);
    expect(trouble.left).toBe(0);
  });
});

test('a refresh that is lost twice loses no session: the client repeats it', async () => {
  const { scene, trouble } = await openScene('D1_ERROR: Network connection lost.');
  Object.assign(trouble, { left: 2, when: 'after' });
  const refresh = () => scene.isolate.post('/api/auth/refresh', { refresh_token: scene.refresh });
  expect((await refresh()).status).toBe(503);
  const { body } = await refresh();
  expect((body as TokenBody).refresh_token).toContain('.2.');
});
