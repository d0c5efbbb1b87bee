// Table of contents: what every request passes, what is open to all, and behind the guard everything else.

import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { accountRoutes, publicAccountRoutes } from './account/routes.ts';
import { collectionRoutes } from './collection/routes.ts';
import type { Deps } from './deps.ts';
import { deviceGrantRoutes } from './device-grant/routes.ts';
import { AppError } from './errors.ts';
import type { AppEnv } from './http/context.ts';
import { allowOrigins } from './http/cors.ts';
import { guard } from './http/guard.ts';
import { healthRoutes } from './http/health.ts';
import { requireHttps } from './http/https.ts';
import { allowMethods, knownRoute } from './http/known-route.ts';
import { logRequest } from './http/log.ts';
import { preventCaching } from './http/prevent-caching.ts';
import { byUser, limitBy } from './http/rate-limit.ts';
import { errorResponse, respondError } from './http/respond.ts';
import { policyRoutes } from './policy/routes.ts';
import { publicSessionRoutes, sessionRoutes } from './session/routes.ts';
import { serviceRoutes } from './session/service-routes.ts';
import { deviceRoutes } from './ui/device-routes.ts';
import { uiRoutes } from './ui/routes.ts';

export type App = ReturnType<typeof createApp>;

export function createApp(deps: Deps) {
  const app = new Hono<AppEnv>();
  app.onError(respondError);
  app.notFound((c) => errorResponse(new AppError('NOT_FOUND'), c));

  app.use(requestId());
  app.use(logRequest);
  app.use(preventCaching);
  app.use(requireHttps(deps.config.environment));
  if (deps.config.corsOrigins.length > 0) app.use(allowOrigins(deps.config.corsOrigins));
  app.use(allowMethods(app));
  app.use(knownRoute);

  return app
    .route('/', uiRoutes(deps))
    .route('/', deviceRoutes(deps))
    .route('/', healthRoutes(deps))
    .route('/', policyRoutes(deps))
    .route('/api/auth', publicAccountRoutes(deps))
    .route('/api/auth', publicSessionRoutes(deps))
    .route('/api/auth', deviceGrantRoutes(deps))
    .route('/api/auth', serviceRoutes(deps))
    .use(guard(deps))
    .use(limitBy(deps, 'user', byUser))
    .route('/api/auth', accountRoutes(deps))
    .route('/api/auth', sessionRoutes(deps))
    .route('/api', collectionRoutes(deps));
}

/** What is served where the settings cannot be used: nothing, with the headers of every answer. */
export function createRefusingApp() {
  const app = new Hono<AppEnv>();
  app.onError(respondError);
  app.use(requestId());
  app.use(logRequest);
  app.use(preventCaching);
  app.use(requireHttps('production'));
  return app.all('*', () => {
    throw new AppError('SERVICE_UNAVAILABLE', { reason: 'settings_refused' });
  });
}
