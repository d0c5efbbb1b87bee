// The session that a token speaks for: a refresh token's, or an access token's, even one that expired. It is good for
// ending that session and for nothing else.

import { verifyToken } from '../crypto/jwt.ts';
import { verifyRefreshToken } from '../crypto/refresh-token.ts';
import type { Deps } from '../deps.ts';

/** `undefined` where the token was not made here. */
export async function sessionOf({ config, keyring, now }: Deps, token: string): Promise<string | undefined> {
  const grant = await verifyRefreshToken(token, keyring);
  if (grant) return grant.sessionId;
  const verdict = await verifyToken(token, keyring, config.jwt, now());
  return verdict.ok || verdict.reason === 'expired' ? verdict.claims.sid : undefined;
}
