// `/device`: a person logs in, sees which device asks, and lets it in or not. Plain forms, no script; the session of the
// person's browser is in cookies, so a decision must come from our own page.

import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import type { Deps } from '../deps.ts';
import { decide, findGrant } from '../device-grant/decide.ts';
import { showUserCode } from '../device-grant/user-code.ts';
import { AppError, ERRORS } from '../errors.ts';
import { readClient } from '../http/client.ts';
import type { AppEnv, Principal } from '../http/context.ts';
import { readTokenCookie, requireCookieMode, setTokenCookies } from '../http/cookie.ts';
import { authenticate } from '../http/guard.ts';
import { byAddress, limitBy } from '../http/rate-limit.ts';
import { toIsoTime } from '../http/shapes.ts';
import { formBody } from '../http/validate.ts';
import { nameDevice } from '../session/device.ts';
import { login } from '../session/login.ts';
import { requireOwner } from '../user/owner.ts';
import { password } from '../user/password-input.ts';
import { findUserById } from '../user/queries.ts';
import { type PageName, servePage } from './page.ts';

const code = v.pipe(v.string(), v.maxLength(40));
const LoginForm = v.object({ user_code: code, username: v.pipe(v.string(), v.maxLength(254)), password });
const DecisionForm = v.object({ user_code: code, decision: v.picklist(['approve', 'deny']) });

export function deviceRoutes(deps: Deps) {
  const show = (c: Context<AppEnv>, name: PageName, values: Record<string, string>) =>
    servePage(c, deps, name, values, "form-action 'self'");

  /** The page again, with what was wrong in words of its own. */
  const showProblem = (c: Context<AppEnv>, name: PageName, error: unknown, values: Record<string, string>) => {
    if (!(error instanceof AppError)) throw error;
    const [status, detail] = ERRORS[error.code];
    c.set('reason', error.reason ?? error.code.toLowerCase());
    if (error.retryAfter !== undefined) c.header('Retry-After', String(error.retryAfter));
    c.status(status);
    return show(c, name, { ...values, message: detail });
  };

  return new Hono<AppEnv>()
    .get('/device', async (c) => {
      const typed = c.req.query('user_code') ?? '';
      const principal = await findPrincipal(c, deps);
      if (!principal) return show(c, 'device-login', { code: typed });
      if (typed === '') return show(c, 'device-code', {});
      try {
        const grant = await findGrant(deps, principal, typed, readClient(c));
        const owner = requireOwner(await findUserById(deps.db, principal.userId));
        return await show(c, 'device-approve', {
          username: owner.username,
          client: grant.clientName,
          device: nameDevice(grant.userAgent),
          network: [grant.network, grant.country].filter((part) => part !== null).join(', '),
          asked: toIsoTime(grant.createdAt),
          code: showUserCode(grant.userCode),
        });
      } catch (error) {
        return showProblem(c, 'device-code', error, { code: typed });
      }
    })
    .post('/device', limitBy(deps, 'login', byAddress), formBody(LoginForm), async (c) => {
      requireCookieMode(c);
      const { user_code, username, password } = c.req.valid('form');
      try {
        const deviceToken = readTokenCookie(c, 'device');
        setTokenCookies(c, await login(deps, { username, password, deviceToken }, readClient(c)));
      } catch (error) {
        return showProblem(c, 'device-login', error, { code: user_code, username });
      }
      return c.redirect(`/device?user_code=${encodeURIComponent(user_code)}`, 303);
    })
    .post('/device/decision', limitBy(deps, 'login', byAddress), formBody(DecisionForm), async (c) => {
      const { user_code, decision } = c.req.valid('form');
      const principal = await authenticate(c, deps);
      try {
        await decide(deps, principal, user_code, decision === 'approve', readClient(c));
      } catch (error) {
        return showProblem(c, 'device-code', error, { code: user_code });
      }
      const [title, message] =
        decision === 'approve'
          ? ['Approved', 'The device is logged in. You can close this page.']
          : ['Denied', 'The device was not let in. If you did not start this, change your password.'];
      return show(c, 'device-done', { title, message });
    });
}

/** Nobody, where no cookie says otherwise, or one that does not serve any more. */
async function findPrincipal(c: Context<AppEnv>, deps: Deps): Promise<Principal | undefined> {
  try {
    return await authenticate(c, deps);
  } catch (error) {
    if (error instanceof AppError && ERRORS[error.code][0] === 401) return undefined;
    throw error;
  }
}
