// What people see: pages, and the files that they load. Nothing of it asks who looks.

import { type Context, Hono } from 'hono';
import { version } from '../../package.json';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../http/context.ts';
import { isHealthy } from '../http/health.ts';
import { describePolicy } from '../policy/policy.ts';
import { servePage } from './page.ts';

const LINKS = { docs: '/docs', openapi: '/openapi.json', health: '/health', policy: '/.well-known/auth-policy' };

/** Of Swagger UI's package, and the lines that start it. */
const DOCS_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png', 'start.js'];

export function uiRoutes(deps: Deps) {
  return new Hono<AppEnv>()
    .get('/', async (c) => {
      c.header('Vary', 'Accept');
      const wanted = c.req.header('Accept') ?? '';
      if (wanted.includes('json') && !wanted.includes('html')) return c.json({ name: 'edge-auth', version, ...LINKS });
      return servePage(c, deps, 'landing', await landingValues(deps, new URL(c.req.url).origin));
    })
    .get('/docs', (c) => servePage(c, deps, 'docs', {}, "script-src 'self'; connect-src 'self'; form-action 'none'"))
    .get('/docs/:file', (c) => {
      const file = c.req.param('file');
      if (!DOCS_FILES.includes(file)) throw new AppError('NOT_FOUND');
      return serveFile(c, deps, `/docs/${file}`);
    })
    .get('/style.css', (c) => serveFile(c, deps, '/style.css'))
    .get('/openapi.json', (c) => serveFile(c, deps, '/openapi.json'))
    .get('/redoc', (c) => c.redirect('/docs'));
}

/** `origin` is where the server was asked, to be shown and nothing else: a Host header is not to be believed. */
async function landingValues(deps: Deps, origin: string) {
  const healthy = await isHealthy(deps);
  const { access_token, guesses, password, revocation, session } = describePolicy(deps.config);
  return {
    origin,
    version,
    state: healthy ? '' : 'away',
    health: healthy ? 'Healthy' : 'The database is away',
    algorithm: access_token.algorithm,
    lifetimeSeconds: access_token.lifetime_seconds,
    idleDays: session.idle_seconds / 86_400,
    maxSessions: session.max_per_user,
    boundSeconds: revocation.bound_seconds,
    minLength: password.min_length,
    hash: password.hash.algorithm,
    iterations: password.hash.iterations.toLocaleString('en'),
    freeFailures: guesses.free_failures,
    firstMinutes: guesses.first_delay_seconds / 60,
    maxMinutes: guesses.max_delay_seconds / 60,
  };
}

/** A file from beside the Worker; a client that has it asks whether it changed, and no more often than hourly. */
async function serveFile(c: Context<AppEnv>, { assets }: Deps, path: string) {
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
