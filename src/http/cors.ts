// Which browser pages may call (CORS_ORIGINS). Never with credentials: a page sends a bearer token that it holds itself.

import { cors } from 'hono/cors';

export function allowOrigins(origins: readonly string[]) {
  return cors({
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
}
