// Bearer authentication (RFC 6750 §2.1), or the access token's cookie. Everything mounted behind the guard needs a
// verified token whose session has not ended; it reads no database of its own.

import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { verifyToken } from '../crypto/jwt.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { AppEnv, Principal } from './context.ts';
import { readTokenCookie } from './cookie.ts';

export function guard(deps: Deps) {
  return createMiddleware<AppEnv>(async (c, next) => {
    c.set('principal', await authenticate(c, deps));
    c.set('cookieMode', readBearer(c) === undefined);
    await next();
  });
}

/** @throws AppError NOT_AUTHENTICATED, INVALID_TOKEN, TOKEN_EXPIRED */
export async function authenticate(
  c: Context<AppEnv>,
  { keyring, config, now, revocations }: Deps,
): Promise<Principal> {
  const token = readBearer(c) ?? readTokenCookie(c, 'access');
  if (token === undefined) throw new AppError('NOT_AUTHENTICATED');
  const verdict = await verifyToken(token, keyring, config.jwt, now());
  if (!verdict.ok) {
    const code = verdict.reason === 'expired' ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN';
    throw new AppError(code, { reason: `token_${verdict.reason}` });
  }
  const { sub, sid } = verdict.claims;
  if (await revocations.includes(sid)) throw new AppError('INVALID_TOKEN', { reason: 'token_revoked' });
  return { userId: sub, sessionId: sid };
}

/** The token of an `Authorization: Bearer` header; `undefined` without one, and for any other scheme. */
export function readBearer(c: Context): string | undefined {
  return /^bearer +(.+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
}
