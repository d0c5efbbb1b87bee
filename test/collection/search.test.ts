import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOTHING_FOUND, pickAnswer, toMatch, toScores, toSearchWords } from '../../src/collection/answer.ts';
import * as queries from '../../src/collection/queries.ts';
import { openDatabase } from '../../src/db/client.ts';
import { call, login, mintUser } from '../support/api.ts';
import constitution from './constitution.md?raw';

const user = await mintUser();
const token = await login(user);
const post = (path: string, body: object) =>
  call('POST', path, {
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

const collection_id = ((await post('/api/collections', { name: 'Law' })).body as { id: string }).id;
await post(`/api/collections/${collection_id}/documents`, {
  filename: 'constitution.md',
  content: constitution,
  metadata: { year: 1787 },
});

type Found = {
  answer: string;
  sources: { document_id: string; chunk_id: string; content: string; score: number; metadata: object }[];
  metadata: { answer_kind: string; response_time_ms: number; chunks_matched: number };
};

async function ask(question: string, config_metadata?: object) {
  const { status, body } = await post('/api/search', {
    question,
    collection_id,
    user_id: user.id,
    ...(config_metadata ? { config_metadata } : {}),
  });
  return { status, body: body as Found };
}

const PASSAGES = [
  ['How old must a representative be?', 'attained to the Age of twenty five Years'],
  ['How many senators does each state have?', 'two Senators from each State'],
  ['Who tries impeachments?', 'sole Power to try all Impeachments'],
  ['Where must bills for raising revenue originate?', 'All Bills for raising Revenue'],
  ['Who may coin money?', 'To coin Money'],
  ['How are authors and inventors protected?', 'Authors and Inventors the exclusive Right'],
  ['Who can declare war?', 'To declare War'],
  ['When may habeas corpus be suspended?', 'Writ of Habeas Corpus'],
  ['May an officer accept a title or a present from a foreign king?', 'from any King, Prince, or foreign State'],
  ['What oath does the president swear?', 'I do solemnly swear'],
  ['Who is commander in chief of the army and navy?', 'Commander in Chief of the Army'],
  ['How many senators must concur to make treaties?', 'two thirds of the Senators present concur'],
  ['For what can officers be removed by impeachment?', 'Treason, Bribery, or other high Crimes'],
  ['How long do judges hold their offices?', 'during good Behaviour'],
  ['How many witnesses are needed to convict somebody of treason?', 'Testimony of two Witnesses'],
  ['What is the supreme law of the land?', 'supreme Law of the Land'],
  ['Is freedom of speech and of the press protected?', 'freedom of speech'],
  ['May soldiers be quartered in a house?', 'quartered in any house'],
  ['Are cruel and unusual punishments allowed?', 'cruel and unusual punishments'],
  ['At what age can citizens vote?', 'eighteen years of age'],
] as const;

test('of 20 questions to the Constitution, at least 18 find their passage among the first three sources', async () => {
  const missed: string[] = [];
  for (const [question, passage] of PASSAGES) {
    const { status, body } = await ask(question, { max_results: 3 });
    expect(status).toBe(200);
    if (!body.sources.some(({ content }) => content.includes(passage))) missed.push(question);
  }
  expect(PASSAGES.length).toBe(20);
  expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(2);
});

test('an answer has the shape that clients read', async () => {
  const { body } = await ask('Who is tried by the Senate, and for what are officers removed by impeachment?', {
    max_chunks: 2,
    cot_enabled: true,
  });
  expect(body).toEqual({
    answer: expect.stringContaining('shall be removed from Office on Impeachment'),
    sources: [expect.anything(), expect.anything()],
    reasoning_steps: null,
    metadata: { answer_kind: 'extractive', response_time_ms: expect.any(Number), chunks_matched: expect.any(Number) },
  });
  const [source] = body.sources;
  expect(source).toEqual({
    document_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    chunk_id: expect.stringMatching(/^[0-9a-f-]{36}-\d+$/),
    content: expect.stringContaining('Impeachment'),
    score: expect.any(Number),
    metadata: { year: 1787, filename: 'constitution.md', chunk_number: expect.any(Number) },
  });
});

test('scores fall from source to source, between 0 and 1', async () => {
  const { body } = await ask('President oath impeachment Senate treaties');
  const scores = body.sources.map(({ score }) => score);
  expect(scores.length).toBeGreaterThan(2);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  for (const score of scores) expect(score > 0 && score <= 1).toBe(true);
});

test('what is not there is said not to be there', async () => {
  for (const question of ['Pinot noir?', '\u{1f980}', '???', '\u4ec0\u4e48\u662f\u673a\u5668\u5b66\u4e60\uff1f']) {
    const { status, body } = await ask(question);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      answer: NOTHING_FOUND,
      sources: [],
      metadata: { answer_kind: 'none', chunks_matched: 0 },
    });
  }
});

test('words are found without regard to case and diacritics', async () => {
  expect((await ask('\u0124\u00c1B\u00c9AS CORP\u00dcS')).body.sources[0]?.content).toContain('Habeas Corpus');
});

