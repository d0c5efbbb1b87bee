// `npm start`: settings checked, migrations applied, then `wrangler dev` with further arguments handed on.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { ConfigError, readConfig, SETTINGS } from '../src/config.ts';

const root = join(import.meta.dirname, '..');
const wranglerBin = join(root, 'node_modules/wrangler/bin/wrangler.js');
const dotEnv = join(root, '.env');
const passedOn = process.argv.slice(2);

// Quiet and without any network: no metrics, no look-up of cf data, no registry shared with other servers.
const scratch = join(root, '.wrangler');
mkdirSync(scratch, { recursive: true });
const runFolder = mkdtempSync(join(scratch, 'start-'));
process.on('exit', () => rmSync(runFolder, { recursive: true, force: true }));
const quiet = {
  ...process.env,
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CLOUDFLARE_INCLUDE_PROCESS_ENV: 'false',
  CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'true',
  MINIFLARE_REGISTRY_PATH: runFolder,
};

if (!existsSync(dotEnv)) {
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const secret = randomBytes(48).toString('base64url');
  writeFileSync(dotEnv, example.replace(/^JWT_SECRET_KEY=.*$/m, `JWT_SECRET_KEY=${secret}`), { mode: 0o600 });
  console.log('Made .env with a random JWT_SECRET_KEY.');
}

// What the shell exports wins over .env; nothing but the settings is taken from either.
const fromFile = parseEnv(readFileSync(dotEnv, 'utf8'));
const settings: Record<string, string> = { ENVIRONMENT: 'development' };
for (const name of SETTINGS) {
  const value = process.env[name] || fromFile[name];
  if (value) settings[name] = value;
}
try {
  readConfig(settings);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(
    ['These settings cannot be used (shell or .env; .env.example explains them):', ...error.problems].join('\n  '),
  );
  process.exit(1);
}

const { values } = parseArgs({
  args: passedOn,
  options: {
    'persist-to': { type: 'string' },
    persistTo: { type: 'string' },
    ip: { type: 'string' },
    'local-protocol': { type: 'string' },
  },
  strict: false,
});
const persistTo = values['persist-to'] ?? values.persistTo;
const protocol = values['local-protocol'] ?? 'http';
const host = typeof values.ip === 'string' && /[1-9]/.test(values.ip) ? values.ip : 'localhost';
const migrated = spawnSync(
  process.execPath,
  [
    wranglerBin,
    'd1',
    'migrations',
    'apply',
    'edge-auth',
    '--local',
    ...(persistTo ? [`--persist-to=${persistTo}`] : []),
  ],
  { cwd: root, env: quiet, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
);
if (migrated.status !== 0) {
  console.error(`The migrations could not be applied:\n${migrated.stdout}${migrated.stderr}`);
  process.exit(1);
}

// Secrets reach wrangler by a file that only this user can read, since arguments are visible to everybody on the machine.
const settingsFile = join(runFolder, 'settings.env');
const quoted = Object.entries(settings).map(([name, value]) => `${name}=${quote(name, value)}`);
writeFileSync(settingsFile, `${quoted.join('\n')}\n`, { mode: 0o600 });

const server = spawn(
  process.execPath,
  [wranglerBin, 'dev', `--env-file=${settingsFile}`, '--show-interactive-dev-session=false', ...passedOn],
  { cwd: root, env: quiet, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
);
server.on('message', async (message) => {
  const { event, port } = JSON.parse(String(message));
  if (event !== 'DEV_SERVER_READY') return;
  const address = `${protocol}://${host}:${port}`;
  const health = await fetch(`${address}/health`, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  if (health && !health.ok) {
    console.error(`The server does not serve: /health answers ${health.status}, for the reason above.`);
    server.kill();
    return;
  }
  const body = '{"username":"user@example.com","password":"secure_password","email":"user@example.com"}';
  console.log(`
Edge Auth serves on ${address}. Try:

  curl -i ${address}/api/auth/register -H 'Content-Type: application/json' -d '${body}'
`);
});
server.on('exit', (code, signal) => process.exit(signal === 'SIGINT' ? 0 : (code ?? 1)));
// npm hands a SIGTERM to the shell between it and this script, and no further: all that one sees is that it is gone.
const parent = process.ppid;
setInterval(() => process.ppid === parent || server.kill('SIGTERM'), 500).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => server.kill(signal));

/** The value as dotenv reads it back unchanged: in the quotes that it does not hold, no `$` expanded. */
function quote(name: string, value: string): string {
  const mark = ["'", '`'].find((candidate) => !value.includes(candidate));
  if (mark) return mark + value.replaceAll('$', '\\$') + mark;
  console.error(`${name} holds both ' and \`, which no .env file can carry.`);
  return process.exit(1);
}
