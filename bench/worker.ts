// The work that is measured, inside workerd: so many repetitions a request, timed by the caller.

import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { verify as honoVerify } from 'hono/utils/jwt/jwt';
import { jwtVerify } from 'jose';
import { encodeUtf8 } from '../src/crypto/encoding.ts';
import { signToken, verifyToken } from '../src/crypto/jwt.ts';
import { importKeyring } from '../src/crypto/keyring.ts';
import { pbkdf2Sha256 } from '../src/crypto/pbkdf2.ts';

const SECRET = 'Jz4mQw8TbXc2Rf6YnLs0Vd7KpGh3UaEi';
const ITERATIONS = 600_000;
const expected = { issuer: 'rag-modulo', audience: undefined, lifetimeSeconds: 3600 };
const algorithm = { name: 'HMAC', hash: 'SHA-256' };

async function prepare(): Promise<Record<string, () => unknown>> {
  const now = Math.floor(Date.now() / 1000);
  const sub = '123e4567-e89b-42d3-a456-426614174000';
  const claims = {
    iss: expected.issuer,
    sub,
    uuid: sub,
    username: 'user@example.com',
    email: 'user@example.com',
    name: 'user@example.com',
    role: 'user',
    iat: now,
    exp: now + 3600,
    jti: sub,
    sid: sub,
  };
  const keyring = await importKeyring('HS256', SECRET, []);
  const key = await crypto.subtle.importKey('raw', encodeUtf8(SECRET), algorithm, false, ['sign', 'verify']);
  const token = await signToken(claims, keyring);
  const signed = encodeUtf8(token.slice(0, token.lastIndexOf('.')));
  const mac = await crypto.subtle.sign(algorithm, key, signed);
  const password = encodeUtf8('secure_password');
  const salt = encodeUtf8('0123456789abcdef');
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

  return {
    'verify/bare': () => crypto.subtle.verify(algorithm, key, mac, signed),
    'verify/ours': async () => {
      if (!(await verifyToken(token, keyring, expected, now)).ok) throw new Error('refused');
    },
    'verify/jose': () => jwtVerify(token, key, { algorithms: ['HS256'], issuer: expected.issuer, typ: 'JWT' }),
    'verify/hono': () => honoVerify(token, key, { alg: 'HS256', iss: expected.issuer }),
    'hash/noble': () => pbkdf2(sha256, password, salt, { c: ITERATIONS, dkLen: 32 }),
    'hash/sliced': () => pbkdf2Sha256(password, salt, ITERATIONS, pause),
  };
}

let prepared: Record<string, () => unknown> | undefined;

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
