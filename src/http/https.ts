// Tokens and passwords travel encrypted, or not at all.

import { createMiddleware } from 'hono/factory';
import type { Environment } from '../config.ts';
import { AppError } from '../errors.ts';

const ONE_YEAR_SECONDS = 31_536_000;

/** Refuses plain http in production, but on a loopback address; over https it asks to be called so for a year (RFC 6797). */
export function requireHttps(environment: Environment) {
  return createMiddleware(async (c, next) => {
    const secure = c.req.url.startsWith('https:');
    if (!secure && environment === 'production' && !isLoopback(new URL(c.req.url).hostname)) {
      throw new AppError('HTTPS_REQUIRED');
    }
    await next();
    if (secure) c.header('Strict-Transport-Security', `max-age=${ONE_YEAR_SECONDS}`);
  });
}

/** `hostname` as URL parses it, so that every spelling of 127.0.0.1 has become that one. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
