// One line of JSON per request: what was asked by pattern, how it ended, why. No header, no body, no query, no name.

import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { AppEnv } from './context.ts';

export const logRequest = createMiddleware<AppEnv>(async (c, next) => {
  const started = Date.now();
  await next();
  const { status } = c.res;
  const line = JSON.stringify({
    level: status < 500 ? 'info' : 'error',
    event: 'request',
    request_id: c.get('requestId'),
    method: c.req.method,
    route: matchedRoutes(c).find(({ method }) => method !== 'ALL')?.path ?? null,
    status,
    duration_ms: Date.now() - started,
    reason: c.get('reason') ?? null,
  });
  if (status < 500) console.log(line);
  else console.error(line);
});
