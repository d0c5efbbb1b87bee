import { Hono } from 'hono';
import * as v from 'valibot';
import type { Deps } from '../deps.ts';
import { readClient } from '../http/client.ts';
import type { AppEnv } from '../http/context.ts';
import { clearTokenCookies } from '../http/cookie.ts';
import { describe } from '../http/describe.ts';
import { pageQuery, setPageHeaders, toPage } from '../http/page.ts';
import { byAddress, limitBy } from '../http/rate-limit.ts';
import { text, uuid } from '../http/shapes.ts';
import { jsonBody } from '../http/validate.ts';
import { answerTokens, LoginAnswer } from '../session/answer.ts';
import { email, username } from '../user/names.ts';
import { newPassword, password } from '../user/password-input.ts';
import { ActivityAnswer, listActivity } from './activity.ts';
import { changePassword } from './change-password.ts';
import { exportAccount } from './export.ts';
import { me, userinfo } from './me.ts';
import { register } from './register.ts';
import { removeAccount } from './remove.ts';

/** Members that are not named here (`role`, `id`) are ignored. */
function registrationBody(passwordMinLength: number) {
  return v.pipe(
    v.object({ username, password: newPassword(passwordMinLength), email }),
    v.forward(
      v.partialCheck(
        [['username'], ['email']],
        (body) => !body.username.includes('@') || body.username.toLowerCase() === body.email.toLowerCase(),
        "Username with an @ must be the account's own e-mail address",
      ),
      ['username'],
    ),
  );
}

const name = text('user@example.com');
const Registered = v.object({ user_id: uuid, username: name, email: name });
const Me = v.pipe(
  v.object({ id: uuid, uuid, user_id: uuid, username: name, email: name, name, role: text('user') }),
  v.title('User'),
);
const Export = v.object({
  user: v.record(v.string(), v.unknown()),
  sessions: v.array(v.record(v.string(), v.unknown())),
  collections: v.array(v.record(v.string(), v.unknown())),
  documents: v.array(v.record(v.string(), v.unknown())),
  activity: v.array(v.record(v.string(), v.unknown())),
});
const Userinfo = v.object({ sub: uuid, name, email: name, uuid, role: text('user') });

export function publicAccountRoutes(deps: Deps) {
  return new Hono<AppEnv>().post(
    '/register',
    describe({
      operationId: 'register',
      tag: 'Account',
      summary: 'Create an account',
      access: 'open',
      answer: [201, Registered],
      errors: ['DUPLICATE_USER', 'RATE_LIMIT_EXCEEDED'],
    }),
    limitBy(deps, 'register', byAddress),
    jsonBody(registrationBody(deps.config.passwordMinLength)),
    async (c) => c.json(await register(deps, c.req.valid('json'), readClient(c)), 201),
  );
}

export function accountRoutes(deps: Deps) {
  return new Hono<AppEnv>()
    .get(
      '/me',
      describe({ operationId: 'me', tag: 'Account', summary: 'The logged-in user', answer: [200, Me] }),
      async (c) => c.json(await me(deps, c.get('principal'))),
    )
    .get(
      '/userinfo',
      describe({
        operationId: 'userinfo',
        tag: 'Account',
        summary: 'The logged-in user, in OpenID Connect claims',
        answer: [200, Userinfo],
      }),
      async (c) => c.json(await userinfo(deps, c.get('principal'))),
    )
    .post(
      '/change-password',
      describe({
        operationId: 'changePassword',
        tag: 'Account',
        summary: 'Change the password, which ends every session, and go on in a new one',
        answer: [200, LoginAnswer],
        errors: ['INVALID_CREDENTIALS', 'RATE_LIMIT_EXCEEDED'],
      }),
      jsonBody(v.object({ current_password: password, new_password: newPassword(deps.config.passwordMinLength) })),
      async (c) => {
        const tokens = await changePassword(deps, c.get('principal'), c.req.valid('json'), readClient(c));
        return answerTokens(c, tokens, c.get('cookieMode'));
      },
    )
    .delete(
      '/me',
      describe({
        operationId: 'deleteMe',
        tag: 'Account',
        summary: 'Delete the user and everything of theirs',
        answer: [204],
        errors: ['INVALID_CREDENTIALS', 'RATE_LIMIT_EXCEEDED'],
      }),
      jsonBody(v.object({ password })),
      async (c) => {
        await removeAccount(deps, c.get('principal'), c.req.valid('json').password, readClient(c));
        if (c.get('cookieMode')) clearTokenCookies(c);
        return c.body(null, 204);
      },
    )
    .get(
      '/me/activity',
      describe({
        operationId: 'listActivity',
        tag: 'Account',
        summary: "What happened to the user's account in the last 180 days, the latest first",
        answer: [200, v.array(ActivityAnswer)],
      }),
      pageQuery,
      async (c) => {
        const page = toPage(c.req.valid('query'));
        const { rows, total } = await listActivity(deps, c.get('principal'), page);
        setPageHeaders(c, page, total);
        return c.json(rows);
      },
    )
    .get(
      '/me/export',
      describe({
        operationId: 'exportMe',
        tag: 'Account',
        summary: 'Everything that is held about the user',
        answer: [200, Export],
      }),
      async (c) => {
        const json = await exportAccount(deps, c.get('principal'));
        c.header('Content-Type', 'application/json');
        c.header('Content-Disposition', 'attachment; filename="edge-auth-export.json"');
        return c.body(json);
      },
    );
}
