import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { mintUser } from '../support/api.ts';
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
