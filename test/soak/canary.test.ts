// Secrets that go everywhere a secret goes, while the database works and while its errors tell all they know: they are in
// no answer but as the tokens that it brings, in no line of the log, and in no table but as the hash of a password.

import { env } from 'cloudflare:workers';
import { expect, test, vi } from 'vitest';
import type { Answer } from '../support/api.ts';
import { watchD1 } from '../support/d1.ts';
import { openClock, openIsolate, type TokenBody } from '../support/isolate.ts';

const PASSWORD = 'canary-password-Vq7xN2';
const NEXT_PASSWORD = 'canary-password-Lw4bT9';
const WRONG_PASSWORD = 'canary-password-wrong-Zp1';
const TOKEN_MEMBERS = ['access_token', 'refresh_token', 'device_token'] as const;
type LoginBody = TokenBody & { device_token?: string };

/** What a database may say of a failed statement, for the two kinds of failure: ours, and its own. */
const FAILURES = {
  ours: 'D1_ERROR: near "x": syntax error: SQLITE_ERROR',
  lost: 'D1_ERROR: Network connection lost.',
} as const;

async function openFlow() {
  const secrets = new Set([PASSWORD, NEXT_PASSWORD, WRONG_PASSWORD]);
  const lines: string[] = [];
  for (const method of ['log', 'info', 'debug', 'warn', 'error', 'trace'] as const) {
    vi.spyOn(console, method).mockImplementation((...said: unknown[]) => {
      lines.push(said.map(String).join(' '));
    });
  }

  const failure: { now?: keyof typeof FAILURES } = {};
  const DB = watchD1((call, sql) => {
    if (failure.now === undefined) return call();
    const known = [...sql, ...secrets];
    // Parameters may look like anything, lines of a stack included.
    throw new Error([FAILURES[failure.now], ...known.map((text) => `    at ${text}`)].join('\n'));
  });
  const clock = openClock();
  const isolate = await openIsolate(clock, { DB });

  const shown: string[] = [];
  const answers: { status: number; shown: string }[] = [];
  /** Keeps the answer without the tokens that it is there to bring, which are secrets from then on. */
  const keep = ({ status, headers, body }: Answer): LoginBody => {
    const rest: Record<string, unknown> = { ...(body as object) };
    for (const name of TOKEN_MEMBERS) {
      const token = rest[name];
      if (status !== 200 || typeof token !== 'string') continue;
      secrets.add(token).add(token.split('.').at(-1) ?? token);
      delete rest[name];
    }
    shown.push(JSON.stringify({ status, headers: [...headers], body: rest }));
    answers.push({ status, shown: shown.at(-1) ?? '' });
    return body as LoginBody;
  };
  const learnHashes = async () => {
    const { results } = await env.DB.prepare('SELECT password_hash FROM user').all<{ password_hash: string }>();
    for (const { password_hash } of results) secrets.add(password_hash).add(password_hash.split('$').at(-1) ?? '');
  };
  return { clock, isolate, failure, secrets, lines, shown, answers, keep, learnHashes };
}
type Flow = Awaited<ReturnType<typeof openFlow>>;

/** Which of the secrets stand in a text. */
const findIn = (secrets: Iterable<string>, text: string) => [...secrets].filter((secret) => text.includes(secret));

async function expectNothingShown({ secrets, lines, shown, learnHashes }: Flow) {
  await learnHashes();
  expect(secrets.size).toBeGreaterThan(6);
  expect(lines.length).toBeGreaterThan(0);
  for (const text of [...lines, ...shown]) expect(findIn(secrets, text), text).toEqual([]);
  expect(findIn(secrets, await dumpTables())).toEqual([]);
}

/** Every row of every table, without the one column that is for a secret. */
async function dumpTables(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'",
  ).all<{ name: string }>();
  const names = results.map(({ name }) => name).filter((name) => !name.startsWith('chunk_index'));
  expect(names).toEqual(expect.arrayContaining(['user', 'session', 'revocation', 'audit_event', 'document', 'chunk']));
  const tables = await env.DB.batch<Record<string, unknown>>(
    names.map((name) => env.DB.prepare(`SELECT * FROM ${name}`)),
  );
  return JSON.stringify(tables.map(({ results }) => results.map(({ password_hash, ...row }) => row)));
}

