// `npm run bench`, or `npm run bench -- NAME …`: each measurement beside its peers, in one run.

import { arch, cpus } from 'node:os';
import { flood } from './flood.ts';
import { login } from './login.ts';
import { session } from './session.ts';
import { verify } from './verify.ts';

const MEASUREMENTS = { verify, login, flood, session };

const names = Object.keys(MEASUREMENTS) as (keyof typeof MEASUREMENTS)[];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  console.error(`No measurement named ${unknown.join(', ')}; there are ${names.join(', ')}.`);
  process.exit(2);
}

process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
process.env.CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV = 'false';

console.log(`${cpus().length} x ${cpus()[0]?.model.trim()} (${arch()}), in workerd`);
for (const name of names.filter((known) => wanted.length === 0 || wanted.includes(known))) {
  const { title, rows, ratios } = await MEASUREMENTS[name]();
  console.log(`\n${title}`);
  console.table(Object.fromEntries(Object.entries(rows).map(([row, figures]) => [row, rounded(figures)])));
  for (const { name: ratio, value, aim } of ratios) console.log(`  ${ratio}: ${value.toFixed(2)} (aim: ${aim})`);
}

function rounded(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toFixed(2))]));
}
