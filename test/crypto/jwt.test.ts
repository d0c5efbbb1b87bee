import fc from 'fast-check';
import * as jose from 'jose';
import { expect, test } from 'vitest';
import { decodeBase64url, encodeUtf8 } from '../../src/crypto/encoding.ts';
import { type AccessClaims, signToken, verifyToken } from '../../src/crypto/jwt.ts';
import { importKeyring, type Keyring } from '../../src/crypto/keyring.ts';
import { forge, HEADER, PREVIOUS_SECRET, SECRET, soundClaims } from '../support/forge.ts';
import { hostileTokens } from '../support/hostile-tokens.ts';

const now = 1_800_000_000;
const expected = { issuer: 'rag-modulo', audience: undefined, lifetimeSeconds: 3600 };
const keyring = await importKeyring('HS256', SECRET, [PREVIOUS_SECRET]);

const accessClaims = fc
  .record({
    username: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    sub: fc.uuid({ version: 4 }),
    sid: fc.uuid(),
    jti: fc.uuid(),
    lifetime: fc.integer({ min: 1, max: 3600 }),
    role: fc.string(),
  })
  .map(
    ({ username, sub, sid, jti, lifetime, role }): AccessClaims => ({
      iss: expected.issuer,
      sub,
      uuid: sub,
      username,
      email: 'user@example.com',
      name: username,
      role,
      iat: now,
      exp: now + lifetime,
      jti,
      sid,
    }),
  );

const hostile = await hostileTokens(now);

test('the table of hostile tokens has at least 60 rows, each of its own', () => {
  expect(new Set(hostile.map(({ name }) => name)).size).toBe(hostile.length);
  expect(hostile.length).toBeGreaterThanOrEqual(60);
});

test.for(hostile)('refused: $name', async ({ token, reason }) => {
  expect(await verifyToken(token, keyring, expected, now)).toMatchObject({ ok: false, reason });
});

test('the token that the hostile ones are made from is accepted', async () => {
  const claims = soundClaims(now);
  const { sub, sid, jti, iat, exp } = claims;
  const verdict = { ok: true, claims: { sub, sid, jti, iat, exp } };
  expect(await verifyToken(await forge(HEADER, claims), keyring, expected, now)).toEqual(verdict);
  expect(await verifyToken(await forge({ alg: 'HS256' }, claims), keyring, expected, now)).toEqual(verdict);
  expect(await verifyToken(await forge({ alg: 'HS256', typ: 'jwt' }, claims), keyring, expected, now)).toEqual(verdict);
  expect(await verifyToken(await forge(' {"typ" : "JWT", "alg" : "HS256"} ', claims), keyring, expected, now)).toEqual(
    verdict,
  );
  expect(
    await verifyToken(
      await forge(HEADER, { ...claims, nbf: now + 60, iat: now, extra: [{ a: 1 }, { a: 1 }] }),
      keyring,
      expected,
      now,
    ),
  ).toEqual(verdict);
});

test('RFC 7515 A.1: the MAC of the example is right, and only that of the example', async () => {
  const secret = decodeBase64url(
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  );
  const hmac = await crypto.subtle.importKey(
    'raw',
    secret ?? new Uint8Array(),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );
  const ring: Keyring = { ...keyring, keys: [{ ...keyring.signing, kid: 'a1', hmac, headerSegment: '' }] };
  const token =
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  // Its claims are not ours (no iat), which is only said once the MAC was found right.
  expect(await verifyToken(token, ring, expected, now)).toEqual({ ok: false, reason: 'times' });
  expect(await verifyToken(token.replace('dBj', 'dBk'), ring, expected, now)).toEqual({
    ok: false,
    reason: 'signature',
  });
});

test('what we sign, jose verifies', async () => {
  await fc.assert(
    fc.asyncProperty(accessClaims, async (claims) => {
      const token = await signToken(claims, keyring);
      const { payload, protectedHeader } = await jose.jwtVerify(token, encodeUtf8(SECRET), {
        algorithms: ['HS256'],
        issuer: expected.issuer,
        typ: 'JWT',
        currentDate: new Date(now * 1000),
      });
      expect(payload).toEqual(claims);
      expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT', kid: keyring.signing.kid });
    }),
  );
});

test('what jose signs with our claims, we verify', async () => {
  await fc.assert(
    fc.asyncProperty(
      accessClaims,
      fc.constantFrom(SECRET, PREVIOUS_SECRET),
      fc.boolean(),
      async (claims, secret, typ) => {
        const token = await new jose.SignJWT(claims)
          .setProtectedHeader(typ ? { alg: 'HS256', typ: 'JWT' } : { alg: 'HS256' })
          .sign(encodeUtf8(secret));
        const { sub, sid, jti, iat, exp } = claims;
        expect(await verifyToken(token, keyring, expected, now)).toEqual({
          ok: true,
          claims: { sub, sid, jti, iat, exp },
        });
      },
    ),
  );
});

