// A new password. Whatever was opened with the old one ends with it, a stolen session above all; the caller goes on in a
// new session.

import { recordEvent } from '../audit/queries.ts';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import type { Client } from '../http/client.ts';
import type { Principal } from '../http/context.ts';
import type { LoginTokens } from '../session/answer.ts';
import { issueLoginTokens } from '../session/issue.ts';
import { endSessions, insertSession, ofUnchanged, selectSession } from '../session/queries.ts';
import { refuseGuessable } from '../user/password-input.ts';
import { unchanged, updatePassword } from '../user/queries.ts';
import { requirePassword, wrongPassword } from './require-password.ts';

export type PasswordChange = { current_password: string; new_password: string };

export async function changePassword(
  deps: Deps,
  principal: Principal,
  { current_password, new_password }: PasswordChange,
  client: Client,
): Promise<LoginTokens> {
  const { config, db, gate, isCommonPassword, now, randomId, revocations } = deps;
  const user = await requirePassword(deps, principal, current_password, 'change_password', client);
  await refuseGuessable(isCommonPassword, 'new_password', new_password, user);
  const passwordHash = await gate.hash(user.username, new_password, user);

  const id = randomId();
  const at = now();
  // Each statement asks for the password version that was checked, so the one that raises it stands last.
  const event = { action: 'change_password', outcome: 'success' } as const;
  const [ended, , , , , [opened]] = await repeatIfLost(() =>
    db.batch([
      ...endSessions(db, ofUnchanged(db, user), at, config.jwt.lifetimeSeconds),
      insertSession(db, { id, userId: user.id, createdAt: at, ...client }, user),
      recordEvent(db, event, { userId: user.id, sessionId: id }, client, at, unchanged(user)),
      updatePassword(db, user, passwordHash),
      selectSession(db, id),
    ]),
  );
  revocations.add(ended);
  if (!opened) throw wrongPassword('user_changed_meanwhile');
  const changed = { ...user, passwordVersion: user.passwordVersion + 1 };
  return issueLoginTokens(deps, changed, { id, ...opened.session }, randomId());
}
