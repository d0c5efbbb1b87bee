// A known name and an unknown one: the same answer after the same work, right or throttled.

import { env } from 'cloudflare:workers';
import { expect, test, vi } from 'vitest';
import { ROUNDS_PER_SLICE } from '../../src/crypto/pbkdf2.ts';
import { mintUser } from '../support/api.ts';
import { countD1 } from '../support/d1.ts';
import { openClock, openIsolate } from '../support/isolate.ts';

// The gate runs in this isolate and pauses by setTimeout, once between two slices of a hash: the pauses are its work.
const SLICES = 5;
const timer = vi.spyOn(globalThis, 'setTimeout');

async function watchLogin() {
  const { calls, db } = countD1();
  const settings = { DB: db, PBKDF2_ITERATIONS: String(SLICES * ROUNDS_PER_SLICE) };
  const isolate = await openIsolate(openClock(), settings, { sleep: async () => {} });
  return async (username: string, password: string) => {
    const before = { pauses: timer.mock.calls.length, calls: calls.length };
    const answer = await isolate.call('POST', '/api/auth/login', {
      headers: { 'Content-Type': 'application/json', 'X-Request-ID': 'the-same-for-all' },
      body: JSON.stringify({ username, password }),
    });
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: answer.body,
      pauses: timer.mock.calls.length - before.pauses,
      statements: calls.slice(before.calls),
    };
  };
}

test.for([
  ['name', 'username', 'nobody-at-all'],
  ['e-mail', 'email', 'nobody@example.com'],
] as const)(
  'a known and an unknown %s: the same answer, statements and hashing, wrong or throttled',
  async ([, by, unknown]) => {
    const logIn = await watchLogin();
    const { [by]: known } = await mintUser();
    const work = [];
    for (let guess = 1; guess <= 8; guess++) {
      const answer = await logIn(known, 'wrong password!');
      expect(await logIn(unknown, 'wrong password!')).toEqual(answer);
      work.push([answer.status, answer.pauses, answer.statements.length]);
    }
    expect(work).toEqual([...Array(5).fill([401, SLICES - 1, 2]), ...Array(3).fill([429, 0, 1])]);
  },
);

test('a failure with an unknown name leaves nothing in the database', async () => {
  const count = () => env.DB.prepare('SELECT count(*) AS n FROM audit_event').first('n');
  const before = await count();
  await (await watchLogin())('nobody-at-all', 'wrong password!');
  expect(await count()).toBe(before);
});
