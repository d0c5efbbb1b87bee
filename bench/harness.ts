// Workers to measure, and how: in turns, so that a noisy moment hits all alike; medians with their spread.

import { join } from 'node:path';
import { createTestHarness, type TestHarness } from 'wrangler';
import { LIMITS, PERIOD_SECONDS } from '../src/http/rate-limit.ts';

const root = join(import.meta.dirname, '..');
export const COMPATIBILITY_DATE = '2026-10-23';

type Main = 'bench/worker.ts' | 'bench/revoked.ts' | 'bench/frozen-clock.ts' | 'src/worker.ts';

/** `execute` runs one SQL statement in the service's database. */
export type Bench = { url: string; execute: (sql: string) => Promise<void>; stop: () => Promise<void> };

/** A Worker in a workerd of its own; the service comes with an empty, migrated database and its defaults. */
export async function serve(main: Main): Promise<Bench> {
  const service = main !== 'bench/worker.ts' && main !== 'bench/revoked.ts';
  const harness: TestHarness = createTestHarness({
    root,
    workers: [
      {
        config: {
          name: 'bench',
          main: join(root, main),
          compatibility_date: COMPATIBILITY_DATE,
          ...(service
            ? {
                vars: { JWT_SECRET_KEY: 'Jz4mQw8TbXc2Rf6YnLs0Vd7KpGh3UaEi' },
                d1_databases: [
                  {
                    binding: 'DB',
                    database_name: 'bench',
                    database_id: 'bench',
                    migrations_dir: join(root, 'migrations'),
                  },
                ],
                assets: { directory: join(root, 'assets'), binding: 'ASSETS', run_worker_first: true },
                durable_objects: { bindings: [{ name: 'LOGIN_GATE', class_name: 'LoginGate' }] },
                // The limiters are asked, as in production, and never refuse.
                ratelimits: Object.values(LIMITS).map(({ binding }) => ({
                  name: binding,
                  namespace_id: binding,
                  simple: { limit: 1_000_000_000, period: PERIOD_SECONDS },
                })),
                migrations: [{ tag: 'v1', new_sqlite_classes: ['LoginGate'] }],
              }
            : {}),
        },
      },
    ],
  });
  const { url } = await harness.listen();
  if (service) await harness.getWorker().applyD1Migrations('DB');
  return {
    url: url.href.replace(/\/$/, ''),
    execute: async (sql) => {
      const { DB } = await harness.getWorker<{ DB: D1Database }>().getEnv();
      await DB.prepare(sql).run();
    },
    stop: () => harness.close(),
  };
}

export type Spread = { median: number; min: number; max: number };

export function spread(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), min: sorted.at(0) ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** By the nearest rank. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** Milliseconds that each takes, in turns, after one turn that is not counted. */
export async function inTurns<Name extends string>(
  work: Record<Name, () => Promise<unknown>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(work) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const started = performance.now();
      await work[name]();
      if (round > 0) samples[name].push(performance.now() - started);
    }
  }
  return samples;
}

export async function ask(url: string, init?: RequestInit): Promise<string> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

export function postJson(body: object): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
