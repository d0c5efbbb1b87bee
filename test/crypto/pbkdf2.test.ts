import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../src/crypto/encoding.ts';
import { pbkdf2Sha256, ROUNDS_PER_SLICE } from '../../src/crypto/pbkdf2.ts';

const noPause = async () => {};

async function derive(password: string, salt: string, iterations: number): Promise<string> {
  return (await pbkdf2Sha256(encodeUtf8(password), encodeUtf8(salt), iterations, noPause)).toHex();
}

test('RFC 7914 §11: the first block of both vectors', async () => {
  expect(await derive('passwd', 'salt', 1)).toBe('55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc');
  expect(await derive('Password', 'NaCl', 80_000)).toBe(
    '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56',
  );
});

test('equal to noble on any password, salt and count', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 80 }),
      fc.oneof(
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(ROUNDS_PER_SLICE, ROUNDS_PER_SLICE + 1, ROUNDS_PER_SLICE + 2),
      ),
      async (password, salt, c) => {
        expect(await pbkdf2Sha256(password, salt, c, noPause)).toEqual(
          pbkdf2(sha256, password, salt, { c, dkLen: 32 }),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('pauses between any two slices, whatever the clock says', async () => {
  let pauses = 0;
  await pbkdf2Sha256(encodeUtf8('x'), encodeUtf8('y'), 10 * ROUNDS_PER_SLICE + 1, async () => {
    pauses += 1;
  });
  expect(pauses).toBe(9); // rounds 2 to 30,001: ten slices
});
