import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkPassword,
  findPasswordFlaw,
  formatPhc,
  hashPassword,
  MAX_PASSWORD_BYTES,
  parsePhc,
} from '../../src/crypto/password.ts';

const salt = new Uint8Array(16).fill(7);
const noPause = async () => {};

test('a password is right, and every other one wrong', async () => {
  const stored = parsePhc(await hashPassword('secure_password', 10, salt, noPause));
  if (!stored) throw new Error('our own hash does not parse');
  expect(await checkPassword('secure_password', stored, noPause)).toBe(true);
  for (const wrong of ['secure_passworD', 'secure_password ', ' secure_password', 'secure_passwor', '']) {
    expect(await checkPassword(wrong, stored, noPause)).toBe(false);
  }
});

test('one password typed on two keyboards is one password', async () => {
  const composed = 'caf\u00e9 caf\u00e9 caf\u00e9';
  const decomposed = 'cafe\u0301 cafe\u0301 cafe\u0301';
  const stored = parsePhc(await hashPassword(composed, 10, salt, noPause));
  expect(stored && (await checkPassword(decomposed, stored, noPause))).toBe(true);
});

test.for([
  ['secure_password', undefined],
  ['\ud800lone surrogate', 'lone_surrogate'],
  ['a NUL \0 inside it', 'nul'],
  ['x'.repeat(MAX_PASSWORD_BYTES), undefined],
  ['x'.repeat(MAX_PASSWORD_BYTES + 1), 'too_long'],
  ['\u00e9'.repeat(MAX_PASSWORD_BYTES / 2 + 1), 'too_long'],
  ['e\u0301'.repeat(MAX_PASSWORD_BYTES / 2), undefined], // two bytes each, once normalized
] as const)('the flaw of a password: row %#', ([password, flaw]) => {
  expect(findPasswordFlaw(password)).toBe(flaw);
});

test('a PHC string and what it says are one and the same', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 999_999_999 }),
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (iterations, saltBytes, hash) => {
        const phc = formatPhc({ iterations, salt: saltBytes, hash });
        expect(phc).toMatch(/^\$pbkdf2-sha256\$i=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]{43}$/);
        expect(parsePhc(phc)).toEqual({ iterations, salt: saltBytes, hash });
      },
    ),
  );
});

test.for([
  '',
  'plain text',
  '$2b$12$abcdefghijklmnopqrstuv',
  '$pbkdf2-sha1$i=1000$AAAA$AAAA',
  '$pbkdf2-sha256$i=0$BwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '$pbkdf2-sha256$i=01$BwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '$pbkdf2-sha256$i=1000$BwcHBx$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', // pad bits
  '$pbkdf2-sha256$i=1000$BwcHBw$AAAA', // short
  '$pbkdf2-sha256$i=1000$BwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n',
])('not a hash of ours: %j', (text) => {
  expect(parsePhc(text)).toBeUndefined();
});
