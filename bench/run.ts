// `npm run bench`, or `npm run bench -- NAME …`: each measurement beside its peers, in one run. What is found stays in
// `results/`, one file a measurement, and `ratios.svg` draws the newest of each.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { flood } from './flood.ts';
import { growth } from './growth.ts';
import type { Aim, Figures, Report } from './harness.ts';
import { http } from './http.ts';
import { login } from './login.ts';
import { plot } from './plot.ts';
import { session } from './session.ts';
import { size } from './size.ts';
import { token } from './token.ts';

const MEASUREMENTS = { token, http, login, flood, session, growth, size };
const RESULTS = join(import.meta.dirname, 'results');

const names = Object.keys(MEASUREMENTS) as (keyof typeof MEASUREMENTS)[];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  console.error(`No measurement named ${unknown.join(', ')}; there are ${names.join(', ')}.`);
  process.exit(2);
}

Object.assign(process.env, {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'false',
});

const machine = `${cpus().length} x ${cpus()[0]?.model.trim()} (${arch()})`;
console.log(`${machine}, in workerd`);
await mkdir(RESULTS, { recursive: true });
for (const name of names.filter((known) => wanted.length === 0 || wanted.includes(known))) {
  const report = await MEASUREMENTS[name]();
  print(report);
  const measured = { machine, date: new Date().toISOString().slice(0, 10), ...report };
  await writeFile(resultFile(name), `${JSON.stringify(measured, roundNumbers, 2)}\n`);
}
const reports = await Promise.all(names.map(readReport));
await writeFile(join(RESULTS, 'ratios.svg'), plot(reports.flatMap((report) => report?.panels ?? [])));

function print({ title, rows, ratios }: Report): void {
  console.log(`\n${title}`);
  console.table(Object.fromEntries(Object.entries(rows).map(([row, figures]) => [row, rounded(figures)])));
  for (const { name, value, aim } of ratios) console.log(`  ${name}: ${value.toFixed(2)}${judge(value, aim)}`);
}

function judge(value: number, aim: Aim | undefined): string {
  if (!aim) return '';
  const [met, words] =
    'atMost' in aim
      ? [value <= aim.atMost, `at most ${aim.atMost}`]
      : [value >= aim.atLeast, `at least ${aim.atLeast}`];
  return ` (aim: ${words}${met ? '' : '; missed'})`;
}

function rounded(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toFixed(2))]));
}

function roundNumbers(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(3)) : value;
}

function resultFile(name: string): string {
  return join(RESULTS, `${name}.json`);
}

async function readReport(name: string): Promise<Report | undefined> {
  const text = await readFile(resultFile(name), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
