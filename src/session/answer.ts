// How tokens reach a client: in the body, or in cookies and nowhere else.

import type { Context } from 'hono';
import * as v from 'valibot';
import type { AppEnv } from '../http/context.ts';
import { setTokenCookies } from '../http/cookie.ts';

const lifetimes = {
  expires_in: v.pipe(v.number(), v.description('Lifetime of the access token in seconds'), v.examples([3600])),
  refresh_expires_in: v.pipe(
    v.number(),
    v.description('Seconds until the refresh token expires unused'),
    v.examples([2_592_000]),
  ),
};
const Tokens = v.pipe(
  v.object({
    access_token: v.pipe(v.string(), v.description('Compact JWS, for the Authorization header')),
    token_type: v.literal('bearer'),
    refresh_token: v.pipe(v.string(), v.description('Gets the next tokens; each answer brings its successor')),
    ...lifetimes,
  }),
  v.title('Tokens'),
);
export type Tokens = v.InferOutput<typeof Tokens>;
export const LoginTokens = v.pipe(
  v.object({
    ...Tokens.entries,
    device_token: v.pipe(v.string(), v.description('For the next login: tells this device from strangers who guess')),
  }),
  v.title('LoginTokens'),
);
export type LoginTokens = v.InferOutput<typeof LoginTokens>;

const InCookies = v.pipe(v.object(lifetimes), v.title('TokensInCookies'));
/** The second where the tokens went into cookies. */
export const TokenAnswer = v.union([Tokens, InCookies]);
export const LoginAnswer = v.union([LoginTokens, InCookies]);

export function answerTokens(c: Context<AppEnv>, tokens: Tokens | LoginTokens, cookieMode: boolean) {
  if (!cookieMode) return c.json(tokens);
  setTokenCookies(c, tokens);
  const { expires_in, refresh_expires_in } = tokens;
  return c.json({ expires_in, refresh_expires_in });
}
