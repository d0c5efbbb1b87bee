import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { importKeyring } from '../../src/crypto/keyring.ts';
import { openGate } from '../../src/login-gate/gate.ts';
import { LINE_LIMIT } from '../../src/login-gate/line.ts';
import type { LoginGate } from '../../src/login-gate/login-gate.ts';
import { SECRET } from '../support/forge.ts';

/** Long enough to be interrupted, in a workerd where noble runs at a fifth of its speed. */
const SLOW = 40_000;
const THREE_SECONDS_MS = 3000;

const gateNamed = (name: string) => env.LOGIN_GATE.getByName(name);
const check = (
  gate: DurableObjectStub<LoginGate>,
  password: string,
  storedHash: string | undefined,
  iterations: number,
) => gate.check({ password, storedHash, iterations, who: 'stranger', at: 1_800_000_000 });
const reset = (gate: DurableObjectStub<LoginGate>) =>
  runInDurableObject(gate, (_, state) => state.abort()).catch(() => undefined);
const settled = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    () => 'reset',
  );

async function tickOf(gate: DurableObjectStub<LoginGate>): Promise<void> {
  await runInDurableObject(gate, () => undefined);
}

const hashMs = expect.any(Number);

test('a stored hash is checked, and an unknown name is never right', async () => {
  const gate = gateNamed('user:1');
  const stored = await gate.hash('secure_password', 10);
  expect(await check(gate, 'secure_password', stored, 10)).toEqual({ right: true, hashMs });
  expect(await check(gate, 'wrong_password', stored, 10)).toEqual({ right: false, hashMs });
  expect(await check(gate, 'secure_password', undefined, 10)).toEqual({ right: false, hashMs });
  expect(await check(gate, 'secure_password', 'no hash', 10)).toEqual({ right: false, hashMs });
});

test('a right password is hashed anew where the setting has grown, and only then', async () => {
  const gate = gateNamed('user:2');
  const stored = await gate.hash('secure_password', 10);
  const answer = await check(gate, 'secure_password', stored, 20);
  if (answer === 'busy' || answer.upgradedHash === undefined) throw new Error('not hashed anew');
  expect(answer.upgradedHash).toContain('$i=20$');
  expect(await check(gate, 'secure_password', answer.upgradedHash, 20)).toEqual({ right: true, hashMs });
  expect(await check(gate, 'secure_password', answer.upgradedHash, 10)).toEqual({ right: true, hashMs });
  expect(await check(gate, 'wrong_password', stored, 20)).toEqual({ right: false, hashMs });
});

test('a gate that is reset while it hashes, or while it waits, delays nobody for more than 3 s', async () => {
  const [hashing, waiting, behind] = [gateNamed('user:3'), gateNamed('user:4'), gateNamed('user:5')];
  const first = settled(hashing.hash('x', 100 * SLOW));
  await tickOf(hashing);
  const second = settled(waiting.hash('x', SLOW));
  await tickOf(waiting);
  const third = behind.hash('x', 10);
  await tickOf(behind);

  const tooLate = new Promise((resolve) => setTimeout(resolve, THREE_SECONDS_MS, 'too late'));
  await Promise.all([reset(hashing), reset(waiting)]);
  expect(await Promise.race([third, tooLate])).toMatch(/^\$pbkdf2/);
  expect(await Promise.all([first, second])).toEqual(['reset', 'reset']);
});

test('a reset gate and a full line are a 503, never a refused password', async () => {
  const config = readConfig({ JWT_SECRET_KEY: SECRET, ENVIRONMENT: 'test', PBKDF2_ITERATIONS: String(SLOW) });
  const gate = openGate(env.LOGIN_GATE, (await importKeyring('HS256', SECRET, [])).ghost, config);
  const user = { id: 'a', gateEpoch: 0, passwordHash: await gate.hash('name', 'secure_password') };
  const guess = { name: 'name', password: 'secure_password', guesser: 'stranger', at: 1_800_000_000 } as const;

  const interrupted = gate.check({ ...guess, user }).catch((error: unknown) => error);
  await tickOf(gateNamed('user:a:0'));
  await reset(gateNamed('user:a:0'));
  expect(await interrupted).toMatchObject({ code: 'SERVICE_UNAVAILABLE', reason: 'gate_reset' });

  await gate.check({ ...guess, user: { ...user, id: 'behind' } }); // clears the place that was left
  const asked = Array.from({ length: LINE_LIMIT + 4 }, (_, i) =>
    gate.check({ ...guess, user: { ...user, id: `b${i}` } }).then(
      ({ right }) => right,
      ({ code, reason }) => `${code} ${reason}`,
    ),
  );
  const answers = await Promise.all(asked);
  expect(answers.filter((answer) => answer === true)).toHaveLength(LINE_LIMIT);
  expect(answers.filter((answer) => answer === 'SERVICE_UNAVAILABLE gate_busy')).toHaveLength(4);
});

test('unknown names share a bounded number of gates, in any case of their letters', async () => {
  const names: string[] = [];
  const namespace = {
    getByName: (name: string) => {
      names.push(name);
      return { check: async () => ({ right: false }) };
    },
  } as unknown as DurableObjectNamespace<LoginGate>;
  const config = readConfig({ JWT_SECRET_KEY: SECRET });
  const gate = openGate(namespace, (await importKeyring('HS256', SECRET, [])).ghost, config);
  const guess = { password: 'x', user: undefined, guesser: 'stranger', at: 1_800_000_000 } as const;
  for (let i = 0; i < 3000; i++) await gate.check({ ...guess, name: `nobody-${i}` });
  expect(names.every((name) => /^ghost:\d{1,4}$/.test(name))).toBe(true);
  expect(new Set(names).size).toBeLessThanOrEqual(1024);
  expect(new Set(names).size).toBeGreaterThan(900);
  await gate.check({ ...guess, name: 'NOBODY-0' });
  expect(names.at(-1)).toBe(names[0]);
});
