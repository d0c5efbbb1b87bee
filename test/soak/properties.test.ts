// What holds for every value, tried with ten thousand.

import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toSearchWords } from '../../src/collection/answer.ts';
import { selectCandidates } from '../../src/collection/queries.ts';
import { signDeviceToken, verifyDeviceToken } from '../../src/crypto/device-token.ts';
import { type AccessClaims, signToken, verifyToken } from '../../src/crypto/jwt.ts';
import { importKeyring } from '../../src/crypto/keyring.ts';
import { formatPhc, parsePhc } from '../../src/crypto/password.ts';
import { signRefreshToken, verifyRefreshToken } from '../../src/crypto/refresh-token.ts';
import { openDatabase } from '../../src/db/client.ts';
import { mintUser } from '../support/api.ts';
import { PREVIOUS_SECRET, SECRET } from '../support/forge.ts';
import { openClock, openIsolate } from '../support/isolate.ts';

const RUNS = { numRuns: 10_000 };
const keyring = await importKeyring('HS256', SECRET, [PREVIOUS_SECRET]);
const stranger = await importKeyring('HS256', 'Nf3kLw9ZtYq6Rb1XcVm8Ph5SgJd2AuEo', []);

const text = fc.string({ unit: 'binary', maxLength: 60 });
const anyText = fc.oneof(text, fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ maxLength: 60 }));

test('an access token says what was signed, to a holder of the key and to nobody else', async () => {
  const now = 1_800_000_000;
  const expected = { issuer: 'rag-modulo', audience: undefined, lifetimeSeconds: 3600 };
  const names = fc.record({ username: anyText, email: anyText, name: anyText, role: anyText });
  const sid = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      names,
      fc.uuid(),
      sid,
      sid,
      fc.integer({ min: 1, max: 3600 }),
      async (named, sub, jti, id, life) => {
        const claims: AccessClaims = {
          ...named,
          iss: 'rag-modulo',
          sub,
          uuid: sub,
          iat: now,
          exp: now + life,
          jti,
          sid: id,
        };
        const token = await signToken(claims, keyring);
        expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{43}$/);
        const vouched = { sub, sid: id, jti, iat: now, exp: now + life };
        expect(await verifyToken(token, keyring, expected, now)).toEqual({ ok: true, claims: vouched });
        expect(await verifyToken(token, keyring, expected, now + life)).toMatchObject({ ok: false, reason: 'expired' });
        expect(await verifyToken(token, stranger, expected, now)).toMatchObject({ ok: false });
      },
    ),
    RUNS,
  );
});

test('a refresh token says its session and generation, and no other text says anything', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uuid(),
      fc.integer({ min: 1, max: 10 ** 15 - 1 }),
      anyText,
      async (sessionId, generation, other) => {
        const token = await signRefreshToken({ sessionId, generation }, keyring);
        expect(await verifyRefreshToken(token, keyring)).toEqual({ sessionId, generation });
        expect(await verifyRefreshToken(token, stranger)).toBeUndefined();
        expect(await verifyRefreshToken(other, keyring)).toBeUndefined();
        if (other !== '') expect(await verifyRefreshToken(token + other, keyring)).toBeUndefined();
      },
    ),
    RUNS,
  );
});

test('a device token serves its owner and password version, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uuid(), fc.uuid(), fc.nat(), anyText, async (device, id, passwordVersion, other) => {
      const token = await signDeviceToken(device, { id, passwordVersion }, keyring);
      expect(await verifyDeviceToken(token, { id, passwordVersion }, keyring)).toBe(device);
      expect(await verifyDeviceToken(token, { id, passwordVersion: passwordVersion + 1 }, keyring)).toBeUndefined();
      expect(await verifyDeviceToken(token, { id: device, passwordVersion }, stranger)).toBeUndefined();
      expect(await verifyDeviceToken(other, { id, passwordVersion }, keyring)).toBeUndefined();
    }),
    RUNS,
  );
});

test('a PHC string is read back as it was written, and no other text is read', () => {
  const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 999_999_999 }),
      bytes(1, 64),
      bytes(32, 32),
      anyText,
      (iterations, salt, hash, other) => {
        const phc = formatPhc({ iterations, salt, hash });
        expect(parsePhc(phc)).toEqual({ iterations, salt, hash });
        expect(parsePhc(other)).toBeUndefined();
        if (other !== '') expect(parsePhc(phc + other)).toBeUndefined();
      },
    ),
    RUNS,
  );
});

test('every question is an expression that the index of D1 takes', async () => {
  const operators = fc.constantFrom(
    'AND',
    'OR',
    'NOT',
    'NEAR(',
    '"',
    '""',
    '*',
    '^',
    ':',
    '(',
    ')',
    '+',
    '-',
    '{',
    '}',
    '\0',
    "'",
  );
  const question = fc.oneof(
    anyText,
    fc.array(fc.oneof(operators, text), { maxLength: 90 }).map((parts) => parts.join(' ')),
  );
  const db = openDatabase(env.DB);
  await fc.assert(
    fc.asyncProperty(fc.array(question, { minLength: 50, maxLength: 50 }), async (questions) => {
      const [first, ...others] = questions
        .map(toSearchWords)
        .filter((words) => words.length > 0)
        .map((words) => selectCandidates(db, 'nobody', 'none', words));
      if (first) await db.batch([first, ...others]);
    }),
    { numRuns: 10_000 / 50 },
  );
});

test('whatever JSON a login is sent, it is refused in good order', async () => {
  const clock = openClock();
  const isolate = await openIsolate(clock, { PBKDF2_ITERATIONS: '1' });
  const { username } = await mintUser();
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), anyText, fc.constant(username));
  const member = fc.constantFrom('username', 'password', 'device_token', '__proto__', 'constructor', 'mode');
  const body = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.dictionary(member, value),
    fc.record({ username: value, password: value, device_token: value }, { requiredKeys: [] }),
    fc.record({ username: anyText, password: anyText }),
  );
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const { status, body: answer } = await isolate.post('/api/auth/login', sent);
      expect([401, 422, 429]).toContain(status);
      const { detail, error_code } = answer as Record<string, unknown>;
      expect(error_code).toMatch(/^(INVALID_CREDENTIALS|VALIDATION_ERROR|RATE_LIMIT_EXCEEDED)$/);
      expect(status === 422 ? Array.isArray(detail) : typeof detail === 'string').toBe(true);
    }),
    RUNS,
  );
});