test.for([
  '"',
  '""',
  '*',
  'pres*',
  'NEAR(',
  'NEAR(a b, 5)',
  'a AND',
  'OR',
  'NOT war',
  'col:x',
  'content : war',
  'scope : x',
  '- war',
  '^war',
  '{content}: war',
  "'; DROP TABLE chunk; --",
  '?',
  '\\',
  '\0 war',
  '\ud800',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u0301',
  'x'.repeat(1000),
  '\u{1f980}'.repeat(1000),
  Array.from({ length: 330 }, (_, i) => `w${i}`)
    .join(' ')
    .slice(0, 1000),
])('a question, not a syntax error: row %#', async (question) => {
  expect((await ask(question)).status).toBe(200);
});

test('any string of 1 to 1,000 characters is a question that answers 200', async () => {
  const anything = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
  const nearly = fc.array(
    fc.constantFrom(
      '"',
      "'",
      'AND',
      'OR',
      'NOT',
      'NEAR',
      '(',
      ')',
      '*',
      ':',
      '^',
      '+',
      '-',
      'war',
      '{',
      '}',
      ',',
      '\u00e9',
    ),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        anything,
        nearly.map((words) => words.join(' ')),
      ),
      async (question) => {
        fc.pre(question.trim() !== '');
        expect((await ask(question)).status).toBe(200);
      },
    ),
    { numRuns: 300 },
  );
});

test('the words of a question are its telling ones, unless it has no others', () => {
  expect(toSearchWords('What is machine learning?')).toEqual(['machine', 'learning']);
  expect(toSearchWords('What is it?')).toEqual(['what', 'is', 'it']);
  expect(toSearchWords('?')).toEqual([]);
  expect(toMatch(['a', 'b"c'])).toBe('"a" OR "b""c"');
});

test('an answer joins sentences of several chunks where each has a part of it', () => {
  const texts = ['Apples are red. Cars have wheels.', 'Trees are tall. Pears are green.'];
  expect(pickAnswer(texts, ['apples', 'pears'])).toBe('Apples are red. Pears are green.');
  expect(pickAnswer(texts, ['wheels'])).toBe('Cars have wheels.');
  expect(pickAnswer(texts, ['submarine'])).toBeUndefined();
});

test('the score of a lone document that has every word is 1', () => {
  expect(toScores([-0.000001], ['machine learning'], ['machine', 'learning'])).toEqual([1]);
  expect(toScores([-0.000001], ['machine'], ['machine', 'learning'])).toEqual([0.5]);
});

const db = openDatabase(env.DB);

test('chunks and documents are selected by their owner, whoever asks and however the collection was come by', async () => {
  const stranger = await mintUser();
  const page = { limit: 10, offset: 0, number: 1 };
  expect(await queries.selectHits(db, user.id, collection_id, '"war"', 5)).not.toEqual([]);
  expect(await queries.selectHits(db, stranger.id, collection_id, '"war"', 5)).toEqual([]);
  expect(await queries.selectDocuments(db, user.id, collection_id, page)).not.toEqual([]);
  expect(await queries.selectDocuments(db, stranger.id, collection_id, page)).toEqual([]);
});

test('every query goes by an index', async () => {
  const page = { limit: 10, offset: 0, number: 1 };
  const at = { createdAt: 0, updatedAt: 0 };
  const collection = { id: 'c', userId: user.id, name: 'n', description: null, metadata: {}, documentCount: 0, ...at };
  const document = {
    id: 'd',
    collectionId: 'c',
    userId: user.id,
    filename: 'f',
    metadata: {},
    chunkCount: 1,
    createdAt: 0,
  };
  const statements: Record<keyof typeof queries, { toSQL(): { sql: string; params: unknown[] } } | undefined> = {
    MAX_DOCUMENTS: undefined,
    insertCollection: queries.insertCollection(db, collection),
    selectCollection: queries.selectCollection(db, user.id, 'c'),
    selectCollections: queries.selectCollections(db, user.id, page),
    countCollections: queries.countCollections(db, user.id),
    deleteCollection: queries.deleteCollection(db, user.id, 'c'),
    insertDocument: queries.insertDocument(db, document),
    insertChunks: queries.insertChunks(db, document, ['a']),
    selectDocument: queries.selectDocument(db, user.id, 'd'),
    selectDocuments: queries.selectDocuments(db, user.id, 'c', page),
    deleteDocument: queries.deleteDocument(db, user.id, 'd'),
    selectHits: queries.selectHits(db, user.id, 'c', '"war"', 5),
  };
  for (const [name, statement] of Object.entries(statements)) {
    if (!statement) continue;
    const { sql, params } = statement.toSQL();
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...params)
      .all<{ detail: string }>();
    const plan = results.map(({ detail }) => detail);
    // What is scanned are lists made in the statement itself: the best hits, the chunks to insert, a match of the index.
    const own = /^SCAN (hit|json_each|chunk_index) ?/;
    expect(
      plan.filter((step) => /^SCAN/.test(step) && !own.test(step)),
      `${name}: ${plan.join('; ')}`,
    ).toEqual([]);
    for (const step of plan.filter((step) => step.startsWith('SCAN chunk_index')))
      expect(step).toMatch(/VIRTUAL TABLE INDEX \d+:.*M/);
  }
});

test('the index can be rebuilt from the chunks', async () => {
  await env.DB.prepare("INSERT INTO chunk_index (chunk_index) VALUES ('delete-all')").run();
  expect((await ask('habeas corpus')).body.sources).toEqual([]);
  await env.DB.prepare("INSERT INTO chunk_index (chunk_index) VALUES ('rebuild')").run();
  expect((await ask('habeas corpus')).body.sources.length).toBeGreaterThan(0);
});
