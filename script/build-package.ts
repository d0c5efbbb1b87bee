// `npm run build:package`: what other packages import, in dist/. tsc spells the client's types out, so that whoever uses
// them needs hono alone.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

await build({
  entryPoints: [join(root, 'src/client.ts')],
  outfile: join(dist, 'client.js'),
  bundle: true,
  packages: 'external',
  format: 'esm',
});

// Declarations of the whole service, of which one file is the client's.
const declarations = mkdtempSync(join(tmpdir(), 'edge-auth-types-'));
const tsc = join(root, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', join(root, 'src/tsconfig.client.json'), '--outDir', declarations], {
  stdio: 'inherit',
});
copyFileSync(join(declarations, 'src/client.d.ts'), join(dist, 'client.d.ts'));
rmSync(declarations, { recursive: true });
