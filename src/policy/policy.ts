// What this service promises and demands, in numbers: the very constants that it runs on.

import * as v from 'valibot';
import { AUDIT_RETENTION_SECONDS } from '../audit/queries.ts';
import type { Config } from '../config.ts';
import { MAX_PASSWORD_BYTES } from '../crypto/password.ts';
import { LIMITS } from '../http/rate-limit.ts';
import * as budget from '../login-gate/budget.ts';
import { MAX_SESSIONS } from '../session/queries.ts';
import { MAX_AGE_MS, REVOCATION_BOUND_MS } from '../session/revocation-list.ts';

export const Policy = v.object({
  access_token: v.object({ algorithm: v.string(), lifetime_seconds: v.number() }),
  session: v.object({
    idle_seconds: v.number(),
    absolute_seconds: v.number(),
    refresh_grace_seconds: v.number(),
    max_per_user: v.number(),
  }),
  revocation: v.object({ bound_seconds: v.number(), bound_seconds_while_database_away: v.number() }),
  password: v.object({
    min_length: v.number(),
    max_bytes: v.number(),
    common_refused: v.boolean(),
    hash: v.object({ algorithm: v.string(), iterations: v.number() }),
  }),
  guesses: v.object({
    free_failures: v.number(),
    rest_seconds: v.number(),
    first_delay_seconds: v.number(),
    max_delay_seconds: v.number(),
    max_consecutive: v.number(),
    max_in_all: v.number(),
  }),
  requests_per_minute: v.record(v.string(), v.number()),
  audit: v.object({ retention_seconds: v.number() }),
});

export function describePolicy(config: Config): v.InferOutput<typeof Policy> {
  return {
    access_token: { algorithm: config.jwt.algorithm, lifetime_seconds: config.jwt.lifetimeSeconds },
    session: {
      idle_seconds: config.session.idleSeconds,
      absolute_seconds: config.session.absoluteSeconds,
      refresh_grace_seconds: config.session.graceSeconds,
      max_per_user: MAX_SESSIONS,
    },
    revocation: {
      bound_seconds: REVOCATION_BOUND_MS / 1000,
      bound_seconds_while_database_away: MAX_AGE_MS / 1000,
    },
    password: {
      min_length: config.passwordMinLength,
      max_bytes: MAX_PASSWORD_BYTES,
      common_refused: true,
      hash: { algorithm: 'pbkdf2-sha256', iterations: config.pbkdf2Iterations },
    },
    guesses: {
      free_failures: budget.FREE_FAILURES,
      rest_seconds: budget.REST_SECONDS,
      first_delay_seconds: budget.FIRST_DELAY_SECONDS,
      max_delay_seconds: budget.MAX_DELAY_SECONDS,
      max_consecutive: budget.MAX_CONSECUTIVE,
      max_in_all: budget.MAX_IN_ALL,
    },
    requests_per_minute: Object.fromEntries(Object.entries(LIMITS).map(([name, { perMinute }]) => [name, perMinute])),
    audit: { retention_seconds: AUDIT_RETENTION_SECONDS },
  };
}
