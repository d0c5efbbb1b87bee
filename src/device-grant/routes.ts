import { Hono } from 'hono';
import * as v from 'valibot';
import type { Deps } from '../deps.ts';
import { readClient } from '../http/client.ts';
import type { AppEnv } from '../http/context.ts';
import { describe } from '../http/describe.ts';
import { byAddress, limitBy } from '../http/rate-limit.ts';
import { oauthBody, optionalJsonBody } from '../http/validate.ts';
import { LoginTokens } from '../session/answer.ts';
import { redeemDeviceCode } from './redeem.ts';
import { DeviceStart, startDeviceLogin } from './start.ts';

const StartBody = v.object({
  client_name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(80), v.examples(['rag-cli on laptop'])), 'A device'),
});
/** `client_id` and `grant_type`, which RFC 8628 has besides, tell nothing here. */
const TokenBody = v.object({ device_code: v.string() });

export function deviceGrantRoutes(deps: Deps) {
  return new Hono<AppEnv>()
    .post(
      '/device/start',
      describe({
        operationId: 'startDeviceLogin',
        tag: 'Session',
        summary: 'Ask for a login that a person approves elsewhere (RFC 8628)',
        access: 'open',
        answer: [200, DeviceStart],
        errors: ['RATE_LIMIT_EXCEEDED'],
      }),
      limitBy(deps, 'login', byAddress),
      optionalJsonBody(StartBody),
      async (c) => {
        const { origin } = new URL(c.req.url);
        return c.json(await startDeviceLogin(deps, c.req.valid('json').client_name, origin, readClient(c)));
      },
    )
    .post(
      '/device/token',
      describe({
        operationId: 'redeemDeviceCode',
        tag: 'Session',
        summary: 'The tokens of an approved device login; until then, why not yet (RFC 8628)',
        access: 'open',
        answer: [200, LoginTokens],
        errors: [
          'BAD_REQUEST',
          'AUTHORIZATION_PENDING',
          'SLOW_DOWN',
          'ACCESS_DENIED',
          'EXPIRED_TOKEN',
          'INVALID_GRANT',
          'RATE_LIMIT_EXCEEDED',
        ],
      }),
      limitBy(deps, 'refresh', byAddress),
      oauthBody(TokenBody),
      async (c) => c.json(await redeemDeviceCode(deps, c.req.valid('form').device_code, readClient(c))),
    );
}
