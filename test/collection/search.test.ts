import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOTHING_FOUND, pickAnswer, rank, toSearchWords } from '../../src/collection/answer.ts';
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
  // The fourth is a letter that the index's tokenizer is too old to know.
  for (const question of [
    'Pinot noir?',
    '\u{1f980}',
    '???',
    '\u{1e4d0}',
    '\u4ec0\u4e48\u662f\u673a\u5668\u5b66\u4e60\uff1f',
  ]) {
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
});

test('an answer joins sentences of several chunks where each has a part of it', () => {
  const texts = ['Apples are red. Cars have wheels.', 'Trees are tall. Pears are green.'];
  expect(pickAnswer(texts, ['apples', 'pears'])).toBe('Apples are red. Pears are green.');
  expect(pickAnswer(texts, ['wheels'])).toBe('Cars have wheels.');
  expect(pickAnswer(texts, ['submarine'])).toBeUndefined();
});

test('the score of a lone document that has every word is 1', () => {
  const words = ['machine', 'learning'];
  const score = (content: string) => rank([{ content }], words, { chunks: 1, holding: { machine: 1, learning: 1 } });
  expect(score('Machine learning.')).toEqual([{ content: 'Machine learning.', score: 1 }]);
  expect(score('A machine.')).toEqual([{ content: 'A machine.', score: 0.5 }]);
});

test('better is what has the rarer words, more of them, more often, and in fewer words', () => {
  const census = { chunks: 100, holding: { rare: 2, usual: 60 } };
  const order = (...contents: string[]) =>
    rank(
      contents.map((content) => ({ content })),
      ['rare', 'usual'],
      census,
    ).map(({ content }) => content);
  expect(order('usual a b', 'rare a b')).toEqual(['rare a b', 'usual a b']);
  expect(order('rare a b', 'rare usual b')).toEqual(['rare usual b', 'rare a b']);
  expect(order('rare a b', 'rare a rare')).toEqual(['rare a rare', 'rare a b']);
  expect(order('rare a b c d e', 'rare a b')).toEqual(['rare a b', 'rare a b c d e']);
});

const db = openDatabase(env.DB);

test('chunks and documents are selected by their owner, whoever asks and however the collection was come by', async () => {
  const stranger = await mintUser();
  const page = { limit: 10, offset: 0, number: 1 };
  expect(await queries.selectCandidates(db, user.id, collection_id, ['war'])).not.toEqual([]);
  expect(await queries.selectCandidates(db, stranger.id, collection_id, ['war'])).toEqual([]);
  expect(await queries.selectDocuments(db, user.id, collection_id, page)).not.toEqual([]);
  expect(await queries.selectDocuments(db, stranger.id, collection_id, page)).toEqual([]);
});

test('the index can be rebuilt from the chunks', async () => {
  await env.DB.prepare("INSERT INTO chunk_index (chunk_index) VALUES ('delete-all')").run();
  expect((await ask('habeas corpus')).body.sources).toEqual([]);
  await env.DB.prepare("INSERT INTO chunk_index (chunk_index) VALUES ('rebuild')").run();
  expect((await ask('habeas corpus')).body.sources.length).toBeGreaterThan(0);
});

test("what others write changes nothing in one's own answers: not the order, not the scores", async () => {
  const asks = await openWriter();
  await asks.write('alpha.txt', 'A note of the word alpha.');
  await asks.write('beta.txt', 'A note of the word beta.');
  const before = await asks.ask('alpha beta?');
  expect(before.sources.map(({ score }) => score)).toEqual([0.5, 0.5]);

  const stranger = await openWriter();
  for (let i = 0; i < 30; i++) await stranger.write(`${i}.txt`, `Note ${i} of beta.`);
  const { metadata: _before, ...expected } = before;
  const { metadata: _after, ...found } = await asks.ask('alpha beta?');
  expect(found).toEqual(expected);
});

test('of more chunks than are looked at, those with all the words come first, then those with the rarest', async () => {
  const { write, ask } = await openWriter();
  const chunk = (words: string) => `${words.padEnd(900, ' x')}.`;
  const many = (words: string) => Array.from({ length: 110 }, () => chunk(words));
  const chunks = [...many('alpha'), ...many('beta'), chunk('gamma'), chunk('alpha beta')];
  expect(await write('many.txt', chunks.join(' '))).toMatchObject({ chunk_count: 222 });
  const found = async (question: string) => (await ask(question)).sources.map(({ content }) => content.split(' x')[0]);
  expect((await found('alpha beta?'))[0]).toBe('alpha beta');
  expect((await found('alpha gamma?'))[0]).toBe('gamma');
});

async function openWriter() {
  const own = await mintUser();
  const token = await login(own);
  const send = async (path: string, json: object) => {
    const { status, body } = await call('POST', path, {
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(json),
    });
    expect(status).toBeLessThan(300);
    return body;
  };
  const { id } = (await send('/api/collections', { name: 'Notes' })) as { id: string };
  return {
    write: (filename: string, content: string) => send(`/api/collections/${id}/documents`, { filename, content }),
    ask: async (question: string) =>
      (await send('/api/search', { question, collection_id: id, user_id: own.id })) as Found,
  };
}
