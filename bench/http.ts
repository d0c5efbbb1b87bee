// A guarded route beside the same route unguarded, over HTTP, by 32 connections that ask as fast as they are answered.
// The client is Node on the same machine and takes its share of it: the pure cost of the guard stands in `session`.

import { Agent, get } from 'node:http';
import { ask, quantile, type Report, serve, spread } from './harness.ts';

const CONNECTIONS = 32;
const SECONDS = 2;
const ROUNDS = 13;
const TARGETS = ['open', 'guarded/0', 'guarded/100000'] as const;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

function request(url: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { Authorization: `Bearer ${token}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().on('end', resolve);
    }).on('error', reject);
  });
}

/** Milliseconds of every request. */
async function load(url: string, token: string, seconds: number): Promise<number[]> {
  const end = performance.now() + seconds * 1000;
  const samples: number[] = [];
  const connection = async () => {
    while (performance.now() < end) {
      const started = performance.now();
      await request(url, token);
      samples.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return samples;
}

export async function http(): Promise<Report> {
  const { url, stop } = await serve('bench/workers/guarded-route.ts', 'bare');
  const token = await ask(`${url}/token`);
  for (const target of TARGETS) await load(`${url}/${target}`, token, SECONDS);
  const rates: Record<string, number[]> = {};
  const times: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const target of TARGETS) {
      const samples = await load(`${url}/${target}`, token, SECONDS);
      rates[target] = [...(rates[target] ?? []), samples.length / SECONDS];
      times[target] = (times[target] ?? []).concat(samples);
    }
  }
  agent.destroy();
  await stop();
  const rate = (target: (typeof TARGETS)[number]) => spread(rates[target] ?? []).median;
  /** Of the rounds' own ratios: whatever else the machine did in a round, it did to both. */
  const beside = (target: (typeof TARGETS)[number]) =>
    spread((rates[target] ?? []).map((found, round) => found / (rates.open?.[round] ?? Number.NaN))).median;
  const row = (target: (typeof TARGETS)[number]) => {
    const { median, min, max } = spread(rates[target] ?? []);
    const took = times[target] ?? [];
    return { 'requests/s': median, min, max, 'p50 (ms)': quantile(took, 0.5), 'p99 (ms)': quantile(took, 0.99) };
  };
  return {
    title: `One route, ${CONNECTIONS} connections`,
    rows: { open: row('open'), guarded: row('guarded/0'), 'guarded, 100,000 revoked sessions': row('guarded/100000') },
    ratios: [
      { name: 'requests/s, guarded / open', value: beside('guarded/0'), aim: { atLeast: 0.95 } },
      {
        name: 'requests/s, guarded with 100,000 revoked / open',
        value: beside('guarded/100000'),
        aim: { atLeast: 0.95 },
      },
    ],
    panels: [
      {
        title: 'A route, 32 connections',
        unit: 'requests/s',
        bars: [
          { name: 'unguarded', value: rate('open') },
          { name: 'guarded', value: rate('guarded/0'), ours: true },
          { name: '100,000 revoked', value: rate('guarded/100000'), ours: true },
        ],
      },
    ],
  };
}
