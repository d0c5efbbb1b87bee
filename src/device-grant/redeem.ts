// The device polls until its person has decided, and gets a session, once (RFC 8628 §3.4, §3.5).

import { sql } from 'drizzle-orm';
import { recordEvent } from '../audit/queries.ts';
import { verifyDeviceCode } from '../crypto/device-code.ts';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { LoginTokens } from '../session/answer.ts';
import { issueLoginTokens } from '../session/issue.ts';
import { beyondLimit, endSessions, insertSession, isOpen, selectSession } from '../session/queries.ts';
import { findUserById } from '../user/queries.ts';
import { type DeviceGrant, GRANT_SECONDS, isRedeemedFor, markPolled, redeemGrant, selectGrant } from './queries.ts';
import { POLL_SECONDS } from './start.ts';

/** Clocks count whole seconds, and a poll may take a while: so much earlier is in time. */
const LENIENCE_SECONDS = 1;

export async function redeemDeviceCode(deps: Deps, deviceCode: string, client: Client): Promise<LoginTokens> {
  const { db, keyring, now } = deps;
  const id = await verifyDeviceCode(deviceCode, keyring);
  if (id === undefined) throw new AppError('INVALID_GRANT', { reason: 'device_code_forged' });
  const at = now();
  const early = sql`polled_at + interval - ${LENIENCE_SECONDS} > ${at}`;
  const [[grant]] = await db.batch([selectGrant(db, id), markPolled(db, id, at, early, POLL_SECONDS)]);

  if (!grant || grant.sessionId !== null) throw new AppError('INVALID_GRANT', { reason: 'device_code_used' });
  if (grant.createdAt + GRANT_SECONDS <= at) throw new AppError('EXPIRED_TOKEN');
  if (grant.approved === false) throw new AppError('ACCESS_DENIED');
  if (grant.approved === null) {
    const tooEarly = grant.polledAt + grant.interval - LENIENCE_SECONDS > at;
    throw new AppError(tooEarly ? 'SLOW_DOWN' : 'AUTHORIZATION_PENDING');
  }
  return openSession(deps, grant, client);
}

/** For the user as they were when they approved: a password that changed since then ends this, too. */
async function openSession(deps: Deps, grant: DeviceGrant, client: Client): Promise<LoginTokens> {
  const { config, db, now, randomId, revocations } = deps;
  const user = grant.userId === null ? undefined : await findUserById(db, grant.userId);
  if (!user || grant.passwordVersion === null) throw new AppError('INVALID_GRANT', { reason: 'user_deleted' });
  const owner = { ...user, passwordVersion: grant.passwordVersion };
  const id = randomId();
  const at = now();
  const event = { action: 'login', outcome: 'success', reason: 'device' } as const;
  const [, , [opened], , evicted] = await repeatIfLost(() =>
    db.batch([
      redeemGrant(db, grant.id, id),
      insertSession(db, { id, userId: user.id, createdAt: at, ...client }, owner, isRedeemedFor(grant.id, id)),
      selectSession(db, id),
      recordEvent(db, event, { userId: user.id, sessionId: id }, client, at, isOpen(db, id)),
      ...endSessions(db, beyondLimit(db, user.id, id), at, config.jwt.lifetimeSeconds),
    ]),
  );
  revocations.add(evicted);
  if (!opened) throw new AppError('INVALID_GRANT', { reason: 'user_changed_meanwhile' });
  return issueLoginTokens(deps, owner, { id, ...opened.session }, randomId());
}
