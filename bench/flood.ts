// How long others wait while logins are hashed: a protected GET when all is quiet, and beside eight logins at a time.

import { ask, type Bench, postJson, quantile, serve } from './harness.ts';

const GETS = 400;
const LOGINS = 8;

const percentiles = (samples: readonly number[]) => ({
  median: quantile(samples, 0.5),
  p99: quantile(samples, 0.99),
  max: quantile(samples, 1),
});

async function timeGets(url: string, token: string, going: () => boolean): Promise<number[]> {
  const samples: number[] = [];
  while (going() && samples.length < GETS) {
    const started = performance.now();
    await ask(`${url}/api/auth/me`, { headers: { Authorization: `Bearer ${token}` } });
    samples.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return samples;
}

async function measure({ url, stop }: Bench) {
  const user = { username: 'bench', email: 'bench@example.com', password: 'secure_password' };
  await ask(`${url}/api/auth/register`, postJson(user));
  const { access_token: token } = JSON.parse(await ask(`${url}/api/auth/login`, postJson(user)));
  await timeGets(url, token, () => true);
  const idle = await timeGets(url, token, () => true);
  let waiting = true;
  const logins = Promise.all(
    Array.from({ length: LOGINS }, () => ask(`${url}/api/auth/login`, postJson(user))),
  ).finally(() => {
    waiting = false;
  });
  const busy = await timeGets(url, token, () => waiting);
  await logins;
  await stop();
  return { idle: percentiles(idle), busy: percentiles(busy) };
}

export async function flood() {
  const running = await measure(await serve('src/worker.ts'));
  const frozen = await measure(await serve('bench/frozen-clock.ts'));
  return {
    title: 'GET /api/auth/me (ms)',
    rows: {
      'idle, clock running': running.idle,
      'beside 8 logins, clock running': running.busy,
      'idle, clock frozen': frozen.idle,
      'beside 8 logins, clock frozen': frozen.busy,
    },
    ratios: [
      { name: 'p99 beside 8 logins, clock running (ms)', value: running.busy.p99, aim: 'under 60' },
      { name: 'p99 beside 8 logins, clock frozen (ms)', value: frozen.busy.p99, aim: 'under 60' },
    ],
  };
}
