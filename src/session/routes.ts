import { Hono } from 'hono';
import * as v from 'valibot';
import type { Deps } from '../deps.ts';
import type { AppEnv } from '../http/context.ts';
import { describe } from '../http/describe.ts';
import { jsonBody } from '../http/validate.ts';
import { MAX_NAME_LENGTH } from '../user/names.ts';
import { password } from '../user/password-input.ts';
import { TokenAnswer } from './issue.ts';
import { login } from './login.ts';

const LoginBody = v.object({
  username: v.pipe(v.string(), v.maxLength(MAX_NAME_LENGTH), v.description('User name or e-mail')),
  password,
});

export function publicSessionRoutes(deps: Deps) {
  return new Hono<AppEnv>().post(
    '/login',
    describe({
      operationId: 'login',
      tag: 'Session',
      summary: 'Log in and get an access token',
      answer: [200, TokenAnswer],
      errors: ['INVALID_CREDENTIALS'],
    }),
    jsonBody(LoginBody),
    async (c) => c.json(await login(deps, c.req.valid('json'))),
  );
}
