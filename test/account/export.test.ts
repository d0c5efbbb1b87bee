import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { mintUser } from '../support/api.ts';
import { watchD1 } from '../support/d1.ts';
import { openClock, openIsolate, openSession } from '../support/isolate.ts';

type Export = {
  user: object;
  sessions: { id: string }[];
  collections: { id: string }[];
  documents: { id: string; content: string[] }[];
};

async function setUp() {
  const isolate = await openIsolate(openClock(Date.UTC(2026, 10, 23, 21)));
  const user = await mintUser();
  const tokens = await openSession(isolate, user);
  const read = async () => {
    const { status, headers, body } = await isolate.get('/api/auth/me/export', tokens.access_token);
    expect(status).toBe(200);
    return { headers, body: body as Export };
  };
  const add = async (name: string, content: string) => {
    const created = await isolate.post('/api/collections', { name, metadata: { a: [1] } }, tokens.access_token);
    const { id } = created.body as { id: string };
    await isolate.post(`/api/collections/${id}/documents`, { filename: 'a.txt', content }, tokens.access_token);
    return id;
  };
  return { isolate, user, tokens, read, add };
}

test('an export holds everything of its user, and nothing of anybody else', async () => {
  const { user, tokens, read, add } = await setUp();
  const stranger = await setUp();
  await stranger.add('Theirs', 'A secret of theirs.');
  const text = 'She said "no" \\ twice, \u201cja\u201d and \ud83d\ude00 with\ttabs.';
  const collection = await add('Notes', text);
  const { headers, body } = await read();
  expect(body).toEqual({
    user: { id: user.id, username: user.username, email: user.email, role: 'user', created_at: expect.any(String) },
    sessions: [
      {
        id: tokens.refresh_token.split('.')[0],
        created_at: '2026-11-23T21:00:00Z',
        last_used_at: '2026-11-23T21:00:00Z',
        ended_at: null,
        user_agent: null,
        country: null,
        network: null,
      },
    ],
    collections: [
      {
        id: collection,
        name: 'Notes',
        description: null,
        metadata: { a: [1] },
        created_at: '2026-11-23T21:00:00Z',
        updated_at: '2026-11-23T21:00:00Z',
      },
    ],
    documents: [
      {
        id: expect.any(String),
        collection_id: collection,
        filename: 'a.txt',
        metadata: {},
        created_at: '2026-11-23T21:00:00Z',
        content: [text.replace('\t', ' ')],
      },
    ],
    activity: [
      expect.objectContaining({ action: 'register', outcome: 'success' }),
      expect.objectContaining({ action: 'login', outcome: 'success', at: '2026-11-23T21:00:00Z' }),
    ],
  });
  expect(JSON.stringify(body)).not.toMatch(/pbkdf2|password/);
  expect(headers.get('Content-Type')).toBe('application/json');
  expect(headers.get('Content-Disposition')).toBe('attachment; filename="edge-auth-export.json"');
  expect(headers.get('Cache-Control')).toBe('no-store');
});

test('more than a page arrives whole, each row once', async () => {
  const { user, read, add } = await setUp();
  const collection = await add('Notes', 'One.');
  const fill = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)';
  await env.DB.batch([
    env.DB.prepare(
      `${fill} INSERT INTO session (id, user_id, created_at, rotated_at) SELECT 's' || i || ?1, ?1, 0, 0 FROM n`,
    ).bind(user.id, 1100),
    env.DB.prepare(
      `${fill} INSERT INTO document (id, collection_id, user_id, filename, chunk_count, created_at)
       SELECT 'd' || i || ?1, ?3, ?1, 'f', 2, 0 FROM n`,
    ).bind(user.id, 45, collection),
    env.DB.prepare(
      `${fill} INSERT INTO chunk (document_id, position, scope, content)
       SELECT 'd' || i || ?1, position, 'x', 'part ' || position FROM n, (SELECT 1 AS position UNION SELECT 0)`,
    ).bind(user.id, 45),
  ]);
  const { body } = await read();
  expect(new Set(body.sessions.map(({ id }) => id)).size).toBe(1101);
  expect(body.sessions).toHaveLength(1101);
  expect(new Set(body.documents.map(({ id }) => id)).size).toBe(46);
  expect(body.documents).toHaveLength(46);
  for (const { id, content } of body.documents) {
    expect(content).toEqual(id.startsWith('d') && id.length > 36 ? ['part 0', 'part 1'] : ['One.']);
  }
});

