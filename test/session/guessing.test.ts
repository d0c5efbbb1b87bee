import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { Platform } from '../../src/deps.ts';
import { mintUser, PASSWORD } from '../support/api.ts';
import { openClock, openIsolate, type TokenBody } from '../support/isolate.ts';

type LoginBody = TokenBody & { device_token: string };

/** For a test that counts seconds: a refusal's rounding does not move its clock. */
const STILL: Partial<Platform> = { sleep: async () => {} };

async function setUp(platform: Partial<Platform> = {}) {
  const clock = openClock();
  const isolate = await openIsolate(clock, {}, platform);
  const user = await mintUser();
  const logIn = (password: string, device_token?: string) =>
    isolate.post('/api/auth/login', { username: user.username, password, device_token });
  const first = (await logIn(PASSWORD)).body as LoginBody;
  return { clock, isolate, user, logIn, first, gate: env.LOGIN_GATE.getByName(`user:${user.id}:0`) };
}

const WRONG = 'wrong password!';
const spend = async (guess: () => Promise<{ status: number }>, times = 5) => {
  for (let i = 0; i < times; i++) expect((await guess()).status).toBe(401);
};
const tallies = (gate: DurableObjectStub) =>
  runInDurableObject(gate, (_, { storage }) => storage.sql.exec('SELECT * FROM tally').toArray());

test('strangers have five guesses; then even the right password waits, and the answer says how long', async () => {
  const { clock, logIn } = await setUp(STILL);
  await spend(() => logIn(WRONG));
  for (const password of [WRONG, PASSWORD]) {
    const { status, headers, body } = await logIn(password);
    expect(status).toBe(429);
    expect(headers.get('Retry-After')).toBe('60');
    expect(body).toEqual({
      detail: 'Too many requests, please retry later',
      error_code: 'RATE_LIMIT_EXCEEDED',
      retry_after: 60,
    });
  }
  clock.advance(60);
  expect((await logIn(PASSWORD)).status).toBe(200);
  await spend(() => logIn(WRONG)); // a success grants them anew
});

test('a known name and an unknown one are throttled alike', async () => {
  const { clock, isolate, logIn } = await setUp(STILL);
  const unknown = () => isolate.post('/api/auth/login', { username: 'Nobody@example.com', password: WRONG });
  const seen: [status: number, ...rest: unknown[]][][] = [[], []];
  for (const pause of [0, 0, 0, 0, 0, 0, 30, 30, 119, 1, 1000, 700, 0]) {
    for (const [i, guess] of [() => logIn(WRONG), unknown].entries()) {
      const { status, headers, body } = await guess();
      seen[i]?.push([status, body, [...headers.keys()].toSorted(), headers.get('Retry-After')]);
    }
    clock.advance(pause);
  }
  expect(seen[0]).toEqual(seen[1]);
  expect(seen[0]?.map(([status]) => status)).toContain(429);
});

test('N + 1 guesses at once are not one more than N', async () => {
  const { logIn } = await setUp();
  const answers = await Promise.all(Array.from({ length: 50 }, () => logIn(WRONG)));
  const count = (expected: number) => answers.filter(({ status }) => status === expected).length;
  expect(count(401)).toBe(5);
  expect(count(429) + count(503)).toBe(45);
});

