// A whole login over HTTP, beside the hash that it cannot do without.

import { ask, inTurns, postJson, serve, spread } from './harness.ts';

const ROUNDS = 7;

export async function login() {
  const [service, bare] = await Promise.all([serve('src/worker.ts'), serve('bench/worker.ts')]);
  const user = { username: 'bench', email: 'bench@example.com', password: 'secure_password' };
  await ask(`${service.url}/api/auth/register`, postJson(user));
  const samples = await inTurns(
    {
      noble: () => ask(`${bare.url}/hash/noble?times=1`),
      sliced: () => ask(`${bare.url}/hash/sliced?times=1`),
      login: () => ask(`${service.url}/api/auth/login`, postJson(user)),
    },
    ROUNDS,
  );
  await Promise.all([service.stop(), bare.stop()]);
  const [noble, sliced, whole] = [spread(samples.noble), spread(samples.sliced), spread(samples.login)];
  return {
    title: 'Log in, 600,000 iterations (ms)',
    rows: { "noble's pbkdf2": noble, 'the same in slices': sliced, 'edge-auth login': whole },
    ratios: [{ name: 'login / bare noble pbkdf2', value: whole.median / noble.median, aim: 'at most 1.3' }],
  };
}
