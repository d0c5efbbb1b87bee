// What people see: pages, and the files that they load. Nothing of it asks who looks.

import { type Context, Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { version } from '../../package.json';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../http/context.ts';
import { isHealthy } from '../http/health.ts';
import { describePolicy } from '../policy/policy.ts';
import { DocsPage } from './docs.tsx';
import { LandingPage } from './landing.tsx';

const LINKS = { docs: '/docs', openapi: '/openapi.json', health: '/health', policy: '/.well-known/auth-policy' };

/** Of Swagger UI's package, and the three lines that start it. */
const DOCS_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png', 'start.js'];

export function uiRoutes(deps: Deps) {
  return new Hono<AppEnv>()
    .get('/', async (c) => {
      c.header('Vary', 'Accept');
      const type = accepts(c, { header: 'Accept', supports: ['text/html', 'application/json'], default: 'text/html' });
      if (type === 'application/json') return c.json({ name: 'edge-auth', version, ...LINKS });
      const { origin } = new URL(c.req.url);
      const policy = describePolicy(deps.config);
      return page(c, LandingPage({ origin, version, healthy: await isHealthy(deps), policy }));
    })
    .get('/docs', (c) => page(c, DocsPage(), "; script-src 'self'; connect-src 'self'"))
    .get('/docs/:file', (c) => {
      const file = c.req.param('file');
      if (!DOCS_FILES.includes(file)) throw new AppError('NOT_FOUND');
      return serve(c, deps, `/docs/${file}`);
    })
    .get('/style.css', (c) => serve(c, deps, '/style.css'))
    .get('/openapi.json', (c) => serve(c, deps, '/openapi.json'))
    .get('/redoc', (c) => c.redirect('/docs'));
}

/** `allowed` is what the page needs beside style sheets and images of ours. */
function page(c: Context<AppEnv>, content: ReturnType<typeof DocsPage>, allowed = '') {
  c.header(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'${allowed}`,
  );
  c.header('Referrer-Policy', 'no-referrer');
  return c.html(`<!doctype html>${content}`);
}

/** A file from beside the Worker; a client that has it asks whether it changed, and no more often than hourly. */
async function serve(c: Context<AppEnv>, { assets }: Deps, path: string) {
  const known = c.req.header('If-None-Match');
  const file = await assets.fetch(`https://assets${path}`, { headers: known ? { 'If-None-Match': known } : {} });
  if (!file.ok && file.status !== 304) throw new AppError('NOT_FOUND');
  c.header('Cache-Control', 'public, max-age=3600');
  for (const name of ['Content-Type', 'ETag']) {
    const value = file.headers.get(name);
    if (value) c.header(name, value);
  }
  return file.body === null ? c.body(null, 304) : c.body(file.body);
}
