// What a request costs as the database grows: time, and the rows that D1 says it read. Each user has a session, an event
// and a collection; the chunks belong to them, and a few to the user who asks.

import { ask, type Bench, insertEach, openAccount, postJson, type Report, serve, spread, USER } from './harness.ts';

const SMALL = { name: '1,000 users', users: 1000, chunks: 10_000 };
const LARGE = { name: '1,000,000 users', users: 1_000_000, chunks: 1_000_000 };
const CHUNKS_PER_DOCUMENT = 10;
const ROUNDS = 100;
const LOGIN_ROUNDS = 5;

const id = (kind: number) => `printf('%08x-000${kind}-4000-8000-000000000000', n)`;

async function fill({ execute }: Bench, { users, chunks }: typeof SMALL): Promise<void> {
  const documents = chunks / CHUNKS_PER_DOCUMENT;
  const owner = `(n - 1) % ${users} + 1`;
  const ownedBy = (kind: number) => id(kind).replace(', n)', `, ${owner})`);
  const inDocument = id(4).replace(', n)', `, (n - 1) / ${CHUNKS_PER_DOCUMENT} + 1)`);
  const scope = `printf('%08x00034000800000000000000000', ((n - 1) / ${CHUNKS_PER_DOCUMENT}) % ${users} + 1)`;
  const words = `'Chunk ' || n || ' is about topic' || (n % 100) || ' and shared knowledge.'`;
  await execute(
    ...insertEach(
      users,
      'user (id, username, email, password_hash, created_at)',
      `${id(1)}, 'user-' || n, 'user-' || n || '@example.com', '', n`,
    ),
    ...insertEach(
      users,
      'session (id, user_id, created_at, rotated_at)',
      `${id(2)}, ${id(1)}, unixepoch(), unixepoch()`,
    ),
    ...insertEach(
      users,
      'audit_event (at, user_id, action, outcome, request_id)',
      `unixepoch(), ${id(1)}, 'login', 'success', n`,
    ),
    ...insertEach(users, 'collection (id, user_id, name, created_at, updated_at)', `${id(3)}, ${id(1)}, 'Notes', n, n`),
    ...insertEach(
      documents,
      'document (id, collection_id, user_id, filename, chunk_count, created_at)',
      `${id(4)}, ${ownedBy(3)}, ${ownedBy(1)}, 'notes.md', ${CHUNKS_PER_DOCUMENT}, n`,
    ),
    ...insertEach(
      chunks,
      'chunk (document_id, position, scope, content)',
      `${inDocument}, n % ${CHUNKS_PER_DOCUMENT}, ${scope}, ${words}`,
    ),
  );
}

type Sample = { ms: number; read: number; written: number };

async function time(url: string, init: RequestInit): Promise<Sample & { body: string }> {
  const started = performance.now();
  const response = await fetch(url, init);
  const body = await response.text();
  const ms = performance.now() - started;
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body}`);
  const [read = 0, written = 0] = (response.headers.get('X-Rows') ?? '').split(' ').map(Number);
  return { ms, read, written, body };
}

async function open(size: typeof SMALL) {
  const bench = await serve('bench/workers/counting.ts', 'service');
  await fill(bench, size);
  const { url } = bench;
  const tokens = await openAccount(bench);
  const Authorization = `Bearer ${tokens.access_token}`;
  const json = (body: object): RequestInit => ({
    ...postJson(body),
    headers: { Authorization, 'Content-Type': 'application/json' },
  });
  const collections: { id: string; user_id: string }[] = [];
  for (const name of ['Notes', 'Letters']) {
    collections.push(JSON.parse(await ask(`${url}/api/collections`, json({ name }))));
  }
  const [{ id: collectionId, user_id: userId }] = collections as [(typeof collections)[0]];
  const content = 'The weather was fine. One says that topic42 and topic43 are shared knowledge.';
  await ask(`${url}/api/collections/${collectionId}/documents`, json({ filename: 'notes.md', content }));
  const search = (question: string) =>
    time(`${url}/api/search`, json({ question, collection_id: collectionId, user_id: userId }));
  let refreshToken = tokens.refresh_token;
  return {
    stop: bench.stop,
    work: {
      login: () => time(`${url}/api/auth/login`, postJson(USER)),
      refresh: async () => {
        await bench.execute(
          `UPDATE session SET rotated_at = rotated_at - 600 WHERE id = '${refreshToken.split('.')[0]}'`,
        );
        const refreshed = await time(`${url}/api/auth/refresh`, postJson({ refresh_token: refreshToken }));
        refreshToken = JSON.parse(refreshed.body).refresh_token;
        return refreshed;
      },
      'GET /api/collections': () => time(`${url}/api/collections`, { headers: { Authorization } }),
      'search, words in 1 % of the chunks': () => search('What about topic42 and topic43?'),
      'search, words in every chunk': () => search('What is shared knowledge?'),
    },
  };
}

export async function growth(): Promise<Report> {
  const [small, large] = await Promise.all([open(SMALL), open(LARGE)]);
  const rows: Report['rows'] = {};
  const ratios: Report['ratios'] = [];
  const panels: Report['panels'] = [];
  for (const name of Object.keys(small.work) as (keyof typeof small.work)[]) {
    const samples: { small: Sample[]; large: Sample[] } = { small: [], large: [] };
    const rounds = name === 'login' ? LOGIN_ROUNDS : ROUNDS;
    for (let round = 0; round <= rounds; round++) {
      const [one, other] = [await small.work[name](), await large.work[name]()];
      if (round === 0) continue;
      samples.small.push(one);
      samples.large.push(other);
    }
    const row = (found: Sample[]) => ({
      ...spread(found.map(({ ms }) => ms)),
      'rows read': spread(found.map(({ read }) => read)).median,
      'rows written': spread(found.map(({ written }) => written)).median,
    });
    const [before, after] = [row(samples.small), row(samples.large)];
    rows[`${name}, ${SMALL.name}`] = before;
    rows[`${name}, ${LARGE.name}`] = after;
    ratios.push({
      name: `${name}: time at 1,000,000 / 1,000`,
      value: after.median / before.median,
      aim: { atMost: 1.2 },
    });
    ratios.push({ name: `${name}: rows read at 1,000,000 / 1,000`, value: after['rows read'] / before['rows read'] });
    if (name !== 'login') {
      panels.push({
        title: name,
        unit: 'ms',
        bars: [
          { name: SMALL.name, value: before.median, ours: true },
          { name: LARGE.name, value: after.median, ours: true },
        ],
      });
    }
  }
  await Promise.all([small.stop(), large.stop()]);
  return { title: 'A database that grows (ms, rows)', rows, ratios, panels };
}
