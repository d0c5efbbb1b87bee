import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { type Answer, call, get, login, mintUser, type TestUser } from '../support/api.ts';

type Member = { user: TestUser; token: string };

async function mintMember(): Promise<Member> {
  const user = await mintUser();
  return { user, token: await login(user) };
}

const send = (method: string, path: string, token: string, body?: unknown): Promise<Answer> =>
  call(method, path, {
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const createCollection = async ({ token }: Member, name = `collection ${crypto.randomUUID()}`) =>
  ((await send('POST', '/api/collections', token, { name })).body as { id: string }).id;
const addDocument = async ({ token }: Member, collection: string, content = 'The quick brown fox jumps.') =>
  (
    (await send('POST', `/api/collections/${collection}/documents`, token, { filename: 'fox.txt', content })).body as {
      id: string;
    }
  ).id;
const search = ({ user, token }: Member, collection_id: string, question: string) =>
  send('POST', '/api/search', token, { question, collection_id, user_id: user.id });
const sourcesOf = ({ body }: Answer) =>
  (body as { sources: { document_id: string; content: string; score: number }[] }).sources;
const count = async (query: string, ...values: string[]) =>
  env.DB.prepare(`SELECT count(*) AS n ${query}`)
    .bind(...values)
    .first<number>('n');

const NOT_FOUND = { status: 404, body: { detail: 'Collection not found', error_code: 'COLLECTION_NOT_FOUND' } };

test('a collection is created, shown, listed and deleted', async () => {
  const { user, token } = await mintMember();
  const created = await send('POST', '/api/collections', token, {
    name: ' Notes ',
    description: 'of mine',
    metadata: { shelf: 3, tags: ['a'] },
    is_private: true,
    users: ['x'],
    status: 'error',
    user_id: user.id.toUpperCase(),
  });
  expect(created.status).toBe(201);
  expect(created.body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    name: 'Notes',
    description: 'of mine',
    user_id: user.id,
    document_count: 0,
    status: 'created',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    updated_at: expect.stringMatching(/Z$/),
    metadata: { shelf: 3, tags: ['a'] },
  });
  const { id } = created.body as { id: string };
  expect((await get(`/api/collections/${id}`, token)).body).toEqual(created.body);
  expect((await get(`/api/collections/${id.toUpperCase()}`, token)).body).toEqual(created.body);
  expect((await get('/api/collections', token)).body).toEqual([created.body]);
  expect(await send('DELETE', `/api/collections/${id}`, token)).toMatchObject({ status: 204, body: undefined });
  expect(await get(`/api/collections/${id}`, token)).toMatchObject(NOT_FOUND);
  expect((await get('/api/collections', token)).body).toEqual([]);
});

test('a name is unique per user', async () => {
  const [one, other] = [await mintMember(), await mintMember()];
  await createCollection(one, 'Papers');
  expect(await send('POST', '/api/collections', one.token, { name: 'Papers' })).toMatchObject({
    status: 409,
    body: { error_code: 'DUPLICATE_COLLECTION' },
  });
  expect((await send('POST', '/api/collections', other.token, { name: 'Papers' })).status).toBe(201);
});

test('documents are added, counted, listed and deleted', async () => {
  const member = await mintMember();
  const collection = await createCollection(member);
  const added = await send('POST', `/api/collections/${collection}/documents`, member.token, {
    filename: 'fox.md',
    content: '# Foxes\n\nThe quick brown fox jumps.',
    metadata: { lang: 'en' },
  });
  expect(added.status).toBe(201);
  expect(added.body).toEqual({
    id: expect.any(String),
    filename: 'fox.md',
    collection_id: collection,
    user_id: member.user.id,
    status: 'completed',
    chunk_count: 1,
    created_at: expect.stringMatching(/Z$/),
    metadata: { lang: 'en' },
  });
  const { id } = added.body as { id: string };
  expect((await get(`/api/collections/${collection}/documents`, member.token)).body).toEqual([added.body]);
  expect((await get(`/api/collections/${collection}`, member.token)).body).toMatchObject({
    document_count: 1,
    status: 'completed',
  });
  expect((await send('DELETE', `/api/documents/${id}`, member.token)).status).toBe(204);
  expect((await get(`/api/collections/${collection}`, member.token)).body).toMatchObject({
    document_count: 0,
    status: 'created',
  });
  expect(sourcesOf(await search(member, collection, 'fox'))).toEqual([]);
  expect(await send('DELETE', `/api/documents/${id}`, member.token)).toMatchObject({
    status: 404,
    body: { error_code: 'DOCUMENT_NOT_FOUND' },
  });
});

test("somebody else's collection, document or chunk is not found by any road", async () => {
  const [owner, stranger] = [await mintMember(), await mintMember()];
  const collection = await createCollection(owner, 'Secret');
  const document = await addDocument(owner, collection, 'The treasure is under the oak.');
  const own = await createCollection(stranger, 'Own');
  await addDocument(stranger, own, 'Nothing but a treasure of my own.');
  const { token } = stranger;

  expect(await get(`/api/collections/${collection}`, token)).toMatchObject(NOT_FOUND);
  expect(await get(`/api/collections/${collection}/documents`, token)).toMatchObject(NOT_FOUND);
  expect(await send('DELETE', `/api/collections/${collection}`, token)).toMatchObject(NOT_FOUND);
  expect(
    await send('POST', `/api/collections/${collection}/documents`, token, { filename: 'x', content: 'x' }),
  ).toMatchObject(NOT_FOUND);
  expect((await send('DELETE', `/api/documents/${document}`, token)).status).toBe(404);
  expect(await search(stranger, collection, 'treasure')).toMatchObject(NOT_FOUND);
  expect(JSON.stringify((await search(stranger, own, 'treasure oak')).body)).not.toContain('oak.');
  for (const question of [`scope : ${collection.replaceAll('-', '')}`, `${collection.replaceAll('-', '')} oak`]) {
    expect(JSON.stringify((await search(stranger, own, question)).body)).not.toContain('under the');
  }
  expect(JSON.stringify((await get('/api/collections', token)).body)).not.toContain('Secret');

  expect((await get(`/api/collections/${collection}`, owner.token)).body).toMatchObject({ document_count: 1 });
  expect(sourcesOf(await search(owner, collection, 'treasure'))).toHaveLength(1);
});

test('a user_id of somebody else is a 403, wherever a body may name one', async () => {
  const [member, stranger] = [await mintMember(), await mintMember()];
  const collection = await createCollection(member);
  const user_id = stranger.user.id;
  const forbidden = { status: 403, body: { error_code: 'FORBIDDEN' } };
  expect(await send('POST', '/api/collections', member.token, { name: 'x', user_id })).toMatchObject(forbidden);
  expect(
    await send('POST', `/api/collections/${collection}/documents`, member.token, {
      filename: 'x',
      content: 'x',
      user_id,
    }),
  ).toMatchObject(forbidden);
  expect(
    await send('POST', '/api/search', member.token, { question: 'x', collection_id: collection, user_id }),
  ).toMatchObject(forbidden);
});

test('a write of a user who was deleted meanwhile is a 401 and writes nothing', async () => {
  const member = await mintMember();
  const collection = await createCollection(member);
  await env.DB.prepare('DELETE FROM user WHERE id = ?').bind(member.user.id).run();
  const invalid = { status: 401, body: { detail: 'Invalid authentication credentials' } };
  expect(await send('POST', '/api/collections', member.token, { name: 'late' })).toMatchObject(invalid);
  expect(
    await send('POST', `/api/collections/${collection}/documents`, member.token, { filename: 'x', content: 'x' }),
  ).toMatchObject(invalid);
  expect(await search(member, collection, 'x')).toMatchObject(invalid);
  expect(await count('FROM collection WHERE user_id = ?', member.user.id)).toBe(0);
});

const leftOf = async (collection: string) => ({
  documents: await count('FROM document WHERE collection_id = ?', collection),
  chunks: await count('FROM chunk WHERE scope = ?', collection.replaceAll('-', '')),
  index: await count('FROM chunk_index WHERE chunk_index MATCH ?', `scope : "${collection.replaceAll('-', '')}"`),
});

test('a deleted collection, or user, leaves no document, chunk or index row behind', async () => {
  for (const remove of [
    (member: Member, collection: string) => send('DELETE', `/api/collections/${collection}`, member.token),
    (member: Member) => env.DB.prepare('DELETE FROM user WHERE id = ?').bind(member.user.id).run(),
  ]) {
    const member = await mintMember();
    const collection = await createCollection(member);
    await addDocument(member, collection);
    await addDocument(member, collection, 'A fox. '.repeat(1000));
    expect(await leftOf(collection)).toEqual({ documents: 2, chunks: 8, index: 8 });
    await remove(member, collection);
    expect(await leftOf(collection)).toEqual({ documents: 0, chunks: 0, index: 0 });
  }
  await env.DB.prepare("INSERT INTO chunk_index (chunk_index, rank) VALUES ('integrity-check', 1)").run(); // throws where it is out of step
});

test('a batch that fails leaves nothing behind', async () => {
  const member = await mintMember();
  const collection = await createCollection(member);
  await env.DB.prepare(
    "CREATE TRIGGER fail AFTER INSERT ON chunk WHEN new.content LIKE '%tripwire%' BEGIN SELECT RAISE(ABORT, 'tripped'); END",
  ).run();
  const { status } = await send('POST', `/api/collections/${collection}/documents`, member.token, {
    filename: 'x',
    content: `${'A sentence. '.repeat(200)} tripwire`,
  });
  await env.DB.prepare('DROP TRIGGER fail').run();
  expect(status).toBe(500);
  expect(await leftOf(collection)).toEqual({ documents: 0, chunks: 0, index: 0 });
  expect((await get(`/api/collections/${collection}`, member.token)).body).toMatchObject({ document_count: 0 });
});

test('a collection holds 1,000 documents and no more, however many arrive at once', async () => {
  const member = await mintMember();
  const collection = await createCollection(member);
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 998)
     INSERT INTO document (id, collection_id, user_id, filename, chunk_count, created_at) SELECT ?1 || i, ?1, ?2, 'x', 0, 0 FROM n`,
  )
    .bind(collection, member.user.id)
    .run();
  const statuses = await Promise.all(
    Array.from(
      { length: 5 },
      async () =>
        (await send('POST', `/api/collections/${collection}/documents`, member.token, { filename: 'x', content: 'x' }))
          .status,
    ),
  );
  expect(statuses.toSorted()).toEqual([201, 201, 409, 409, 409]);
  expect((await get(`/api/collections/${collection}`, member.token)).body).toMatchObject({ document_count: 1000 });
});

test('lists come whole, or in pages whose headers lead to the others', async () => {
  const member = await mintMember();
  for (let i = 0; i < 5; i++) await createCollection(member, `collection ${i}`);
  const names = ({ body }: Answer) => (body as { name: string }[]).map(({ name }) => name);
  const whole = await get('/api/collections', member.token);
  expect(names(whole).toSorted()).toEqual([0, 1, 2, 3, 4].map((i) => `collection ${i}`));
  expect(whole.headers.get('X-Total-Count')).toBeNull();

  const pages = await Promise.all(
    [1, 2, 3, 4].map((page) => get(`/api/collections?page=${page}&page_size=2`, member.token)),
  );
  expect(pages.flatMap(names)).toEqual(names(whole));
  const [first, , last, beyond] = pages;
  expect(
    Object.fromEntries(['X-Total-Count', 'X-Page', 'X-Page-Size'].map((name) => [name, first?.headers.get(name)])),
  ).toEqual({
    'X-Total-Count': '5',
    'X-Page': '1',
    'X-Page-Size': '2',
  });
  expect(first?.headers.get('Link')).toBe(
    '</api/collections?page=2&page_size=2>; rel="next", </api/collections?page=3&page_size=2>; rel="last"',
  );
  expect(last?.headers.get('Link')).toBe('</api/collections?page=3&page_size=2>; rel="last"');
  expect(beyond?.body).toEqual([]);
});

test.for([
  ['page=0', 'page', 'greater_than_equal'],
  ['page=x', 'page', 'int_parsing'],
  ['page=-1', 'page', 'int_parsing'],
  ['page=', 'page', 'int_parsing'],
  ['page_size=0', 'page_size', 'greater_than_equal'],
  ['page_size=101', 'page_size', 'less_than_equal'],
  ['page=99999999999999999999', 'page', 'less_than_equal'],
] as const)('refused: ?%s', async ([query, name, type]) => {
  const { token } = await mintMember();
  expect(await get(`/api/collections?${query}`, token)).toMatchObject({
    status: 422,
    body: { detail: [{ type, loc: ['query', name] }] },
  });
});

test.for([
  ['/api/collections', { name: '' }, 'string_too_short', ['body', 'name']],
  ['/api/collections', { name: '  ' }, 'string_too_short', ['body', 'name']],
  ['/api/collections', { name: 'x'.repeat(256) }, 'string_too_long', ['body', 'name']],
  ['/api/collections', { name: '\ud800' }, 'value_error', ['body', 'name']],
  ['/api/collections', { name: 'x', description: '\ud800' }, 'value_error', ['body', 'description']],
  ['/api/collections', { name: 'x', description: 'x\0' }, 'value_error', ['body', 'description']],
  ['/api/collections', { name: 'x', metadata: 'x' }, 'dict_type', ['body', 'metadata']],
  ['/api/collections', { name: 'x', user_id: 'x' }, 'uuid_parsing', ['body', 'user_id']],
  ['/api/collections/ID/documents', { filename: 'x', content: '' }, 'value_error', ['body', 'content']],
  ['/api/collections/ID/documents', { filename: 'x', content: 'x\0' }, 'value_error', ['body', 'content']],
  [
    '/api/collections/ID/documents',
    { filename: 'x', content: '\u00e9'.repeat(131_073) },
    'value_error',
    ['body', 'content'],
  ],
  ['/api/collections/not-a-uuid/documents', { filename: 'x', content: 'x' }, 'uuid_parsing', ['path', 'id']],
  ['/api/search', { question: '', collection_id: 'ID', user_id: 'ME' }, 'string_too_short', ['body', 'question']],
  [
    '/api/search',
    { question: 'x'.repeat(1001), collection_id: 'ID', user_id: 'ME' },
    'string_too_long',
    ['body', 'question'],
  ],
  ['/api/search', { question: 'x', collection_id: 'x', user_id: 'ME' }, 'uuid_parsing', ['body', 'collection_id']],
  ['/api/search', { question: 'x', collection_id: 'ID' }, 'missing', ['body', 'user_id']],
  [
    '/api/search',
    { question: 'x', collection_id: 'ID', user_id: 'ME', pipeline_id: 'x' },
    'extra_forbidden',
    ['body', 'pipeline_id'],
  ],
  [
    '/api/search',
    { question: 'x', collection_id: 'ID', user_id: 'ME', config_metadata: { max_results: 0 } },
    'greater_than_equal',
    ['body', 'config_metadata', 'max_results'],
  ],
  [
    '/api/search',
    { question: 'x', collection_id: 'ID', user_id: 'ME', config_metadata: { max_chunks: 51 } },
    'less_than_equal',
    ['body', 'config_metadata', 'max_chunks'],
  ],
  [
    '/api/search',
    { question: 'x', collection_id: 'ID', user_id: 'ME', config_metadata: { max_results: '5' } },
    'int_type',
    ['body', 'config_metadata', 'max_results'],
  ],
  [
    '/api/search',
    { question: 'x', collection_id: 'ID', user_id: 'ME', config_metadata: 'canary' },
    'dict_type',
    ['body', 'config_metadata'],
  ],
] as const)('refused: %s, row %#', async ([path, body, type, loc]) => {
  const member = await mintMember();
  const collection = await createCollection(member);
  const filled = JSON.parse(
    JSON.stringify(body)
      .replaceAll('"ID"', JSON.stringify(collection))
      .replaceAll('"ME"', JSON.stringify(member.user.id)),
  );
  const answer = await send('POST', path.replace('ID', collection), member.token, filled);
  expect(answer).toMatchObject({ status: 422, body: { detail: [{ type, loc }] } });
  expect(JSON.stringify(answer.body)).not.toContain('canary');
});

test('metadata is any JSON object, as deep and as long as can be kept, and no more', async () => {
  const member = await mintMember();
  const collection = await createCollection(member);
  const nested = (depth: number) => JSON.parse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  const documents = `/api/collections/${collection}/documents`;
  for (const [metadata, fits] of [
    [{ __proto__x: null, text: '\ud800', list: [1, { deep: true }] }, true],
    [nested(31), true],
    [nested(32), false],
    [nested(7000), false],
    [{ long: 'x'.repeat(16_000) }, true],
    [{ long: 'x'.repeat(17_000) }, false],
  ] as const) {
    const body = JSON.stringify({ filename: 'x', content: 'x', metadata: 0 }).replace('0', JSON.stringify(metadata));
    const answer = await call('POST', documents, {
      headers: { Authorization: `Bearer ${member.token}`, 'Content-Type': 'application/json' },
      body,
    });
    if (fits) expect(answer).toMatchObject({ status: 201, body: { metadata } });
    else expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'metadata'] }] } });
  }
  const deep = `{"filename":"x","content":"x","metadata":{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}}`;
  const headers = { Authorization: `Bearer ${member.token}`, 'Content-Type': 'application/json' };
  expect((await call('POST', documents, { headers, body: deep })).status).toBe(422);
  expect((await call('POST', documents, { headers, body: `${deep}]` })).status).toBe(422);
});

test('a document of 256 KB is added in one batch and found to its last sentence', async () => {
  const member = await mintMember();
  const collection = await createCollection(member);
  const content = `${'The quick brown fox jumps over the lazy dog. '.repeat(5_800)}The last word is zyzzyva.`;
  expect(content.length).toBeGreaterThan(255_000);
  await addDocument(member, collection, content);
  const answer = await search(member, collection, 'zyzzyva');
  expect(answer.body).toMatchObject({ answer: 'The last word is zyzzyva.', metadata: { chunks_matched: 1 } });
});

test('metadata comes back whole, names that every object has included', async () => {
  const token = await login(await mintUser());
  const metadata = { constructor: 'x', toString: [1], a: { prototype: null } };
  const { status, body } = await call('POST', '/api/collections', {
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Notes', metadata }),
  });
  expect({ status, body }).toMatchObject({ status: 201, body: { metadata } });
});
