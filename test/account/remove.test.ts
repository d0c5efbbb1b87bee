import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { mintUser, PASSWORD } from '../support/api.ts';
import { watchD1 } from '../support/d1.ts';
import { openClock, openIsolate, openSession } from '../support/isolate.ts';

const PATH = '/api/auth/me';

async function setUp() {
  const clock = openClock();
  const isolate = await openIsolate(clock);
  const user = await mintUser();
  const tokens = await openSession(isolate, user);
  const { body } = await isolate.post('/api/collections', { name: 'Notes' }, tokens.access_token);
  const collection = (body as { id: string }).id;
  const word = `word${user.id.replaceAll('-', '')}`;
  await isolate.post(
    `/api/collections/${collection}/documents`,
    { filename: 'a.txt', content: `It says ${word}.` },
    tokens.access_token,
  );
  return { clock, isolate, user, tokens, word };
}

/** How many rows of each table are of this user. */
async function countRows({ id }: { id: string }, word: string) {
  const count = (sql: string, ...values: string[]) =>
    env.DB.prepare(sql)
      .bind(...values)
      .first<number>('n');
  return {
    user: await count('SELECT count(*) AS n FROM user WHERE id = ?', id),
    session: await count('SELECT count(*) AS n FROM session WHERE user_id = ?', id),
    collection: await count('SELECT count(*) AS n FROM collection WHERE user_id = ?', id),
    document: await count('SELECT count(*) AS n FROM document WHERE user_id = ?', id),
    chunk: await count("SELECT count(*) AS n FROM chunk WHERE content LIKE '%' || ?", `${word}.`),
    index: await count('SELECT count(*) AS n FROM chunk_index WHERE chunk_index MATCH ?', word),
  };
}

const NOTHING = { user: 0, session: 0, collection: 0, document: 0, chunk: 0, index: 0 };
const EVERYTHING = { user: 1, session: 1, collection: 1, document: 1, chunk: 1, index: 1 };

test('a deleted user leaves nothing behind, and the name is free', async () => {
  const { isolate, user, tokens, word } = await setUp();
  const other = await setUp();
  expect(await countRows(user, word)).toEqual(EVERYTHING);
  expect((await isolate.del(PATH, tokens.access_token, { password: PASSWORD })).status).toBe(204);
  expect(await countRows(user, word)).toEqual(NOTHING);
  expect(await countRows(other.user, other.word)).toEqual(EVERYTHING);
  const credentials = { username: user.username, password: user.password };
  expect((await isolate.post('/api/auth/login', credentials)).status).toBe(401);
  expect((await isolate.post('/api/auth/refresh', { refresh_token: tokens.refresh_token })).status).toBe(401);
  expect((await isolate.post('/api/auth/register', { ...credentials, email: user.email })).status).toBe(201);
});

test('the tokens of a deleted user are refused here at once and everywhere within five seconds', async () => {
  const { clock, isolate, user, tokens } = await setUp();
  const elsewhere = await openIsolate(clock);
  const second = await openSession(isolate, user);
  // Behind the guard and before the database: this shows the list alone.
  const guarded = '/api/collections/no-uuid';
  expect((await elsewhere.get(guarded, second.access_token)).status).toBe(422);
  await isolate.del(PATH, tokens.access_token, { password: PASSWORD });
  expect((await isolate.get(guarded, second.access_token)).status).toBe(401);
  clock.advance(5);
  for (const { access_token } of [tokens, second]) {
    expect((await elsewhere.get(guarded, access_token)).status).toBe(401);
  }
});

test.for([
  ['a wrong password', { password: 'wrong password!' }, 401],
  ['no password', {}, 422],
  ['no object', [], 422],
] as const)('%s deletes nothing', async ([, body, expected]) => {
  const { isolate, user, tokens, word } = await setUp();
  expect((await isolate.del(PATH, tokens.access_token, body)).status).toBe(expected);
  expect(await countRows(user, word)).toEqual(EVERYTHING);
});

test('no body at all deletes nothing', async () => {
  const { isolate, user, tokens, word } = await setUp();
  expect((await isolate.del(PATH, tokens.access_token)).status).toBe(415);
  expect(await countRows(user, word)).toEqual(EVERYTHING);
});

test('a reply that is lost after the commit is made good', async () => {
  const { clock, user, tokens, word } = await setUp();
  let losses = 1;
  const broken = await openIsolate(clock, {
    DB: watchD1(async (call, sql) => {
      const answer = await call();
      if (sql.join().includes('delete from "user"') && losses-- > 0) {
        throw new Error('D1_ERROR: Network connection lost.');
      }
      return answer;
    }),
  });
  expect((await broken.del(PATH, tokens.access_token, { password: PASSWORD })).status).toBe(204);
  expect(losses).toBe(-1);
  expect(await countRows(user, word)).toEqual(NOTHING);
});

