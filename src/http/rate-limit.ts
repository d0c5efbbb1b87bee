// How often one address, or one user, may ask in a minute. A first fence: Cloudflare counts in each of its locations by
// itself, and roughly. Whatever must not be got around is decided where it is stored.

import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { addressKey } from './client.ts';
import type { AppEnv } from './context.ts';

/** A binding does not tell its own limit, so each stands here and in `wrangler.toml`; a test holds the two together. */
export const LIMITS = {
  login: { binding: 'LOGIN_LIMIT', perMinute: 30 },
  register: { binding: 'REGISTER_LIMIT', perMinute: 10 },
  refresh: { binding: 'REFRESH_LIMIT', perMinute: 60 },
  user: { binding: 'USER_LIMIT', perMinute: 100 },
  search: { binding: 'SEARCH_LIMIT', perMinute: 20 },
} as const;

export type Limit = keyof typeof LIMITS;
export type LimitBindings = Readonly<Record<(typeof LIMITS)[Limit]['binding'], RateLimit>>;
export type Limiters = Readonly<Record<Limit, RateLimit>>;

/** The period of every binding. How much of it is over the binding does not tell, so whoever is refused waits for all. */
export const PERIOD_SECONDS = 60;

/**
 * Refuses whoever spent this limit. It counts by purpose and client, never by path, so that no other spelling of a path
 * is another budget.
 */
export function limitBy({ limits }: Deps, limit: Limit, clientOf: (c: Context<AppEnv>) => string) {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (await isSpent(limits[limit], `${limit}:${clientOf(c)}`, limit, c.get('requestId'))) {
      throw new AppError('RATE_LIMIT_EXCEEDED', {
        reason: `limit_${limit}`,
        retryAfter: PERIOD_SECONDS,
        limit: LIMITS[limit].perMinute,
      });
    }
    await next();
  });
}

/** Cloudflare sets this header itself, and strips a client's own; every other that names an address is the client's word. */
export function byAddress(c: Context<AppEnv>): string {
  return addressKey(c.req.header('CF-Connecting-IP') ?? '') ?? 'unknown';
}

/** Behind the guard only. */
export function byUser(c: Context<AppEnv>): string {
  return c.get('principal').userId;
}

/** A limiter that fails, or is not bound, stops nobody: a fence that is down must not close the road. It is logged. */
async function isSpent(limiter: RateLimit, key: string, limit: Limit, requestId: string): Promise<boolean> {
  try {
    const { success } = await limiter.limit({ key });
    return !success;
  } catch (error) {
    const kind = error instanceof Error ? error.name : typeof error; // its message could hold the key
    console.error(JSON.stringify({ level: 'error', event: 'limiter_failed', request_id: requestId, limit, kind }));
    return false;
  }
}
