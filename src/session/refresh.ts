// A refresh token for the next tokens of its session. A token of an earlier generation, when its grace is over, is a
// stolen one or the theft's victim's: nobody can tell which, so the session ends.

import { verifyRefreshToken } from '../crypto/refresh-token.ts';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { Tokens } from './answer.ts';
import { end } from './end.ts';
import { issueTokens } from './issue.ts';
import { judgeGrant } from './judge.ts';
import { ofSession, rotateSession, selectSession } from './queries.ts';

export async function refresh(deps: Deps, token: string, client: Client): Promise<Tokens> {
  const { config, db, keyring, now } = deps;
  const grant = await verifyRefreshToken(token, keyring);
  if (!grant) throw refused('refresh_forged');

  const at = now();
  const [, [found]] = await repeatIfLost(() =>
    db.batch([rotateSession(db, grant, client, at, config.session), selectSession(db, grant.sessionId)]),
  );
  const verdict = judgeGrant(grant, found?.session, at, config.session);
  if (verdict === 'reused') {
    const reuse = { action: 'refresh', outcome: 'failure', reason: 'refresh_reused' } as const;
    await end(deps, ofSession(grant.sessionId), reuse, client);
  }
  if (verdict !== 'good' || !found) throw refused(`refresh_${verdict}`);
  return issueTokens(deps, found.user, { id: grant.sessionId, ...found.session });
}

function refused(reason: string): AppError {
  return new AppError('INVALID_REFRESH_TOKEN', { reason });
}