test('every single-bit change of a token is refused', async () => {
  const token = await forge(HEADER, soundClaims(now));
  for (let position = 0; position < token.length; position++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = String.fromCharCode(token.charCodeAt(position) ^ (1 << bit));
      const verdict = await verifyToken(
        token.slice(0, position) + changed + token.slice(position + 1),
        keyring,
        expected,
        now,
      );
      expect(verdict.ok, `bit ${bit} of character ${position}`).toBe(false);
    }
  }
});

test('any text is refused without an exception', async () => {
  const parts = fc.array(fc.string({ unit: fc.constantFrom(...'eyJhbGciOiJIUzI1NiJ9._-=+/ \n\u00e9') }), {
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        parts.map((part) => part.join('.')),
      ),
      async (text) => {
        expect((await verifyToken(text, keyring, expected, now)).ok).toBe(false);
      },
    ),
    { numRuns: 1000 },
  );
});

test('tokens that are verified at the same time are judged each by its own bytes', async () => {
  const sound = await Promise.all(Array.from({ length: 50 }, () => forge(HEADER, soundClaims(now))));
  const mixed = sound.flatMap((token, i) => [
    token,
    `${token.slice(0, -4)}AAAA`,
    `${sound[(i + 1) % 50]?.split('.', 2).join('.')}.${token.split('.')[2]}`,
  ]);
  const verdicts = await Promise.all(mixed.map((token) => verifyToken(token, keyring, expected, now)));
  expect(verdicts.map(({ ok }) => ok)).toEqual(sound.flatMap(() => [true, false, false]));
  const subjects = verdicts.flatMap((verdict) => (verdict.ok ? [verdict.claims.sub] : []));
  expect(new Set(subjects).size).toBe(50);
});

test('a rotated key verifies what it signed, and signs no more', async () => {
  const before = await importKeyring('HS256', PREVIOUS_SECRET, []);
  const claims = { ...soundClaims(now), uuid: '', username: '', email: '', name: '', role: 'user' };
  const old = await signToken(claims, before);
  expect((await verifyToken(old, keyring, expected, now)).ok).toBe(true);
  expect(await verifyToken(await signToken(claims, keyring), before, expected, now)).toEqual({
    ok: false,
    reason: 'unknown_key',
  });
  const after = await importKeyring('HS256', SECRET, []);
  expect(await verifyToken(old, after, expected, now)).toEqual({ ok: false, reason: 'unknown_key' });
});

test.for(['HS256', 'HS384', 'HS512'] as const)(
  '%s signs and verifies, and accepts no other algorithm',
  async (algorithm) => {
    const secret = SECRET + PREVIOUS_SECRET;
    const ring = await importKeyring(algorithm, secret, []);
    const claims = { ...soundClaims(now), uuid: '', username: '', email: '', name: '', role: 'user' };
    const token = await signToken(claims, ring);
    expect(
      (await jose.jwtVerify(token, encodeUtf8(secret), { algorithms: [algorithm], currentDate: new Date(now * 1000) }))
        .payload,
    ).toEqual(claims);
    for (const other of ['HS256', 'HS384', 'HS512'] as const) {
      const verdict = await verifyToken(token, await importKeyring(other, secret, []), expected, now);
      expect(verdict.ok).toBe(other === algorithm);
    }
  },
);

test('a clock may be a minute ahead of ours, and a token lives to its last second', async () => {
  const judge = async (members: object) => {
    const verdict = await verifyToken(await forge(HEADER, { ...soundClaims(now), ...members }), keyring, expected, now);
    return verdict.ok || verdict.reason;
  };
  expect(await judge({ iat: now + 60, exp: now + 61 })).toBe(true);
  expect(await judge({ iat: now + 61, exp: now + 62 })).toBe('not_yet_valid');
  expect(await judge({ nbf: now + 60 })).toBe(true);
  expect(await judge({ nbf: now + 61 })).toBe('not_yet_valid');
  expect(await judge({ iat: now - 60, exp: now + 1 })).toBe(true);
  expect(await judge({ iat: now - 60, exp: now })).toBe('expired');
});

test('where an audience is expected, it must be among those of the token', async () => {
  const forUs = { ...expected, audience: 'edge' };
  const judge = async (aud: unknown) =>
    (await verifyToken(await forge(HEADER, { ...soundClaims(now), aud }), keyring, forUs, now)).ok;
  expect(await judge('edge')).toBe(true);
  expect(await judge(['other', 'edge'])).toBe(true);
  expect(await judge(undefined)).toBe(false);
  expect(await judge('edges')).toBe(false);
  expect(await judge(['other'])).toBe(false);
  expect(await judge({ edge: true })).toBe(false);
});

test('a kid tells nothing of its key but which one it is', async () => {
  const again = await importKeyring('HS256', SECRET, []);
  expect(again.signing.kid).toBe(keyring.signing.kid);
  expect(keyring.keys[1]?.kid).not.toBe(keyring.signing.kid);
  expect((await importKeyring('HS512', SECRET + SECRET, [])).signing.kid).toMatch(/^[\w-]{12}$/);
});
