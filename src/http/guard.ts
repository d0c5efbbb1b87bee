// Bearer authentication (RFC 6750 §2.1). Everything mounted behind the guard needs a verified token; it reads no database.

import { createMiddleware } from 'hono/factory';
import { verifyToken } from '../crypto/jwt.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { AppEnv } from './context.ts';

export function guard({ keyring, config, now }: Deps) {
  const { issuer, audience, lifetimeSeconds } = config.jwt;
  const expected = { issuer, audience, lifetimeSeconds };

  return createMiddleware<AppEnv>(async (c, next) => {
    const token = /^bearer +(.+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
    if (token === undefined) throw new AppError('NOT_AUTHENTICATED');
    const verdict = await verifyToken(token, keyring, expected, now());
    if (!verdict.ok) {
      const code = verdict.reason === 'expired' ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN';
      throw new AppError(code, { reason: `token_${verdict.reason}` });
    }
    c.set('principal', { userId: verdict.claims.sub, sessionId: verdict.claims.sid });
    await next();
  });
}
