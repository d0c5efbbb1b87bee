// A whole login over HTTP, beside the hash that it cannot do without, and beside better-auth's with its own hash; and what
// a guess costs who has stolen the database.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, inTurns, postJson, type Report, ROOT, serve, spread, USER } from './harness.ts';

const ROUNDS = 9;

/**
 * Guesses a second of one RTX 4090, from hashcat 6.2.6's benchmark (gist.github.com/Chick3nman/32e662a5bb63bc4f51b847bb422222fd),
 * scaled in proportion: mode 10900, 8865.7 kH/s at 999 iterations; mode 8900, 7126 H/s at N = 16384, r = 8, p = 1.
 */
const GUESSES = {
  ours: (8_865_700 * 999) / 600_000,
  betterAuth: (7126 * 8) / 16, // its scrypt: N = 16384, r = 16, p = 1
};

/** better-auth takes no password without the origin that it was asked from. */
function postWithOrigin(body: object): RequestInit {
  return { ...postJson(body), headers: { 'Content-Type': 'application/json', Origin: 'http://localhost' } };
}

export async function login(): Promise<Report> {
  const [service, bare, peer] = await Promise.all([
    serve('src/worker.ts', 'service'),
    serve('bench/workers/tokens-and-hashes.ts', 'bare'),
    serve('bench/peers/better-auth.ts', 'database'),
  ]);
  const schema = await readFile(join(ROOT, 'bench/peers/better-auth.sql'), 'utf8');
  await peer.execute(...schema.split(';').filter((statement) => statement.trim() !== ''));
  await ask(`${service.url}/api/auth/register`, postJson(USER));
  await ask(`${peer.url}/api/auth/sign-up/email`, postWithOrigin(USER));
  const samples = await inTurns(
    {
      noble: () => ask(`${bare.url}/hash/noble?times=1`),
      sliced: () => ask(`${bare.url}/hash/sliced?times=1`),
      ours: () => ask(`${service.url}/api/auth/login`, postJson(USER)),
      betterAuth: () => ask(`${peer.url}/api/auth/sign-in/email`, postWithOrigin(USER)),
    },
    ROUNDS,
  );
  await Promise.all([service.stop(), bare.stop(), peer.stop()]);
  const [noble, sliced, ours, betterAuth] = [
    spread(samples.noble),
    spread(samples.sliced),
    spread(samples.ours),
    spread(samples.betterAuth),
  ];
  return {
    title: 'Log in (ms)',
    rows: {
      "noble's pbkdf2, 600,000 iterations": noble,
      'the same in slices': sliced,
      'edge-auth login': ours,
      'better-auth sign-in (scrypt of node:crypto)': betterAuth,
      'guesses/s of one RTX 4090: edge-auth': { median: GUESSES.ours },
      'guesses/s of one RTX 4090: better-auth': { median: GUESSES.betterAuth },
    },
    ratios: [
      { name: 'login / bare noble pbkdf2', value: ours.median / noble.median, aim: { atMost: 1.15 } },
      { name: 'slices / bare noble pbkdf2', value: sliced.median / noble.median },
      { name: 'login / better-auth sign-in', value: ours.median / betterAuth.median },
      { name: "attacker's guesses/s, edge-auth / better-auth", value: GUESSES.ours / GUESSES.betterAuth },
    ],
    panels: [
      {
        title: 'Log in',
        unit: 'ms',
        bars: [
          { name: "noble's pbkdf2 alone", value: noble.median },
          { name: 'edge-auth', value: ours.median, ours: true },
          { name: 'better-auth (scrypt)', value: betterAuth.median },
        ],
      },
    ],
  };
}
