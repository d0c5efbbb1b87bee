// The one door to D1, and the one place that tells a database that is away from a mistake of ours.

import { DrizzleQueryError } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import * as schema from './schema.ts';

export type Database = DrizzleD1Database<typeof schema>;

export function openDatabase(binding: D1Database): Database {
  return drizzle(binding, { schema });
}

/** Whether D1 could not be reached or could not answer: the caller may repeat. A constraint or a wrong statement is neither. */
export function isDatabaseAway(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return (
    cause instanceof Error &&
    /^D1_/.test(cause.message) &&
    !/SQLITE_(CONSTRAINT|ERROR|MISMATCH|TOOBIG)/.test(cause.message)
  );
}
