import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { readClient } from '../http/client.ts';
import type { AppEnv } from '../http/context.ts';
import { clearTokenCookies, readTokenCookie, refuseCrossOrigin, requireCookieMode } from '../http/cookie.ts';
import { describe } from '../http/describe.ts';
import { readBearer } from '../http/guard.ts';
import { byAddress, limitBy } from '../http/rate-limit.ts';
import { uuid } from '../http/shapes.ts';
import { jsonBody, missing, optionalJsonBody, path, query } from '../http/validate.ts';
import { MAX_NAME_LENGTH } from '../user/names.ts';
import { password } from '../user/password-input.ts';
import { answerTokens, LoginAnswer, TokenAnswer } from './answer.ts';
import { listSessions, SessionAnswer } from './list.ts';
import { login } from './login.ts';
import { logout, logoutAll, logoutOthers } from './logout.ts';
import { refresh } from './refresh.ts';
import { removeSession } from './remove.ts';

const LoginBody = v.object({
  username: v.pipe(
    v.string(),
    v.maxLength(MAX_NAME_LENGTH),
    v.description('User name or e-mail'),
    v.examples(['user@example.com']),
  ),
  password,
  device_token: v.optional(v.pipe(v.string(), v.description('From an earlier login on this device'))),
});
const LoginQuery = v.object({
  mode: v.optional(v.pipe(v.literal('cookie'), v.description('Tokens in cookies that no script can read'))),
});
/** Absent where a cookie brings the token. */
const RefreshBody = v.object({ refresh_token: v.optional(v.string()) });

/** Routes that take a credential of their own instead of an access token. */
export function publicSessionRoutes(deps: Deps) {
  return new Hono<AppEnv>()
    .post(
      '/login',
      describe({
        operationId: 'login',
        tag: 'Session',
        summary: 'Log in and get tokens',
        access: 'open',
        answer: [200, LoginAnswer],
        errors: ['INVALID_CREDENTIALS', 'CROSS_ORIGIN', 'RATE_LIMIT_EXCEEDED'],
      }),
      limitBy(deps, 'login', byAddress),
      query(LoginQuery),
      jsonBody(LoginBody),
      async (c) => {
        const cookieMode = c.req.valid('query').mode === 'cookie';
        if (cookieMode) requireCookieMode(c);
        const { username, password, device_token } = c.req.valid('json');
        const deviceToken = device_token ?? (cookieMode ? readTokenCookie(c, 'device') : undefined);
        return answerTokens(c, await login(deps, { username, password, deviceToken }, readClient(c)), cookieMode);
      },
    )
    .post(
      '/refresh',
      describe({
        operationId: 'refresh',
        tag: 'Session',
        summary: 'Get the next tokens of a session',
        access: 'open',
        answer: [200, TokenAnswer],
        errors: ['INVALID_REFRESH_TOKEN', 'CROSS_ORIGIN', 'RATE_LIMIT_EXCEEDED'],
      }),
      limitBy(deps, 'refresh', byAddress),
      refuseCrossOrigin,
      optionalJsonBody(RefreshBody),
      async (c) => {
        const fromBody = c.req.valid('json').refresh_token;
        const token = fromBody ?? readTokenCookie(c, 'refresh');
        if (token === undefined) throw missing('refresh_token');
        return answerTokens(c, await refresh(deps, token, readClient(c)), fromBody === undefined);
      },
    )
    .post(
      '/logout',
      describe({
        operationId: 'logout',
        tag: 'Session',
        summary: 'End the session of an access token, even an expired one, of a refresh token, or of a cookie',
        access: 'open',
        answer: [204],
        errors: ['NOT_AUTHENTICATED', 'INVALID_TOKEN', 'INVALID_REFRESH_TOKEN', 'CROSS_ORIGIN'],
      }),
      refuseCrossOrigin,
      optionalJsonBody(RefreshBody),
      async (c) => {
        const bearer = readBearer(c);
        const fromBody = c.req.valid('json').refresh_token;
        if (bearer !== undefined || fromBody !== undefined) {
          if (await logout(deps, bearer ?? fromBody ?? '', readClient(c))) return c.body(null, 204);
          throw new AppError(bearer === undefined ? 'INVALID_REFRESH_TOKEN' : 'INVALID_TOKEN', {
            reason: 'logout_forged',
          });
        }
        const cookies = [readTokenCookie(c, 'refresh'), readTokenCookie(c, 'access')].filter(
          (token) => token !== undefined,
        );
        if (cookies.length === 0) throw new AppError('NOT_AUTHENTICATED');
        clearTokenCookies(c); // the browser's part is done, whatever they were worth
        const ended = await Promise.all(cookies.map((token) => logout(deps, token, readClient(c))));
        if (!ended.includes(true)) throw new AppError('INVALID_REFRESH_TOKEN', { reason: 'logout_forged' });
        return c.body(null, 204);
      },
    );
}

export function sessionRoutes(deps: Deps) {
  return new Hono<AppEnv>()
    .post(
      '/logout-others',
      describe({ operationId: 'logoutOthers', tag: 'Session', summary: 'End all other sessions', answer: [204] }),
      async (c) => {
        await logoutOthers(deps, c.get('principal'), readClient(c));
        return c.body(null, 204);
      },
    )
    .post(
      '/logout-all',
      describe({ operationId: 'logoutAll', tag: 'Session', summary: 'End all sessions, this one too', answer: [204] }),
      async (c) => {
        await logoutAll(deps, c.get('principal'), readClient(c));
        return logOutHere(c);
      },
    )
    .get(
      '/sessions',
      describe({
        operationId: 'listSessions',
        tag: 'Session',
        summary: 'Where the user is logged in, the last used first',
        answer: [200, v.array(SessionAnswer)],
      }),
      async (c) => c.json(await listSessions(deps, c.get('principal'))),
    )
    .delete(
      '/sessions/:id',
      describe({
        operationId: 'deleteSession',
        tag: 'Session',
        summary: 'End one session',
        answer: [204],
        errors: ['SESSION_NOT_FOUND'],
      }),
      path(v.object({ id: uuid })),
      async (c) => {
        await removeSession(deps, c.get('principal'), c.req.valid('param').id, readClient(c));
        return c.req.valid('param').id === c.get('principal').sessionId ? logOutHere(c) : c.body(null, 204);
      },
    );
}

function logOutHere(c: Context<AppEnv>) {
  if (c.get('cookieMode')) clearTokenCookies(c);
  return c.body(null, 204);
}
