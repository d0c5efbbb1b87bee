// From a session to the answer that carries its token. Whoever issues has opened the session first.

import * as v from 'valibot';
import { signToken } from '../crypto/jwt.ts';
import type { Deps } from '../deps.ts';
import type { User } from '../user/queries.ts';

export const TokenAnswer = v.object({
  access_token: v.pipe(v.string(), v.description('Compact JWS, for the Authorization header')),
  token_type: v.literal('bearer'),
  expires_in: v.pipe(v.number(), v.description('Lifetime of the access token in seconds'), v.examples([3600])),
});

export async function issueToken(
  { config, keyring, now, randomId }: Deps,
  user: User,
  sessionId: string,
): Promise<v.InferOutput<typeof TokenAnswer>> {
  const { issuer, audience, lifetimeSeconds } = config.jwt;
  const issuedAt = now();
  const token = await signToken(
    {
      iss: issuer,
      ...(audience === undefined ? {} : { aud: audience }),
      sub: user.id,
      uuid: user.id,
      username: user.username,
      email: user.email,
      name: user.username,
      role: user.role,
      iat: issuedAt,
      exp: issuedAt + lifetimeSeconds,
      jti: randomId(),
      sid: sessionId,
    },
    keyring,
  );
  return { access_token: token, token_type: 'bearer', expires_in: lifetimeSeconds };
}
