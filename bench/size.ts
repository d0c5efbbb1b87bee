// What is deployed, and how long a new isolate takes until its first answer: ours, better-auth, and the least that Hono can be.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ask, inTurns, type Report, ROOT, serve, spread } from './harness.ts';
import { COMPATIBILITY_DATE } from './workers/settings.ts';

const ROUNDS = 40;
const WORKERS = {
  'edge-auth': 'src/worker.ts',
  'better-auth': 'bench/peers/better-auth.ts',
  'smallest Hono': 'bench/peers/smallest.ts',
};
type Name = keyof typeof WORKERS;
type Metafile = { outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }> };

const run = promisify(execFile);

/** The bundle as `wrangler deploy --minify` would send it, without this repository's other settings. */
async function bundle(main: string) {
  const folder = await mkdtemp(join(tmpdir(), 'edge-auth-size-'));
  const [config, metafile] = [join(folder, 'wrangler.json'), join(folder, 'meta.json')];
  const settings = { name: 'bench', main: join(ROOT, main), compatibility_date: COMPATIBILITY_DATE };
  await writeFile(config, JSON.stringify({ ...settings, compatibility_flags: ['nodejs_compat'] }));
  const output = ['--dry-run', '--minify', '--outdir', folder, '--metafile', metafile];
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');
  await run(process.execPath, [wrangler, 'deploy', '--config', config, ...output]);
  const code = await readFile(join(folder, basename(main).replace(/\.ts$/, '.js')), 'utf8');
  const { outputs }: Metafile = JSON.parse(await readFile(metafile, 'utf8'));
  await rm(folder, { recursive: true });
  const modules = Object.values(outputs).flatMap(({ inputs }) => Object.values(inputs));
  return { code, modules: modules.filter(({ bytesInOutput }) => bytesInOutput > 0).length };
}

export async function size(): Promise<Report> {
  const { url, stop } = await serve('bench/workers/isolate.ts', 'loader');
  const rows: Report['rows'] = {};
  for (const [name, main] of Object.entries(WORKERS)) {
    const { code, modules } = await bundle(main);
    await ask(`${url}/${encodeURIComponent(name)}`, { method: 'PUT', body: code });
    rows[name] = { KiB: code.length / 1024, 'KiB gzipped': gzipSync(code).length / 1024, modules };
  }
  const start = (name: Name | '') => () => ask(`${url}/${encodeURIComponent(name)}`);
  const samples = await inTurns(
    {
      nothing: start(''),
      'edge-auth': start('edge-auth'),
      'better-auth': start('better-auth'),
      'smallest Hono': start('smallest Hono'),
    },
    ROUNDS,
  );
  await stop();
  for (const name of Object.keys(WORKERS) as Name[]) {
    const took = spread(samples[name].map((ms, round) => ms - (samples.nothing[round] ?? 0)));
    Object.assign(rows[name] ?? {}, { 'start (ms)': took.median, min: took.min, max: took.max });
  }
  const of = (name: Name, figure: string) => rows[name]?.[figure] ?? Number.NaN;
  const bars = (figure: string) =>
    (Object.keys(WORKERS) as Name[]).map((name) => ({
      name,
      value: of(name, figure),
      ...(name === 'edge-auth' && { ours: true as const }),
    }));
  return {
    title: 'Size and start',
    rows,
    ratios: [
      { name: 'KiB gzipped', value: of('edge-auth', 'KiB gzipped'), aim: { atMost: 70 } },
      {
        name: 'KiB gzipped, better-auth / ours',
        value: of('better-auth', 'KiB gzipped') / of('edge-auth', 'KiB gzipped'),
      },
      { name: 'start, better-auth / ours', value: of('better-auth', 'start (ms)') / of('edge-auth', 'start (ms)') },
      { name: 'start, ours / smallest Hono', value: of('edge-auth', 'start (ms)') / of('smallest Hono', 'start (ms)') },
    ],
    panels: [
      { title: 'Worker, gzipped', unit: 'KiB', bars: bars('KiB gzipped') },
      { title: 'A new isolate, to its first answer', unit: 'ms', bars: bars('start (ms)') },
    ],
  };
}
