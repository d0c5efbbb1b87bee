// The work that is measured, inside workerd: so many repetitions a request, timed by the caller.

import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { createSigner, createVerifier } from 'fast-jwt';
import { sign as honoSign, verify as honoVerify } from 'hono/jwt';
import { jwtVerify, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { encodeUtf8 } from '../../src/crypto/encoding.ts';
import { signToken, verifyToken } from '../../src/crypto/jwt.ts';
import { importKeyring } from '../../src/crypto/keyring.ts';
import { pbkdf2Sha256 } from '../../src/crypto/pbkdf2.ts';
import { SECRET } from './settings.ts';

const ITERATIONS = 600_000;
const ISSUER = 'rag-modulo';
const ALGORITHMS = {
  HS256: { hash: 'SHA-256', secret: SECRET },
  HS512: { hash: 'SHA-512', secret: SECRET + SECRET },
} as const;

type Work = () => unknown;

/**
 * Every library signs and verifies the same claims under the same key, and checks issuer and times. jose gets a CryptoKey,
 * its fastest; hono/jwt the secret's text, as in its documentation, and in `hono-key` a CryptoKey, which it takes as well.
 */
async function tokenWork(alg: keyof typeof ALGORITHMS, padding: string): Promise<Record<string, Work>> {
  const { hash, secret } = ALGORITHMS[alg];
  const now = Math.floor(Date.now() / 1000);
  const id = '123e4567-e89b-42d3-a456-426614174000';
  const name = 'user@example.com';
  const subject = { sub: id, uuid: id, username: name, email: name, name, role: 'user' };
  const claims = { iss: ISSUER, ...subject, iat: now, exp: now + 3600, jti: id, sid: id, ...(padding && { padding }) };
  const expected = { issuer: ISSUER, audience: undefined, lifetimeSeconds: 3600 };

  const keyring = await importKeyring(alg, secret, []);
  const mac = { name: 'HMAC', hash };
  const key = await crypto.subtle.importKey('raw', encodeUtf8(secret), mac, false, ['sign', 'verify']);
  const token = await signToken(claims, keyring);
  const signed = encodeUtf8(token.slice(0, token.lastIndexOf('.')));
  const tag = await crypto.subtle.sign(mac, key, signed);
  const sign = createSigner({ key: secret, algorithm: alg });
  const verify = createVerifier({ key: secret, algorithms: [alg], allowedIss: ISSUER });

  return {
    'sign/bare': () => crypto.subtle.sign(mac, key, signed),
    'sign/ours': () => signToken(claims, keyring),
    'sign/jose': () => new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(key),
    'sign/hono': () => honoSign(claims, secret, alg),
    'sign/hono-key': () => honoSign(claims, key, alg),
    'sign/fast-jwt': () => sign(claims),
    'sign/jsonwebtoken': () => jsonwebtoken.sign(claims, secret, { algorithm: alg }),
    'verify/bare': () => crypto.subtle.verify(mac, key, tag, signed),
    'verify/ours': async () => {
      if (!(await verifyToken(token, keyring, expected, now)).ok) throw new Error('refused');
    },
    'verify/jose': () => jwtVerify(token, key, { algorithms: [alg], issuer: ISSUER, typ: 'JWT' }),
    'verify/hono': () => honoVerify(token, secret, { alg, iss: ISSUER }),
    'verify/hono-key': () => honoVerify(token, key, { alg, iss: ISSUER }),
    'verify/fast-jwt': () => verify(token),
    'verify/jsonwebtoken': () => jsonwebtoken.verify(token, secret, { algorithms: [alg], issuer: ISSUER }),
  };
}

async function prepare(): Promise<Record<string, Work>> {
  const password = encodeUtf8('secure_password');
  const salt = encodeUtf8('0123456789abcdef');
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  const work: Record<string, Work> = {
    'hash/noble': () => pbkdf2(sha256, password, salt, { c: ITERATIONS, dkLen: 32 }),
    'hash/sliced': () => pbkdf2Sha256(password, salt, ITERATIONS, pause),
  };
  for (const alg of ['HS256', 'HS512'] as const) {
    for (const [size, padding] of Object.entries({ small: '', '2KB': 'x'.repeat(1700) })) {
      for (const [name, run] of Object.entries(await tokenWork(alg, padding))) work[`${alg}/${size}/${name}`] = run;
    }
  }
  return work;
}

let prepared: Record<string, Work> | undefined;

export default {
  async fetch(request: Request): Promise<Response> {
    prepared ??= await prepare();
    const { pathname, searchParams } = new URL(request.url);
    const work = prepared[pathname.slice(1)];
    if (!work) return new Response(`no work named ${pathname}`, { status: 404 });
    for (let left = Number(searchParams.get('times')); left > 0; left--) await work();
    return new Response('done');
  },
};
