// Unknown paths and methods are told before anybody is asked for a token.

import type { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { matchedRoutes } from 'hono/route';
import { AppError } from '../errors.ts';
import type { AppEnv } from './context.ts';
import { errorResponse } from './respond.ts';

/** 404 where no route takes this path and method. Handlers for ALL methods are middleware, and do not count. */
export const knownRoute = createMiddleware<AppEnv>(async (c, next) => {
  const known = matchedRoutes(c).some(({ method }) => method !== 'ALL');
  return known ? next() : c.notFound();
});

/** Makes that 404 a 405 with `Allow` where the path is known under other methods (RFC 9110 §15.5.6). */
export function allowMethods(app: Hono<AppEnv>) {
  return methodNotAllowed<AppEnv>({
    app,
    onMethodNotAllowed: (c, methods) => {
      c.header('Allow', methods.join(', '));
      return errorResponse(new AppError('METHOD_NOT_ALLOWED'), c);
    },
  });
}
