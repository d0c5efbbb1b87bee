// SQL against the service's database, local or deployed, by wrangler.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

export type Row = Record<string, string | number | null>;

/** The rows that one statement answers. `where` is `--local` or `--remote`, and what else wrangler takes. */
export function execute(sql: string, where: readonly string[]): Row[] {
  const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [wrangler, 'd1', 'execute', 'edge-auth', '--json', '--command', sql, ...where],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1024 ** 3,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
    },
  );
  if (status !== 0) {
    console.error(stdout + stderr);
    process.exit(1);
  }
  return JSON.parse(stdout.slice(stdout.indexOf('['))).flatMap(({ results }: { results: Row[] }) => results);
}

export function quote(value: string | number | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL');
}

export const isWhere = (flags: readonly string[]) => flags.some((flag) => /^--(local|remote)$/.test(flag));
