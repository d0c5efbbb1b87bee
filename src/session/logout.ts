// Ending one's own sessions: this one, all others, all. To end what has ended is no error.

import type { Deps } from '../deps.ts';
import type { Client } from '../http/client.ts';
import type { Principal } from '../http/context.ts';
import { end, endOwn, LOGOUT } from './end.ts';
import { ofSession, ofUser, ofUserBut } from './queries.ts';
import { sessionOf } from './session-of.ts';

/** Takes an access token, even an expired one, or a refresh token. False where it was not made here. */
export async function logout(deps: Deps, token: string, client: Client): Promise<boolean> {
  const sessionId = await sessionOf(deps, token);
  if (sessionId === undefined) return false;
  await end(deps, ofSession(sessionId), LOGOUT, client);
  return true;
}

export async function logoutOthers(deps: Deps, { userId, sessionId }: Principal, client: Client): Promise<void> {
  await endOwn(deps, userId, ofUserBut(userId, sessionId), client);
}

export async function logoutAll(deps: Deps, { userId }: Principal, client: Client): Promise<void> {
  await endOwn(deps, userId, ofUser(userId), client);
}
