// Which browser pages may call (CORS_ORIGINS). Never with credentials: a page sends a bearer token that it holds itself.

import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';

export function allowOrigins(origins: readonly string[]) {
  const answer = cors({
    origin: [...origins],
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'],
    exposeHeaders: [
      'X-Request-Id',
      'Retry-After',
      'Link',
      'X-Total-Count',
      'X-Page',
      'X-Page-Size',
      'X-RateLimit-Limit',
    ],
    maxAge: 600,
  });

  // Any other OPTIONS is a method like the rest, for the router to refuse.
  return createMiddleware((c, next) => {
    const preflight = c.req.header('Origin') && c.req.header('Access-Control-Request-Method');
    return c.req.method === 'OPTIONS' && !preflight ? next() : answer(c, next);
  });
}