test('right passwords at once all get in: only what was wrong is spent', async () => {
  const { logIn } = await setUp();
  const answers = await Promise.all(Array.from({ length: 8 }, () => logIn(PASSWORD)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
});

test('a device that has logged in before gets in while strangers are stopped, and does not spend their budget', async () => {
  const { logIn, first } = await setUp();
  await spend(() => logIn(WRONG));
  expect((await logIn(PASSWORD)).status).toBe(429);
  const { status, body } = await logIn(PASSWORD, first.device_token);
  expect(status).toBe(200);
  expect((body as LoginBody).device_token).toBe(first.device_token);
  await spend(() => logIn(WRONG, first.device_token));
  expect((await logIn(PASSWORD, first.device_token)).status).toBe(429);
});

test.for([
  ['of another account', async () => (await setUp()).first.device_token],
  ['forged', async () => `${crypto.randomUUID()}.${'A'.repeat(43)}`],
  ['garbage', async () => 'x'.repeat(5000)],
] as const)('a device token %s is a stranger', async ([, make]) => {
  const { logIn } = await setUp();
  await spend(() => logIn(WRONG));
  expect((await logIn(PASSWORD, await make())).status).toBe(429);
});

test('a changed password makes every device a stranger, but the one that changed it', async () => {
  const { isolate, logIn, first } = await setUp();
  const new_password = 'another fine password';
  const changed = await isolate.post(
    '/api/auth/change-password',
    { current_password: PASSWORD, new_password },
    first.access_token,
  );
  await spend(() => logIn(WRONG));
  expect((await logIn(new_password, first.device_token)).status).toBe(429);
  expect((await logIn(new_password, (changed.body as LoginBody).device_token)).status).toBe(200);
});

test('a session that asks for the password again has a budget of its own', async () => {
  const { isolate, logIn, first } = await setUp();
  await spend(() => logIn(WRONG));
  const remove = (password: string) => isolate.del('/api/auth/me', first.access_token, { password });
  await spend(() => remove(WRONG));
  expect((await remove(PASSWORD)).status).toBe(429);
  const second = (await logIn(PASSWORD, first.device_token)).body as LoginBody;
  expect((await isolate.del('/api/auth/me', second.access_token, { password: PASSWORD })).status).toBe(204);
});

test('failures survive a restart of the gate', async () => {
  const { logIn, gate } = await setUp();
  await spend(() => logIn(WRONG));
  await runInDurableObject(gate, (_, state) => state.abort()).catch(() => undefined);
  expect((await logIn(PASSWORD)).status).toBe(429);
});

test('sixty failures stop strangers however slow they are, and the owner is let in; a success of the owner lifts it', async () => {
  const { clock, logIn, first } = await setUp();
  for (let i = 0; i < 60; i++) {
    clock.advance(1500);
    expect((await logIn(WRONG)).status).toBe(401);
  }
  clock.advance(1500);
  expect((await logIn(PASSWORD)).status).toBe(429);
  expect((await logIn(PASSWORD, first.device_token)).status).toBe(200);
  expect((await logIn(PASSWORD)).status).toBe(200);
});

test('a hundred failures in all stop every password, until an operator lifts it', async () => {
  const { clock, user, logIn, first } = await setUp();
  for (const device of [undefined, first.device_token]) {
    for (let i = 0; i < 50; i++) {
      clock.advance(1500);
      expect((await logIn(WRONG, device)).status).toBe(401);
    }
  }
  clock.advance(86_400);
  expect((await logIn(PASSWORD, first.device_token)).status).toBe(429);
  await env.DB.prepare('UPDATE user SET gate_epoch = gate_epoch + 1 WHERE id = ?').bind(user.id).run();
  expect((await logIn(PASSWORD, first.device_token)).status).toBe(200);
});

test('1,000 addresses and as many devices of their own guess no more than one stranger, and the owner gets in', async () => {
  const { clock, isolate, user, logIn, first } = await setUp();
  let accepted = 0;
  let owner = 0;
  for (let i = 0; i < 1000; i++) {
    clock.advance(3.6); // an hour in all
    const { status } = await isolate.call('POST', '/api/auth/login', {
      headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': `2001:db8:${i.toString(16)}::${i}` },
      body: JSON.stringify({
        username: user.username,
        password: `${WRONG}${i}`,
        device_token: `${crypto.randomUUID()}.${'A'.repeat(43)}`,
      }),
    });
    if (status === 401) accepted += 1;
    if (i % 10 === 0 && (await logIn(PASSWORD, first.device_token)).status === 200) owner += 1;
  }
  expect(owner).toBe(100);
  expect(accepted).toBeLessThanOrEqual(5 + 4 + 3); // 1 + 2 + 4 + 8 minutes, then every fifteen
});

test('a deleted user leaves no count behind, and old counts go by themselves', async () => {
  const { isolate, logIn, first, gate } = await setUp();
  await spend(() => logIn(WRONG), 2);
  expect(await tallies(gate)).toHaveLength(2);
  expect((await isolate.del('/api/auth/me', first.access_token, { password: PASSWORD })).status).toBe(204);
  const tables = await runInDurableObject(gate, (_, { storage }) =>
    storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'tally'").toArray(),
  );
  expect(tables).toEqual([]);

  const long = env.LOGIN_GATE.getByName('ghost:of-this-test');
  const at = 1_000_000_000; // long ago
  await long.check({ password: 'x', storedHash: undefined, iterations: 1, who: 'stranger:x', at });
  expect(await tallies(long)).toHaveLength(2);
  await runDurableObjectAlarm(long);
  expect((await tallies(long)).map(({ who }) => who)).toEqual(['*']);
});

test('unknown names cannot fill a gate: the oldest counts give way', { timeout: 60_000 }, async () => {
  const gate = env.LOGIN_GATE.getByName('ghost:full');
  const guess = (who: string, at: number) =>
    gate.check({ password: 'x', storedHash: undefined, iterations: 1, who, at });
  await guess('stranger:first', 1);
  await runInDurableObject(gate, (_, { storage }) =>
    storage.sql.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
      INSERT INTO tally SELECT 'stranger:' || i, 1, 1, 2 FROM n`),
  );
  await guess('stranger:last', 3);
  const names = (await tallies(gate)).map(({ who }) => who);
  expect(names).toHaveLength(1001); // and the count in all
  expect(names).not.toContain('stranger:first');
  expect(names).toContain('stranger:last');
});
