import { expect, test } from 'vitest';
import { hashPassword } from '../../src/crypto/password.ts';
import { ROUNDS_PER_SLICE } from '../../src/crypto/pbkdf2.ts';
import { check } from '../../src/login-gate/check.ts';

const salt = new Uint8Array(16).fill(7);
const OLD_COST = 3 * ROUNDS_PER_SLICE;
const COST = 9 * ROUNDS_PER_SLICE;

/** The answer, and the slices of work that it took. */
async function counted(password: string, storedHash: string | undefined) {
  let slices = 1;
  const pause = async () => {
    slices += 1;
  };
  const { right } = await check(password, storedHash, COST, () => salt, pause);
  return { right, slices };
}

test('a wrong password costs what an unknown name costs, also where the stored hash is a cheap old one', async () => {
  const stored = await hashPassword('secure_password', OLD_COST, salt, async () => {});
  const unknown = await counted('wrong password!', undefined);
  const wrong = await counted('wrong password!', stored);
  expect(unknown).toEqual({ right: false, slices: 9 });
  // The missing rounds are a hash of their own, which ends a slice early.
  expect(wrong).toEqual({ right: false, slices: 8 });
});
