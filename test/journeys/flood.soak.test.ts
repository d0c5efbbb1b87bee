// Ten times the logins that a machine can hash, for a minute, over real HTTP; then the power goes.

import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Server, start } from './start.ts';

const SECONDS = 60;
const LOGINS_PER_SECOND = 10; // a hash takes more than a second
const READS_PER_SECOND = 15; // of twelve users, each below its own limit
const PROMPT_MS = 100;
const PASSWORD = 'secure_password';
const USERS = Array.from({ length: 12 }, (_, i) => `flood-${i}`);
/** These guess wrong: what is beyond their budget is refused by its count. */
const GUESSING = 2;

type Reply = { status: number; ms: number; body: string };
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
let folder = '';
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edge-auth-flood-'));
  server = await start({ folder });
  for (const username of USERS) expect((await register(username)).status).toBe(201);
});
afterAll(async () => {
  await server.stop();
  agent.destroy();
  await rm(folder, { recursive: true, force: true });
});

let sent = 0;
/** Each request comes from an address of its own, as a flood does. Status 0: the connection broke. */
function send(method: string, path: string, { body, token }: { body?: object; token?: string } = {}): Promise<Reply> {
  sent += 1;
  const started = performance.now();
  return new Promise((resolve) => {
    const headers = {
      'CF-Connecting-IP': `10.0.${(sent >> 8) & 255}.${sent & 255}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    };
    const end = (status: number, text: string) => resolve({ status, ms: performance.now() - started, body: text });
    const outgoing = request(`${server.address}${path}`, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => end(response.statusCode ?? 0, text));
      response.on('error', () => end(0, ''));
    });
    outgoing.on('error', () => end(0, ''));
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const register = (username: string) =>
  send('POST', '/api/auth/register', { body: { username, email: `${username}@example.com`, password: PASSWORD } });
const login = (username: string, password = PASSWORD) =>
  send('POST', '/api/auth/login', { body: { username, password } });
const me = (token: string) => send('GET', '/api/auth/me', { token });
async function openToken(username: string): Promise<string> {
  const { status, body } = await login(username);
  expect(status).toBe(200);
  return JSON.parse(body).access_token;
}

/** Offers requests at a steady rate, whether the ones before were answered or not. */
async function offer(perSecond: number, seconds: number, make: (i: number) => Promise<Reply>): Promise<Reply[]> {
  const replies: Promise<Reply>[] = [];
  const started = performance.now();
  while (replies.length < perSecond * seconds) {
    replies.push(make(replies.length));
    const due = started + (replies.length * 1000) / perSecond;
    await sleep(due - performance.now());
  }
  return Promise.all(replies);
}
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

function percentile(replies: readonly Reply[], share: number): number {
  const sorted = replies.map(({ ms }) => ms).sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
}
const counts = (replies: readonly Reply[]) =>
  Object.fromEntries(
    Map.groupBy(replies, ({ status }) => status)
      .entries()
      .map(([status, of]) => [status, of.length]),
  );

/** The one line of a run that is shown (vitest.soak.config.ts). */
const report = (figures: object) => console.log(`measured ${JSON.stringify(figures)}`);

/** What another process on the machine spoils is measured once more. */
const AGAIN = { retry: 1 };

test('beyond what can be hashed, logins are refused at once, and nobody else notices', AGAIN, async () => {
  const tokens: string[] = [];
  for (const username of USERS) tokens.push(await openToken(username));

  const [logins, reads] = await Promise.all([
    offer(LOGINS_PER_SECOND, SECONDS, (i) => {
      const user = i % USERS.length;
      return login(USERS[user] ?? '', user < GUESSING ? 'a wrong password' : PASSWORD);
    }),
    offer(READS_PER_SECOND, SECONDS, (i) => me(tokens[i % tokens.length] ?? '')),
  ]);

  const refused = logins.filter(({ status }) => status === 503 || status === 429);
  const hashed = logins.filter(({ status }) => status === 200 || status === 401);
  report({
    logins: counts(logins),
    refused: { p50: percentile(refused, 0.5), p99: percentile(refused, 0.99), max: percentile(refused, 1) },
    hashed: { perSecond: hashed.length / SECONDS, p50: percentile(hashed, 0.5), max: percentile(hashed, 1) },
    me: { ...counts(reads), p50: percentile(reads, 0.5), p99: percentile(reads, 0.99), max: percentile(reads, 1) },
  });
  expect(Object.keys(counts(reads))).toEqual(['200']);
  expect(refused.length + hashed.length).toBe(logins.length);
  expect(hashed.length).toBeGreaterThan(0);
  expect(refused.length).toBeGreaterThan(logins.length / 2);
  expect(percentile(refused, 0.99)).toBeLessThan(PROMPT_MS);
  expect(percentile(reads, 0.99)).toBeLessThan(PROMPT_MS);
});

test('what was acknowledged before the power went is there when it is back', async () => {
  const loggedOut = await openToken(USERS[GUESSING] ?? '');
  const kept = await openToken(USERS[GUESSING + 1] ?? '');
  expect((await send('POST', '/api/auth/logout', { token: loggedOut })).status).toBe(204);

  const acknowledged: string[] = [];
  const load = offer(LOGINS_PER_SECOND, 15, async (i) => {
    const username = `late-${i}`;
    const reply = await register(username);
    if (reply.status === 201) acknowledged.push(username);
    return reply;
  });
  while (acknowledged.length < 3) await sleep(50);
  await server.kill();
  await load;

  server = await start({ folder });
  expect((await me(loggedOut)).status).toBe(401);
  expect((await me(kept)).status).toBe(200);
  for (const username of [...USERS.slice(GUESSING), ...acknowledged]) await openToken(username);
  report({ registeredUnderLoad: acknowledged.length });
});