/** Each request of an account's life in turn, with `around` before each. */
async function live({ clock, isolate, keep }: Flow, name: string, tokens: LoginBody, around = () => {}) {
  const post = async (path: string, body?: object, token?: string) => {
    around();
    return keep(await isolate.post(path, body, token));
  };
  const credentials = { username: name, password: PASSWORD, device_token: tokens.device_token };
  const { access_token: access, refresh_token: refresh } = tokens;
  await post('/api/auth/register', { username: name, email: `${name}@example.com`, password: PASSWORD });
  await post('/api/auth/login', { ...credentials, password: WRONG_PASSWORD });
  await post('/api/auth/login', credentials);
  await post('/api/auth/refresh', { refresh_token: refresh });
  await post('/api/collections', { name: 'Notes', description: 'about\n    at all' }, access);
  for (const path of ['/api/auth/me', '/api/auth/sessions', '/api/auth/me/export']) {
    around();
    keep(await isolate.get(path, access));
  }
  await post('/api/auth/change-password', { current_password: WRONG_PASSWORD, new_password: NEXT_PASSWORD }, access);
  const changed = await post(
    '/api/auth/change-password',
    { current_password: PASSWORD, new_password: NEXT_PASSWORD },
    access,
  );
  clock.advance(61);
  await post('/api/auth/refresh', { refresh_token: refresh }); // used before
  await post('/api/auth/logout', { refresh_token: refresh });
  const last = changed.access_token ?? access;
  around();
  keep(await isolate.del('/api/auth/me', last, { password: WRONG_PASSWORD }));
  return last;
}

async function open(flow: Flow, name: string): Promise<LoginBody> {
  const { isolate, keep } = flow;
  keep(await isolate.post('/api/auth/register', { username: name, email: `${name}@example.com`, password: PASSWORD }));
  const tokens = keep(await isolate.post('/api/auth/login', { username: name, password: PASSWORD }));
  await flow.learnHashes();
  return tokens;
}

test('from registration to deletion no secret is shown, logged or kept', async () => {
  const flow = await openFlow();
  const tokens = await open(flow, 'canary-1');
  const last = await live(flow, 'canary-1', tokens);
  await expectNothingShown(flow);
  flow.keep(await flow.isolate.del('/api/auth/me', last, { password: NEXT_PASSWORD }));
  await expectNothingShown(flow);
  const statuses = flow.answers.map(({ status }) => status);
  expect(statuses).toEqual([201, 200, 409, 401, 200, 200, 201, 200, 200, 200, 401, 200, 401, 204, 401, 204]);
});

test('in cookies, tokens are in Set-Cookie and nowhere else', async () => {
  const flow = await openFlow();
  await open(flow, 'canary-2');
  const { headers, body } = await flow.isolate.call('POST', '/api/auth/login?mode=cookie', {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'canary-2', password: PASSWORD }),
  });
  const cookies = headers.getSetCookie().map((line) => /^\w+=([^;]+)/.exec(line)?.[1] ?? '');
  expect(cookies).toHaveLength(3);
  for (const cookie of cookies) flow.secrets.add(cookie).add(cookie.split('.').at(-1) ?? cookie);
  headers.delete('Set-Cookie');
  flow.shown.push(JSON.stringify({ headers: [...headers], body }));
  await expectNothingShown(flow);
});

test.for(['ours', 'lost'] as const)(
  'a database whose errors tell all they know (%s) makes nothing known',
  async (kind) => {
    const flow = await openFlow();
    const tokens = await open(flow, `canary-${kind}`);
    await flow.isolate.get('/api/auth/me', tokens.access_token); // so that the list of revocations is there
    const before = flow.answers.length;
    await live(flow, `canary-${kind}`, tokens, () => {
      flow.failure.now = kind;
    });
    delete flow.failure.now;
    const expected = kind === 'ours' ? [500, 503] : [503];
    for (const { status, shown } of flow.answers.slice(before)) expect(expected, shown).toContain(status);
    await expectNothingShown(flow);
  },
);
