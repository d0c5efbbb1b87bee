// A D1 binding that a test can watch and break: every call to the database passes `around`.

import { env } from 'cloudflare:workers';

/** `call` reaches the database; before it nothing happened, after it everything is committed. */
export type Around = (call: () => Promise<unknown>, sql: readonly string[]) => Promise<unknown>;

export function watchD1(around: Around, real: D1Database = env.DB): D1Database {
  type Watched = { statement: D1PreparedStatement; sql: string };
  const inner = new WeakMap<object, Watched>();

  const watch = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const run = (method: 'all' | 'raw' | 'run' | 'first', args: unknown[]) =>
      around(() => (statement[method] as (...given: unknown[]) => Promise<unknown>)(...args), [sql]);
    const watched = {
      bind: (...values: unknown[]) => watch(statement.bind(...values), sql),
      all: (...args: unknown[]) => run('all', args),
      raw: (...args: unknown[]) => run('raw', args),
      run: (...args: unknown[]) => run('run', args),
      first: (...args: unknown[]) => run('first', args),
    } as D1PreparedStatement;
    inner.set(watched, { statement, sql });
    return watched;
  };

  return {
    prepare: (sql: string) => watch(real.prepare(sql), sql),
    batch: (statements: D1PreparedStatement[]) => {
      const known = statements.map((statement) => inner.get(statement) as Watched);
      return around(
        () => real.batch(known.map(({ statement }) => statement)),
        known.map(({ sql }) => sql),
      );
    },
  } as D1Database;
}

/** Counts the calls, and keeps their statements. */
export function countD1() {
  const calls: (readonly string[])[] = [];
  return {
    calls,
    db: watchD1((call, sql) => {
      calls.push(sql);
      return call();
    }),
  };
}
