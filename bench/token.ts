// Tokens signed and verified: ours, the peers, and the bare MAC that none can do without. Nobody caches a token.

import { ask, inTurns, type Report, type Spread, serve, spread } from './harness.ts';

const TIMES = 20_000;
const ROUNDS = 9;

const LIBRARIES = ['bare', 'ours', 'jose', 'hono', 'hono-key', 'fast-jwt', 'jsonwebtoken'] as const;
const NAMES: Record<(typeof LIBRARIES)[number], string> = {
  bare: 'the MAC alone',
  ours: 'edge-auth',
  jose: 'jose',
  hono: 'hono/jwt',
  'hono-key': 'hono/jwt, CryptoKey',
  'fast-jwt': 'fast-jwt',
  jsonwebtoken: 'jsonwebtoken',
};
const SUBJECTS = ['HS256/small', 'HS256/2KB', 'HS512/small', 'HS512/2KB'];

/** Microseconds of each library, all of them in turns. */
async function time(url: string, work: string): Promise<Record<(typeof LIBRARIES)[number], Spread>> {
  const asks = LIBRARIES.map((library) => [library, () => ask(`${url}/${work}/${library}?times=${TIMES}`)]);
  const samples = await inTurns(Object.fromEntries(asks), ROUNDS);
  const spreads = LIBRARIES.map((library) => [
    library,
    spread((samples[library] ?? []).map((ms) => (ms * 1000) / TIMES)),
  ]);
  return Object.fromEntries(spreads);
}

export async function token(): Promise<Report> {
  const { url, stop } = await serve('bench/workers/tokens-and-hashes.ts', 'bare');
  const rows: Report['rows'] = {};
  const ratios: Report['ratios'] = [];
  const panels: Report['panels'] = [];
  for (const subject of SUBJECTS) {
    for (const act of ['sign', 'verify']) {
      const took = await time(url, `${subject}/${act}`);
      for (const library of LIBRARIES) rows[`${act} ${subject} ${library}`] = took[library];
      const ours = took.ours.median;
      const main = act === 'verify' && subject === 'HS256/small';
      ratios.push(
        {
          name: `${act} ${subject}: ours / bare MAC`,
          value: ours / took.bare.median,
          ...(main && { aim: { atMost: 2.2 } }),
        },
        {
          name: `${act} ${subject}: jose / ours`,
          value: took.jose.median / ours,
          ...(main && { aim: { atLeast: 1.8 } }),
        },
        {
          name: `${act} ${subject}: hono/jwt / ours`,
          value: took.hono.median / ours,
          ...(main && { aim: { atLeast: 2.3 } }),
        },
      );
      if (subject === 'HS256/small') {
        panels.push({
          title: `${act} a token, HS256`,
          unit: 'µs',
          bars: LIBRARIES.map((library) => ({
            name: NAMES[library],
            value: took[library].median,
            ...(library === 'ours' && { ours: true as const }),
          })),
        });
      }
    }
  }
  await stop();
  return { title: 'Sign and verify one token (µs)', rows, ratios, panels: panels.reverse() };
}
