// How long a protected GET waits while logins come in at a steady rate, answered or not: ours beside a Worker that hashes
// in the request, with the clock running and, as while a Worker computes in production, standing still.

import { ask, type Bench, bearer, openAccount, postJson, quantile, type Report, serve, USER } from './harness.ts';

const SECONDS = 10;
const GETS_PER_SECOND = 40;
const LOGINS_PER_SECOND = [0, 1, 8, 50];
/** Whoever has waited for so long has waited too long to go on. */
const PATIENCE_MS = 30_000;

const WORKERS = {
  'edge-auth, clock running': () => serve('src/worker.ts', 'service'),
  'edge-auth, clock frozen': () => serve('bench/workers/frozen.ts', 'service'),
  'naive, clock running': () => serve('bench/peers/naive.ts', 'database'),
  'naive, clock frozen': () => serve('bench/peers/naive-frozen.ts', 'database'),
};

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** Sends at a steady rate for the whole time. */
async function offer<T>(perSecond: number, send: () => Promise<T>): Promise<Promise<T>[]> {
  const sent: Promise<T>[] = [];
  const started = performance.now();
  while (sent.length < perSecond * SECONDS) {
    sent.push(send());
    await sleep(started + (sent.length * 1000) / perSecond - performance.now());
  }
  return sent;
}

async function timeGet(url: string, token: string): Promise<number> {
  const started = performance.now();
  const signal = AbortSignal.timeout(PATIENCE_MS);
  await ask(`${url}/api/auth/me`, { ...bearer(token), signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return performance.now() - started;
}

/** The status, or 0 where the flood was over first. */
async function tryLogin(url: string, signal: AbortSignal): Promise<number> {
  try {
    const response = await fetch(`${url}/api/auth/login`, { ...postJson(USER), signal });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

async function measure(bench: Bench, loginsPerSecond: number) {
  const { url } = bench;
  const { access_token: token } = await openAccount(bench);
  for (let i = 0; i < 100; i++) await timeGet(url, token);
  const over = new AbortController();
  const [gets, logins] = await Promise.all([
    offer(GETS_PER_SECOND, () => timeGet(url, token)),
    offer(loginsPerSecond, () => tryLogin(url, over.signal)),
  ]);
  const samples = await Promise.all(gets);
  over.abort();
  const statuses = await Promise.all(logins);
  await bench.stop();
  const count = (status: number) => statuses.filter((found) => found === status).length;
  return {
    p50: quantile(samples, 0.5),
    p99: quantile(samples, 0.99),
    max: quantile(samples, 1),
    'logins 200': count(200),
    '503': count(503),
    unanswered: count(0),
  };
}

export async function flood(): Promise<Report> {
  const rows: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  for (const rate of LOGINS_PER_SECOND) {
    for (const [name, open] of Object.entries(WORKERS))
      rows[`${name}, ${rate} logins/s`] = await measure(await open(), rate);
  }
  const p99 = (name: keyof typeof WORKERS, rate: number) => rows[`${name}, ${rate} logins/s`]?.p99 ?? Number.NaN;
  const ratio = (name: keyof typeof WORKERS, rate: number) => p99(name, rate) / p99(name, 0);
  const names = Object.keys(WORKERS) as (keyof typeof WORKERS)[];
  return {
    title: 'GET /api/auth/me while logins are offered (ms)',
    rows,
    ratios: names.flatMap((name) =>
      LOGINS_PER_SECOND.slice(1).map((rate) => ({
        name: `p99 of GET, ${name}, ${rate} logins/s / idle`,
        value: ratio(name, rate),
        ...(name.startsWith('edge-auth') && { aim: { atMost: 2 } }),
      })),
    ),
    panels: [
      {
        title: 'GET beside 8 logins/s, p99',
        unit: 'ms',
        bars: [
          { name: 'edge-auth', value: p99('edge-auth, clock running', 8), ours: true },
          { name: '  clock frozen', value: p99('edge-auth, clock frozen', 8), ours: true },
          { name: 'hash in the request', value: p99('naive, clock running', 8) },
          { name: '  clock frozen', value: p99('naive, clock frozen', 8) },
        ],
      },
    ],
  };
}
