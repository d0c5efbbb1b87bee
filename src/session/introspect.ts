// What a token is worth right now (RFC 7662), by the database and not by a list that may be seconds old.

import * as v from 'valibot';
import { verifyToken } from '../crypto/jwt.ts';
import { verifyRefreshToken } from '../crypto/refresh-token.ts';
import type { Deps } from '../deps.ts';
import { judgeGrant } from './judge.ts';
import { selectSession } from './queries.ts';

/** RFC 7662 §2.2. Of a token that does not serve nothing is told but that. */
export const IntrospectionAnswer = v.object({
  active: v.boolean(),
  token_type: v.optional(v.string()),
  iss: v.optional(v.string()),
  aud: v.optional(v.string()),
  sub: v.optional(v.string()),
  username: v.optional(v.string()),
  exp: v.optional(v.number()),
  iat: v.optional(v.number()),
  jti: v.optional(v.string()),
  sid: v.optional(v.string()),
});
type Answer = v.InferOutput<typeof IntrospectionAnswer>;

const INACTIVE: Answer = { active: false };

export async function introspect(deps: Deps, token: string): Promise<Answer> {
  const { config, db, keyring, now } = deps;
  const grant = await verifyRefreshToken(token, keyring);
  if (grant) {
    const found = await selectSession(db, grant.sessionId).get();
    if (!found || judgeGrant(grant, found.session, now(), config.session) !== 'good') return INACTIVE;
    const { createdAt, rotatedAt } = found.session;
    const { idleSeconds, absoluteSeconds } = config.session;
    return {
      ...describe(deps, found.user),
      token_type: 'refresh_token',
      sid: grant.sessionId,
      iat: rotatedAt,
      exp: Math.min(rotatedAt + idleSeconds, createdAt + absoluteSeconds),
    };
  }

  const verdict = await verifyToken(token, keyring, config.jwt, now());
  if (!verdict.ok) return INACTIVE;
  const { sub, sid, jti, iat, exp } = verdict.claims;
  const found = await selectSession(db, sid).get();
  if (!found || found.session.endedAt !== null || found.user.id !== sub) return INACTIVE;
  return { ...describe(deps, found.user), token_type: 'bearer', sid, jti, iat, exp };
}

function describe({ config }: Deps, user: { id: string; username: string }): Answer {
  const { issuer, audience } = config.jwt;
  return {
    active: true,
    iss: issuer,
    ...(audience === undefined ? {} : { aud: audience }),
    sub: user.id,
    username: user.username,
  };
}
