// Apart from the rest, since production's Web Crypto refuses what the oracle needs here.

import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../src/crypto/encoding.ts';
import { pbkdf2Sha256 } from '../../src/crypto/pbkdf2.ts';

test('600,000 iterations: equal to Web Crypto', async () => {
  const password = encodeUtf8('secure_password');
  const salt = encodeUtf8('0123456789abcdef');
  const iterations = 600_000;
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const bits = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, key, 256);
  expect(await pbkdf2Sha256(password, salt, iterations, async () => {})).toEqual(new Uint8Array(bits));
});
