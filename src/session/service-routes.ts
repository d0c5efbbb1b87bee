// Routes for other services, which hold INTROSPECTION_SECRET. Without that setting they are not there.

import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as v from 'valibot';
import { encodeUtf8 } from '../crypto/encoding.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { readClient } from '../http/client.ts';
import type { AppEnv } from '../http/context.ts';
import { describe } from '../http/describe.ts';
import { readBearer } from '../http/guard.ts';
import { formBody } from '../http/validate.ts';
import { IntrospectionAnswer, introspect } from './introspect.ts';
import { logout } from './logout.ts';

/** RFC 7009 §2.1, RFC 7662 §2.1. The hint is not needed: our two kinds of token look different. */
const TokenForm = v.object({ token: v.pipe(v.string(), v.minLength(1)), token_type_hint: v.optional(v.string()) });

export function serviceRoutes(deps: Deps) {
  return new Hono<AppEnv>()
    .post(
      '/introspect',
      describe({
        operationId: 'introspect',
        tag: 'Services',
        summary: 'What a token is worth right now (RFC 7662)',
        access: 'service',
        answer: [200, IntrospectionAnswer],
        errors: ['BAD_REQUEST', 'NOT_AUTHENTICATED', 'INVALID_CREDENTIALS', 'NOT_FOUND'],
      }),
      requireService(deps),
      formBody(TokenForm),
      async (c) => c.json(await introspect(deps, c.req.valid('form').token)),
    )
    .post(
      '/revoke',
      describe({
        operationId: 'revoke',
        tag: 'Services',
        summary: "End a token's session (RFC 7009); a token that is not ours is no error",
        access: 'service',
        answer: [200, v.object({})],
        errors: ['BAD_REQUEST', 'NOT_AUTHENTICATED', 'INVALID_CREDENTIALS', 'NOT_FOUND'],
      }),
      requireService(deps),
      formBody(TokenForm),
      async (c) => {
        await logout(deps, c.req.valid('form').token, readClient(c));
        return c.json({});
      },
    );
}

function requireService({ config: { introspectionSecret } }: Deps) {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (introspectionSecret === undefined) throw new AppError('NOT_FOUND', { reason: 'introspection_off' });
    const offered = readBearer(c);
    if (offered === undefined) throw new AppError('NOT_AUTHENTICATED');
    if (!(await isSame(offered, introspectionSecret))) {
      throw new AppError('INVALID_CREDENTIALS', { reason: 'wrong_introspection_secret' });
    }
    await next();
  });
}

/** In a time that depends on neither: digests are of equal length. */
async function isSame(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([a, b].map((text) => crypto.subtle.digest('SHA-256', encodeUtf8(text))));
  return left !== undefined && right !== undefined && crypto.subtle.timingSafeEqual(left, right);
}
