// Ending one's own sessions: this one, all others, all. To end what has ended is no error.

import type { Deps } from '../deps.ts';
import type { Principal } from '../http/context.ts';
import { end, endOwn } from './end.ts';
import { ofSession, ofUser, ofUserBut } from './queries.ts';
import { sessionOf } from './session-of.ts';

/** Takes an access token, even an expired one, or a refresh token. False where it was not made here. */
export async function logout(deps: Deps, token: string): Promise<boolean> {
  const sessionId = await sessionOf(deps, token);
  if (sessionId === undefined) return false;
  await end(deps, ofSession(sessionId));
  return true;
}

export function logoutOthers(deps: Deps, { userId, sessionId }: Principal): Promise<void> {
  return endOwn(deps, userId, ofUserBut(userId, sessionId));
}

export function logoutAll(deps: Deps, { userId }: Principal): Promise<void> {
  return endOwn(deps, userId, ofUser(userId));
}
