// From a session to the answer that carries its tokens. Whoever issues has read the session's row.

import { signToken } from '../crypto/jwt.ts';
import { signRefreshToken } from '../crypto/refresh-token.ts';
import type { Deps } from '../deps.ts';
import type { User } from '../user/queries.ts';
import type { Tokens } from './answer.ts';
import type { Session } from './queries.ts';

export async function issueTokens(
  { config, keyring, now, randomId }: Deps,
  user: Pick<User, 'id' | 'username' | 'email' | 'role'>,
  session: Pick<Session, 'id' | 'generation' | 'createdAt' | 'rotatedAt'>,
): Promise<Tokens> {
  const { issuer, audience, lifetimeSeconds } = config.jwt;
  const { idleSeconds, absoluteSeconds } = config.session;
  const issuedAt = now();
  const sessionEnd = session.createdAt + absoluteSeconds;
  const expiresAt = Math.min(issuedAt + lifetimeSeconds, sessionEnd);
  const accessToken = await signToken(
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
      exp: expiresAt,
      jti: randomId(),
      sid: session.id,
    },
    keyring,
  );
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: expiresAt - issuedAt,
    refresh_token: await signRefreshToken({ sessionId: session.id, generation: session.generation }, keyring),
    refresh_expires_in: Math.min(session.rotatedAt + idleSeconds, sessionEnd) - issuedAt,
  };
}
