// A name and a password for a session and its tokens. Every refusal looks the same from outside and costs the same.

import { recordEvent } from '../audit/queries.ts';
import { verifyDeviceToken } from '../crypto/device-token.ts';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import { findUserByName, upgradePasswordHash } from '../user/queries.ts';
import type { LoginTokens } from './answer.ts';
import { issueLoginTokens } from './issue.ts';
import { beyondLimit, endSessions, insertSession, isOpen, selectSession } from './queries.ts';

/**
 * What a refusal takes besides the hash is rounded up to whole steps: a gate that had to wake, or an event to write,
 * would tell a known name from an unknown one.
 */
const REFUSAL_STEP_MS = 250;

/** Whose devices an unknown name has. */
const NOBODY = { id: '', passwordVersion: 0 };

/** `deviceToken` is of an earlier login: guesses made elsewhere do not count against its device. */
export type Credentials = { username: string; password: string; deviceToken: string | undefined };

export async function login(deps: Deps, credentials: Credentials, client: Client): Promise<LoginTokens> {
  const { config, db, gate, keyring, now, nowMs, randomId, revocations, sleep } = deps;
  const cameMs = nowMs();
  const { username, password, deviceToken = '' } = credentials;
  const user = await findUserByName(db, username);
  const device = await verifyDeviceToken(deviceToken, user ?? NOBODY, keyring);
  const guesser = device === undefined ? 'stranger' : (`device:${device}` as const);
  const { right, upgradedHash, hashMs } = await gate.check({ name: username, password, user, guesser, at: now() });
  const at = now();
  if (!user || !right) {
    const reason = user ? 'wrong_password' : 'unknown_name';
    // The same call for an unknown name, of which no event is kept: strangers must not fill the log.
    await recordEvent(db, { action: 'login', outcome: 'failure', reason }, { userId: user?.id ?? '' }, client, at);
    await sleep(REFUSAL_STEP_MS - ((nowMs() - cameMs - hashMs) % REFUSAL_STEP_MS));
    throw new AppError('INVALID_CREDENTIALS', { reason });
  }

  const id = randomId();
  const event = { action: 'login', outcome: 'success' } as const;
  const [, [opened], , evicted] = await repeatIfLost(() =>
    db.batch([
      insertSession(db, { id, userId: user.id, createdAt: at, ...client }, user),
      selectSession(db, id),
      recordEvent(db, event, { userId: user.id, sessionId: id }, client, at, isOpen(db, id)),
      ...endSessions(db, beyondLimit(db, user.id, id), at, config.jwt.lifetimeSeconds),
      ...(upgradedHash === undefined ? [] : [upgradePasswordHash(db, user, upgradedHash)]),
    ]),
  );
  revocations.add(evicted);
  if (!opened) throw new AppError('INVALID_CREDENTIALS', { reason: 'user_changed_meanwhile' });
  return issueLoginTokens(deps, user, { id, ...opened.session }, device ?? randomId());
}
