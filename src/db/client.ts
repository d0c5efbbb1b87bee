// The one door to D1, and the one place that tells a database that is away from a mistake of ours.

import { DrizzleQueryError } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import * as schema from './schema.ts';

export type Database = DrizzleD1Database<typeof schema>;

export function openDatabase(binding: D1Database): Database {
  return drizzle(binding, { schema });
}

/** SQLite's classes that are a mistake of ours, or a rule that held; repeating changes neither. */
const OURS = /SQLITE_(CONSTRAINT|ERROR|MISMATCH|TOOBIG|RANGE)|too many SQL variables/;
/** What the platform says when it lost D1, with D1's prefix or without. */
const LOST = /^D1_ERROR:|Network connection lost|caused object to be reset|code was updated|overloaded|Internal error/i;

/** Whether D1 could not be reached or could not answer, so that the caller may repeat. */
export function isDatabaseAway(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof Error && LOST.test(cause.message) && !OURS.test(cause.message);
}

/** How long a lost write waits before it is repeated: at most so long, at random, so that not all come back at once. */
const MAX_PAUSE_MS = 50;

/**
 * Runs a write, and once more where D1 was lost: its reply may have been lost after the commit. So the write must mean
 * the same the second time, and its success be read from what is there afterwards. D1 repeats reads by itself.
 */
export async function repeatIfLost<T>(write: (repeated: boolean) => Promise<T>): Promise<T> {
  try {
    return await write(false);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_PAUSE_MS));
    return write(true);
  }
}
