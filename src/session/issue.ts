// From a session to the answer that carries its tokens. Whoever issues has read the session's row.

import { signDeviceToken } from '../crypto/device-token.ts';
import { signToken } from '../crypto/jwt.ts';
import { signRefreshToken } from '../crypto/refresh-token.ts';
import type { Deps } from '../deps.ts';
import type { User } from '../user/queries.ts';
import type { LoginTokens, Tokens } from './answer.ts';
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

/** For whoever gave the password: with the token by which this device is known the next time. */
export async function issueLoginTokens(
  deps: Deps,
  user: User,
  session: Parameters<typeof issueTokens>[2],
  device: string,
): Promise<LoginTokens> {
  const tokens = await issueTokens(deps, user, session);
  return { ...tokens, device_token: await signDeviceToken(device, user, deps.keyring) };
}
