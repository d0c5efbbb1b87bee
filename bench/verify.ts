// One access token verified: ours, the peers, and the bare MAC that none can do without.

import { ask, inTurns, serve, spread } from './harness.ts';

const TIMES = 20_000;
const ROUNDS = 15;

export async function verify() {
  const { url, stop } = await serve('bench/worker.ts');
  const work = (name: string) => () => ask(`${url}/verify/${name}?times=${TIMES}`);
  const samples = await inTurns(
    { bare: work('bare'), ours: work('ours'), jose: work('jose'), hono: work('hono') },
    ROUNDS,
  );
  await stop();
  const microseconds = (name: keyof typeof samples) =>
    spread(samples[name].map((milliseconds) => (milliseconds * 1000) / TIMES));
  const [bare, ours, jose, hono] = [
    microseconds('bare'),
    microseconds('ours'),
    microseconds('jose'),
    microseconds('hono'),
  ];
  return {
    title: 'Verify one token (µs)',
    rows: { 'bare subtle.verify': bare, 'edge-auth': ours, jose, 'hono/jwt': hono },
    ratios: [
      { name: 'edge-auth / bare MAC', value: ours.median / bare.median, aim: 'at most 2.5' },
      { name: 'jose / edge-auth', value: jose.median / ours.median, aim: 'at least 1.7' },
      { name: 'hono/jwt / edge-auth', value: hono.median / ours.median, aim: 'more than 1' },
    ],
  };
}
