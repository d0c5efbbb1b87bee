// `npm run unlock -- NAME --local` (or `--remote`): lifts the stop on an account's passwords. What its login gate counted
// is left behind, and the account goes on with a gate that has counted nothing.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const [name = '', ...rest] = process.argv.slice(2);
// The names that can be registered, an apostrophe of an e-mail address included, which SQL doubles.
if (!/^[\w.+@'!#$%&*/=?^`{|}~-]{3,254}$/.test(name) || !rest.some((flag) => /^--(local|remote)$/.test(flag))) {
  console.error('Usage: npm run unlock -- NAME --local|--remote   (NAME is a user name or an e-mail address)');
  process.exit(2);
}
const column = name.includes('@') ? 'email' : 'username';
const sql = `UPDATE user SET gate_epoch = gate_epoch + 1 WHERE ${column} = '${name.replaceAll("'", "''")}' RETURNING username`;

const root = join(import.meta.dirname, '..');
const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [wrangler, 'd1', 'execute', 'edge-auth', '--json', '--command', sql, ...rest],
  {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  },
);
if (status !== 0) {
  console.error(stdout + stderr);
  process.exit(1);
}
const found = JSON.parse(stdout.slice(stdout.indexOf('['))).flatMap(({ results }: { results: object[] }) => results);
console.log(found.length === 1 ? `Unlocked ${name}.` : `There is no user ${name}.`);
process.exit(found.length === 1 ? 0 : 1);
