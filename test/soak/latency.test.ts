// How long a refused login takes, for names that exist and names that do not: the two must not be told apart.

import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { formatPhc, SALT_BYTES } from '../../src/crypto/password.ts';
import { loadDeps } from '../../src/deps.ts';
import { FREE_FAILURES } from '../../src/login-gate/budget.ts';
import { GHOSTS } from '../../src/login-gate/gate.ts';

/** Of each kind. Without any difference, chance alone moves the area by 0.05 in one run of 400. */
const NAMES = 600;
const THROTTLED_NAMES = 50;
/** Little, so that what differs besides the hash shows more than it would. */
const ITERATIONS = 4000;
const MAX_AREA = 0.55;
/** Tries at once: most of a refusal is waiting. */
const LANES = 4;

/** Milliseconds of each try. */
type Times = { known: number[]; unknown: number[] };

/** The share of pairs in which the unknown name took longer (ROC area, Mann-Whitney U): 0.5 is a coin. */
function area({ known, unknown }: Times): number {
  const ranked = [...known.map((ms) => ({ ms, wins: 0 })), ...unknown.map((ms) => ({ ms, wins: 1 }))];
  ranked.sort((a, b) => a.ms - b.ms);
  let sum = 0;
  for (let start = 0; start < ranked.length; ) {
    let end = start;
    while (ranked[end]?.ms === ranked[start]?.ms) end += 1;
    const rank = (start + 1 + end) / 2; // equal times share their rank
    for (; start < end; start++) sum += (ranked[start]?.wins ?? 0) * rank;
  }
  return (sum - (unknown.length * (unknown.length + 1)) / 2) / (known.length * unknown.length);
}

test('the area is that of every pair compared', () => {
  expect(area({ known: [1, 2, 3], unknown: [4, 5] })).toBe(1);
  expect(area({ known: [4, 5], unknown: [1, 2, 3] })).toBe(0);
  expect(area({ known: [1, 3, 3], unknown: [2, 3] })).toBeCloseTo((1 + 0 + 0 + 1 + 0.5 + 0.5) / 6);
});

type Guess = (username: string) => Promise<{ status: number }>;

/** One wrong password for each name, known and unknown ones in turns, and how long its refusal took. */
async function time(guess: Guess, names: { known: string[]; unknown: string[] }, status: number): Promise<Times> {
  const times: Times = { known: [], unknown: [] };
  const rest = names.known.keys();
  const lane = async () => {
    for (const i of rest) {
      for (const kind of i % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
        const started = performance.now();
        const answer = await guess(names[kind][i] ?? '');
        times[kind].push(performance.now() - started);
        expect(answer.status).toBe(status);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return times;
}

function report(what: string, times: Times): number {
  const quantiles = (of: number[]) => {
    const sorted = of.toSorted((a, b) => a - b);
    return [0.1, 0.5, 0.9, 0.99].map((share) => Math.round(sorted[Math.floor(of.length * share)] ?? 0)).join(' ');
  };
  const { known, unknown } = times;
  const found = area(times);
  console.log(
    `measured ${what}, ${known.length} tries each: ROC area ${found.toFixed(3)}; ms at 10, 50, 90, 99 %:`,
    `known ${quantiles(known)}, unknown ${quantiles(unknown)}`,
  );
  return Math.max(found, 1 - found);
}

/** Names of users who have never logged in. */
async function insertUsers(prefix: string): Promise<string[]> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const hash = formatPhc({ iterations: ITERATIONS, salt, hash: new Uint8Array(32) });
  const names = Array.from({ length: NAMES }, (_, i) => `${prefix}-${i}`);
  const insert = env.DB.prepare(
    'INSERT INTO user (id, username, email, role, password_hash, password_version, created_at) VALUES (?, ?, ?, ?, ?, 1, 0)',
  );
  await env.DB.batch(names.map((name) => insert.bind(crypto.randomUUID(), name, `${name}@example.com`, 'user', hash)));
  return names;
}

/** Once in 400 runs is too often to be woken by. */
const AGAIN = { retry: 1 };

test('known and unknown names take equally long, at the first guess and once throttled', AGAIN, async () => {
  const app = createApp(await loadDeps({ ...env, PBKDF2_ITERATIONS: String(ITERATIONS) }));
  const guess: Guess = async (username) =>
    app.request('http://localhost/api/auth/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password: 'not the password' }),
    });
  const run = crypto.randomUUID().slice(0, 8);
  const names = {
    known: await insertUsers(`known-${run}`),
    unknown: Array.from({ length: NAMES }, (_, i) => `unknown-${run}-${i}`),
  };
  // As an attacker would have it: all gates of unknown names are awake, none of a known one.
  for (let ghost = 0; ghost < GHOSTS; ghost++) await env.LOGIN_GATE.getByName(`ghost:${ghost}`).hash('', 1);

  const refused = report('first wrong password', await time(guess, names, 401));

  const few = { known: names.known.slice(0, THROTTLED_NAMES), unknown: names.unknown.slice(0, THROTTLED_NAMES) };
  for (let failures = 1; failures < FREE_FAILURES; failures++) await time(guess, few, 401);
  const times: Times = { known: [], unknown: [] };
  for (let round = 0; round < NAMES / THROTTLED_NAMES; round++) {
    const { known, unknown } = await time(guess, few, 429);
    times.known.push(...known);
    times.unknown.push(...unknown);
  }
  const throttled = report('throttled', times);

  expect(refused).toBeLessThanOrEqual(MAX_AREA);
  expect(throttled).toBeLessThanOrEqual(MAX_AREA);
});
