import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importKeyring } from '../../src/crypto/keyring.ts';
import { signRefreshToken, verifyRefreshToken } from '../../src/crypto/refresh-token.ts';
import { PREVIOUS_SECRET, SECRET } from '../support/forge.ts';

const keyring = await importKeyring('HS256', SECRET, [PREVIOUS_SECRET]);
const before = await importKeyring('HS256', PREVIOUS_SECRET, []);
const sessionId = '123e4567-e89b-42d3-a456-426614174000';
const token = await signRefreshToken({ sessionId, generation: 7 }, keyring);

test('a refresh token says its session and generation, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uuid(), fc.integer({ min: 1, max: 10 ** 15 - 1 }), async (id, generation) => {
      const grant = { sessionId: id, generation };
      const signed = await signRefreshToken(grant, keyring);
      expect(signed.startsWith(`${id}.${generation}.`)).toBe(true);
      expect(await verifyRefreshToken(signed, keyring)).toEqual(grant);
    }),
  );
});

test('a token of a previous key serves while that key is in the ring, and no longer', async () => {
  const old = await signRefreshToken({ sessionId, generation: 7 }, before);
  expect(await verifyRefreshToken(old, keyring)).toEqual({ sessionId, generation: 7 });
  expect(await verifyRefreshToken(old, await importKeyring('HS256', SECRET, []))).toBeUndefined();
  expect(await verifyRefreshToken(token, before)).toBeUndefined();
});

test('any change of one character refuses it', async () => {
  for (let position = 0; position < token.length; position++) {
    for (const character of ['0', 'a', '-', '_', '.', '=', ' ', '\n', '\u0660']) {
      if (token[position] === character) continue;
      const changed = token.slice(0, position) + character + token.slice(position + 1);
      expect(await verifyRefreshToken(changed, keyring), changed).toBeUndefined();
    }
  }
});

const [id = '', generation = '', mac = ''] = token.split('.');
test.for([
  ['empty', ''],
  ['dots alone', '..'],
  ['an access token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
  ['another generation', `${id}.8.${mac}`],
  ['a generation spelled otherwise', `${id}.07.${mac}`],
  ['a generation in exponents', `${id}.7e0.${mac}`],
  ['a negative generation', `${id}.-7.${mac}`],
  ['generation 0', `${id}.0.${mac}`],
  ['a generation beyond exact numbers', `${id}.9007199254740993.${mac}`],
  ['upper case', `${id.toUpperCase()}.${generation}.${mac}`],
  ['another session', `${crypto.randomUUID()}.${generation}.${mac}`],
  ['pad bits set in the MAC', `${id}.${generation}.${mac.slice(0, -1)}${mac.endsWith('A') ? 'B' : 'Z'}`],
  ['padding', `${token}=`],
  ['a line feed behind', `${token}\n`],
  ['a space before', ` ${token}`],
  ['a fourth part', `${token}.${mac}`],
  ['the MAC cut short', token.slice(0, -1)],
  ['a megabyte', 'a'.repeat(1 << 20)],
] as const)('refused: %s', async ([, hostile]) => {
  expect(await verifyRefreshToken(hostile, keyring)).toBeUndefined();
});

test('a MAC under the key of access tokens is none of ours', async () => {
  const hmac = await crypto.subtle.sign('HMAC', keyring.signing.hmac, new TextEncoder().encode(`${id}.${generation}`));
  const forged = new Uint8Array(hmac).toBase64({ alphabet: 'base64url', omitPadding: true });
  expect(await verifyRefreshToken(`${id}.${generation}.${forged}`, keyring)).toBeUndefined();
});
