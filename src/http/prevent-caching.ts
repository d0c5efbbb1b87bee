// Nearly every answer carries a token, a user or a refusal: none is for a cache (RFC 6749 §5.1, RFC 9111 §5.2.2.5).

import { createMiddleware } from 'hono/factory';

export const preventCaching = createMiddleware(async (c, next) => {
  c.header('Cache-Control', 'no-store');
  c.header('X-Content-Type-Options', 'nosniff');
  await next();
});