test.for([
  ['sessions', 500, "INSERT INTO session (id, user_id, created_at, rotated_at) SELECT 's' || i || ?1, ?1, 0, 0 FROM n"],
  [
    'collections',
    500,
    "INSERT INTO collection (id, user_id, name, created_at, updated_at) SELECT 'c' || i || ?1, ?1, i, 0, 0 FROM n",
  ],
  [
    'documents',
    20,
    `INSERT INTO document (id, collection_id, user_id, filename, chunk_count, created_at)
     SELECT 'd' || i || ?1, collection.id, ?1, 'f', 0, 0 FROM n, collection WHERE user_id = ?1`,
  ],
] as const)('%s that fill pages of %i to the last row arrive whole, each once', async ([list, page, insert]) => {
  for (const total of [page, page + 1, 2 * page]) {
    const { user, read, add } = await setUp();
    if (list === 'documents') await add('Notes', 'One.');
    await env.DB.prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) ${insert}`)
      .bind(user.id, total - (await read()).body[list].length)
      .run();
    const ids = (await read()).body[list].map(({ id }) => id);
    expect(ids).toHaveLength(total);
    expect(new Set(ids).size).toBe(total);
  }
});

const HARD = '"\'\\/</script>{}[],:\u0001\u001f\u007f\u2028\u2029\u00e9\u4e2d\ud83d\ude00\ufeffx';

test('texts of every kind survive as names, metadata and content', async () => {
  const { isolate, tokens, read } = await setUp();
  const metadata = { [HARD]: [HARD, { null: null, yes: true, number: -1.5e-7 }] };
  const send = async (path: string, body: object) => {
    const answer = await isolate.post(path, body, tokens.access_token);
    expect(answer).toMatchObject({ status: 201 });
    return (answer.body as { id: string }).id;
  };
  const id = await send('/api/collections', { name: HARD, description: HARD, metadata });
  await send(`/api/collections/${id}/documents`, { filename: HARD, content: HARD, metadata });
  expect((await read()).body).toMatchObject({
    collections: [{ name: HARD, description: HARD, metadata }],
    documents: [{ filename: HARD, content: [HARD.replace(/\s+/g, ' ')], metadata }],
  });
});

test.for([
  ['in their order', (i: number) => `Sentence ${i} of the text.`, 9_000],
  ['where each character takes six bytes as JSON', () => '\u0001'.repeat(999), 262],
] as const)('the parts of a document of 256 KB arrive %s', async ([, write, sentences]) => {
  const { read, add } = await setUp();
  const text = Array.from({ length: sentences }, (_, i) => write(i)).join(' ');
  expect(text.length).toBeGreaterThan(230_000);
  await add('Notes', text);
  expect((await read()).body.documents[0]?.content.join(' ')).toBe(text);
});

test('an ended session is told with its end, and no token of any session', async () => {
  const { isolate, user, tokens, read } = await setUp();
  const ended = await openSession(isolate, user);
  await isolate.post('/api/auth/logout', undefined, ended.access_token);
  const { body } = await read();
  const byId = new Map(body.sessions.map((session) => [session.id, session]));
  expect(byId.get(ended.refresh_token.split('.')[0] ?? '')).toMatchObject({ ended_at: '2026-11-23T21:00:00Z' });
  expect(byId.get(tokens.refresh_token.split('.')[0] ?? '')).toMatchObject({ ended_at: null });
  for (const { access_token, refresh_token } of [tokens, ended]) {
    for (const token of [access_token, refresh_token]) {
      expect(JSON.stringify(body)).not.toContain(token.split('.')[2]);
    }
  }
});

test('an export of a deleted user is a 401, before the first byte', async () => {
  const { isolate, user, tokens } = await setUp();
  await env.DB.prepare('DELETE FROM user WHERE id = ?').bind(user.id).run();
  const { status, headers } = await isolate.get('/api/auth/me/export', tokens.access_token);
  expect({ status, disposition: headers.get('Content-Disposition') }).toEqual({ status: 401, disposition: null });
});

test('an export that loses the database is cut off, never a shorter whole', async () => {
  const { isolate, tokens, read } = await setUp();
  await read();
  const broken = await openIsolate(openClock(isolate.deps.now() * 1000), {
    DB: watchD1((call, sql) => {
      if (sql.join().includes('from "document"')) throw new Error('D1_ERROR: Network connection lost.');
      return call();
    }),
  });
  await expect(broken.get('/api/auth/me/export', tokens.access_token)).rejects.toThrow();
});
