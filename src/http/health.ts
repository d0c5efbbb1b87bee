// Whether this service can serve: it can when its database answers, and in time.

import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { version } from '../../package.json';
import { user } from '../db/schema.ts';
import type { Deps } from '../deps.ts';
import type { AppEnv } from './context.ts';
import { describe } from './describe.ts';
import { RETRY_AFTER_SECONDS } from './respond.ts';

const DATABASE_TIMEOUT_MS = 2000;

const Health = v.object({
  status: v.picklist(['healthy', 'unhealthy']),
  version: v.string(),
  services: v.object({ database: v.picklist(['healthy', 'unhealthy']) }),
});

/** Whether the database answers, in time. */
export async function isHealthy({ db }: Deps): Promise<boolean> {
  const timeout = new Promise<false>((resolve) => setTimeout(resolve, DATABASE_TIMEOUT_MS, false));
  const query = db
    .select({ id: user.id })
    .from(user)
    .limit(1)
    .then(
      () => true,
      () => false,
    );
  return Promise.race([query, timeout]);
}

export function healthRoutes(deps: Deps) {
  const description = describe({
    operationId: 'health',
    tag: 'Service',
    access: 'open',
    summary: 'Whether the service and its database answer',
    answer: [200, Health],
    failure: [503, Health],
  });

  const answer = async (c: Context<AppEnv>) => {
    const status = (await isHealthy(deps)) ? 'healthy' : 'unhealthy';
    const body = { status, version, services: { database: status } } as const;
    if (status === 'healthy') return c.json(body);
    c.header('Retry-After', String(RETRY_AFTER_SECONDS));
    return c.json(body, 503);
  };
  return new Hono<AppEnv>().get('/health', description, answer).get('/api/health', description, answer);
}
