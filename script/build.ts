// `npm run build`: the assets that are made and not written. wrangler runs it before it serves or deploys.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const { describeApi } = await importFromWorker<{ describeApi: () => object }>('src/openapi/document.ts');
writeFileSync(join(root, 'assets/openapi.json'), JSON.stringify(describeApi()));

const { renderPages } = await importFromWorker<{ renderPages: () => Record<string, string> }>('src/ui/pages/all.tsx');
mkdirSync(join(root, 'assets/pages'), { recursive: true });
for (const [name, html] of Object.entries(renderPages())) writeFileSync(join(root, `assets/pages/${name}.html`), html);

for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png']) {
  copyFileSync(join(root, 'node_modules/swagger-ui-dist', file), join(root, 'assets/docs', file));
}

/** Node knows neither JSX nor imports of JSON without their attribute, so what the Worker is made of is bundled first. */
async function importFromWorker<Module>(entry: string): Promise<Module> {
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    format: 'esm',
    external: ['cloudflare:*'],
    write: false,
  });
  const [code] = outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(code?.contents ?? '').toString('base64')}`);
}
