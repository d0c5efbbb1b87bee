// Workers to measure, and how: in turns, so that a noisy moment hits all alike; medians with their spread.

import { join } from 'node:path';
import { createTestHarness, type TestHarness } from 'wrangler';
import { LIMITS, PERIOD_SECONDS } from '../src/http/rate-limit.ts';
import { COMPATIBILITY_DATE, SECRET } from './workers/settings.ts';

export const ROOT = join(import.meta.dirname, '..');
export const USER = { username: 'bench', name: 'bench', email: 'bench@example.com', password: 'secure_password' };

export type Aim = { atMost: number } | { atLeast: number };
export type Figures = Record<string, number>;
/** What one measurement found. */
export type Report = {
  title: string;
  rows: Record<string, Figures>;
  ratios: { name: string; value: number; aim?: Aim }[];
  /** For the plot: what is drawn beside what, in one unit; ours are marked. */
  panels: { title: string; unit: string; bars: { name: string; value: number; ours?: true }[] }[];
};

/** `execute` runs SQL in the Worker's database, one statement after the other. */
export type Bench = { url: string; execute: (...sql: string[]) => Promise<void>; stop: () => Promise<void> };

const DATABASE = { binding: 'DB', database_name: 'bench', database_id: 'bench' };
const SERVICE = {
  vars: { JWT_SECRET_KEY: SECRET },
  d1_databases: [{ ...DATABASE, migrations_dir: join(ROOT, 'migrations') }],
  assets: { directory: join(ROOT, 'assets'), binding: 'ASSETS', run_worker_first: true },
  durable_objects: { bindings: [{ name: 'LOGIN_GATE', class_name: 'LoginGate' }] },
  // The limiters are asked, as in production, and never refuse.
  ratelimits: Object.values(LIMITS).map(({ binding }) => ({
    name: binding,
    namespace_id: binding,
    simple: { limit: 1_000_000_000, period: PERIOD_SECONDS },
  })),
  migrations: [{ tag: 'v1', new_sqlite_classes: ['LoginGate'] }],
};
/** The service with its database, assets and gates; a peer with a database of its own; nothing but code; or what starts Workers. */
const BINDINGS = {
  service: SERVICE,
  database: { d1_databases: [DATABASE] },
  bare: {},
  loader: { worker_loaders: [{ binding: 'LOADER' }] },
};
type Kind = keyof typeof BINDINGS;

/** A Worker in a workerd of its own; a database is empty, the service's migrated. `main` is relative to the repository. */
export async function serve(main: string, kind: Kind): Promise<Bench> {
  const harness: TestHarness = createTestHarness({
    root: ROOT,
    workers: [
      {
        config: {
          name: 'bench',
          main: join(ROOT, main),
          compatibility_date: COMPATIBILITY_DATE,
          // Peers need Node's modules; ours does without, but shares a Worker with them where tokens are measured.
          ...(kind === 'service' ? {} : { compatibility_flags: ['nodejs_compat'] }),
          ...BINDINGS[kind],
        },
      },
    ],
  });
  const { url } = await harness.listen();
  if (kind === 'service') await harness.getWorker().applyD1Migrations('DB');
  return {
    url: url.href.replace(/\/$/, ''),
    execute: async (...statements) => {
      const { DB } = await harness.getWorker<{ DB: D1Database }>().getEnv();
      for (const sql of statements) await DB.prepare(sql).run();
    },
    stop: () => harness.close(),
  };
}

export type Spread = { median: number; min: number; max: number };

export function spread(samples: readonly number[]): Spread {
  return { median: quantile(samples, 0.5), min: quantile(samples, 0), max: quantile(samples, 1) };
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

/** Of one statement, which workerd ends after a while. */
const ROWS = 50_000;

/** Statements that insert rows numbered from 1, by SQL expressions of the number `n`. */
export function insertEach(total: number, into: string, values: string): string[] {
  return Array.from({ length: Math.ceil(total / ROWS) }, (_, page) => {
    const [first, last] = [page * ROWS + 1, Math.min(total, (page + 1) * ROWS)];
    return `WITH RECURSIVE one (n) AS (VALUES (${first}) UNION ALL SELECT n + 1 FROM one WHERE n < ${last})
      INSERT INTO ${into} SELECT ${values} FROM one`;
  });
}

export function postJson(body: object): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

export function bearer(token: string): RequestInit {
  return { headers: { Authorization: `Bearer ${token}` } };
}

/** Registers the user and logs in. */
export async function openAccount({ url }: Bench): Promise<{ access_token: string; refresh_token: string }> {
  await ask(`${url}/api/auth/register`, postJson(USER));
  return JSON.parse(await ask(`${url}/api/auth/login`, postJson(USER)));
}
