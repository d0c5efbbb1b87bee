import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { AppEnv } from '../http/context.ts';
import { describe } from '../http/describe.ts';
import { describePolicy, Policy } from './policy.ts';

export function policyRoutes({ config }: Deps) {
  return new Hono<AppEnv>().get(
    '/.well-known/auth-policy',
    describe({
      operationId: 'authPolicy',
      tag: 'Service',
      access: 'open',
      summary: 'Lifetimes, limits and costs',
      answer: [200, Policy],
    }),
    (c) => c.json(describePolicy(config)),
  );
}