test('a password that changed meanwhile deletes nothing', async () => {
  const { clock, user, tokens, word } = await setUp();
  const slow = await openIsolate(clock, {
    DB: watchD1(async (call, sql) => {
      if (sql.join().includes('delete from "user"')) {
        await env.DB.prepare('UPDATE user SET password_version = 2 WHERE id = ?').bind(user.id).run();
      }
      return call();
    }),
  });
  expect((await slow.del(PATH, tokens.access_token, { password: PASSWORD })).status).toBe(401);
  expect(await countRows(user, word)).toEqual(EVERYTHING);
  expect((await slow.get(PATH, tokens.access_token)).status).toBe(200);
});

/** Routes behind the guard, by what they answer without a credential. */
async function protectedRoutes() {
  const { deps, call } = await openIsolate(openClock());
  const routes = createApp(deps).routes.filter(({ method }) => method !== 'ALL');
  const refused = [];
  for (const { method, path } of routes.filter((route) => route.path.startsWith('/api/'))) {
    const url = path.replace(':id', crypto.randomUUID());
    const { body } = await call(method, url);
    const isGuarded = (body as { detail?: unknown } | undefined)?.detail === 'Not authenticated';
    if (isGuarded && !path.endsWith('/logout')) refused.push({ method, path: url });
  }
  return refused;
}

test('every protected route refuses the access token of a deleted user, and of one who takes the name', async () => {
  const { clock, isolate, user, tokens } = await setUp();
  const elsewhere = await openIsolate(clock);
  expect((await elsewhere.get(PATH, tokens.access_token)).status).toBe(200);
  expect((await isolate.del(PATH, tokens.access_token, { password: PASSWORD })).status).toBe(204);
  const { username, email, password } = user;
  expect((await isolate.post('/api/auth/register', { username, email, password })).status).toBe(201);
  clock.advance(5);
  const routes = await protectedRoutes();
  expect(routes.length).toBeGreaterThan(15);
  for (const { method, path } of routes) {
    const { status, body } = await elsewhere.call(method, path, {
      headers: { Authorization: `Bearer ${tokens.access_token}` },
    });
    const detail = 'Invalid authentication credentials';
    expect({ method, path, status, body }).toEqual({ method, path, status: 401, body: { detail } });
  }
});

test('all sessions of a deleted user are revoked, for as long as a token of theirs could live', async () => {
  const { clock, isolate, user, tokens } = await setUp();
  const second = await openSession(isolate, user);
  await isolate.del(PATH, tokens.access_token, { password: PASSWORD });
  for (const { refresh_token } of [tokens, second]) {
    const { results } = await env.DB.prepare('SELECT expires_at FROM revocation WHERE session_id = ?')
      .bind(refresh_token.split('.')[0])
      .all();
    expect(results).toEqual([{ expires_at: clock.seconds() + 3600 + 60 }]);
  }
});

test('the index stays whole where a user is deleted', async () => {
  const { isolate, tokens } = await setUp();
  await isolate.del(PATH, tokens.access_token, { password: PASSWORD });
  await env.DB.prepare("INSERT INTO chunk_index (chunk_index, rank) VALUES ('integrity-check', 1)").run();
});

test('a JSON body of no bytes is a 422 and deletes nothing', async () => {
  const { isolate, user, tokens, word } = await setUp();
  const headers = { Authorization: `Bearer ${tokens.access_token}`, 'Content-Type': 'application/json' };
  expect(await isolate.call('DELETE', PATH, { headers })).toMatchObject({
    status: 422,
    body: { detail: [{ type: 'missing', loc: ['body'] }] },
  });
  expect(await countRows(user, word)).toEqual(EVERYTHING);
});

test('two deletions at once are both right, and neither fails', async () => {
  const { isolate, user, tokens, word } = await setUp();
  const { deps } = isolate;
  let checked = 0;
  const both = Promise.withResolvers<void>();
  const check: typeof deps.gate.check = async (...args) => {
    const result = await deps.gate.check(...args);
    checked += 1;
    if (checked === 2) both.resolve();
    await both.promise;
    return result;
  };
  const app = createApp({ ...deps, gate: { ...deps.gate, check } });
  const headers = { Authorization: `Bearer ${tokens.access_token}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ password: PASSWORD });
  const answers = await Promise.all([1, 2].map(() => app.request(PATH, { method: 'DELETE', headers, body })));
  expect(answers.map(({ status }) => status)).toEqual([204, 204]);
  expect(await countRows(user, word)).toEqual(NOTHING);
});
