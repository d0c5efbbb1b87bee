import { Hono } from 'hono';
import * as v from 'valibot';
import type { Deps } from '../deps.ts';
import type { AppEnv } from '../http/context.ts';
import { describe } from '../http/describe.ts';
import { jsonBody } from '../http/validate.ts';
import { email, username } from '../user/names.ts';
import { newPassword } from '../user/password-input.ts';
import { me, userinfo } from './me.ts';
import { register } from './register.ts';

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

const Registered = v.object({ user_id: v.pipe(v.string(), v.uuid()), username: v.string(), email: v.string() });
const Me = v.object({
  id: v.pipe(v.string(), v.uuid()),
  uuid: v.pipe(v.string(), v.uuid()),
  user_id: v.pipe(v.string(), v.uuid()),
  username: v.string(),
  email: v.string(),
  name: v.string(),
  role: v.string(),
});
const Userinfo = v.object({
  sub: v.pipe(v.string(), v.uuid()),
  name: v.string(),
  email: v.string(),
  uuid: v.pipe(v.string(), v.uuid()),
  role: v.string(),
});

export function publicAccountRoutes(deps: Deps) {
  return new Hono<AppEnv>().post(
    '/register',
    describe({
      operationId: 'register',
      tag: 'Account',
      summary: 'Create an account',
      answer: [201, Registered],
      errors: ['DUPLICATE_USER'],
    }),
    jsonBody(registrationBody(deps.config.passwordMinLength)),
    async (c) => c.json(await register(deps, c.req.valid('json')), 201),
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
    );
}
