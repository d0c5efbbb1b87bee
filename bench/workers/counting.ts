// The service, which also tells in a header how many rows each request read and wrote: D1's own `meta`, added up.

import type { Bindings } from '../../src/deps.ts';
import service from '../../src/worker.ts';

export { LoginGate } from '../../src/worker.ts';

const counted = { read: 0, written: 0 };

function count<T extends D1Result>(result: T): T {
  counted.read += result.meta.rows_read;
  counted.written += result.meta.rows_written;
  return result;
}

type Watched = D1PreparedStatement & { inner: D1PreparedStatement };

/** Drizzle asks for rows as arrays, which D1 gives without a meta: a read is asked twice, and a write for objects. */
function watch(inner: D1PreparedStatement, sql: string): Watched {
  const raw = async () => {
    const { results } = count(await inner.all<Record<string, unknown>>());
    return /^\s*(select|with)\b/i.test(sql) ? inner.raw() : results.map((row) => Object.values(row));
  };
  return {
    inner,
    bind: (...values: unknown[]) => watch(inner.bind(...values), sql),
    all: async () => count(await inner.all()),
    run: async () => count(await inner.run()),
    raw,
  } as unknown as Watched;
}

function watchD1(real: D1Database): D1Database {
  return {
    prepare: (sql: string) => watch(real.prepare(sql), sql),
    batch: async (statements: Watched[]) => (await real.batch(statements.map(({ inner }) => inner))).map(count),
  } as unknown as D1Database;
}

export default {
  async fetch(request, bindings, context) {
    Object.assign(counted, { read: 0, written: 0 });
    const answer = await service.fetch(request, { ...bindings, DB: watchD1(bindings.DB) }, context);
    const headers = new Headers(answer.headers);
    headers.set('X-Rows', `${counted.read} ${counted.written}`);
    return new Response(answer.body, { status: answer.status, headers });
  },
} satisfies ExportedHandler<Bindings>;
