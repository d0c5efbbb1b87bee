// The user that a token speaks for. A token outlives a deleted user by its lifetime, so the user is looked up.

import type { Deps } from '../deps.ts';
import type { Principal } from '../http/context.ts';
import { requireOwner } from '../user/owner.ts';
import { findUserById } from '../user/queries.ts';

/** The user as RAG Modulo's clients read it: one id under three names. */
export async function me(deps: Deps, principal: Principal) {
  const { id, username, email, role } = await ownUser(deps, principal);
  return { id, uuid: id, user_id: id, username, email, name: username, role };
}

/** The same, in the claims of OpenID Connect Core §5.1. */
export async function userinfo(deps: Deps, principal: Principal) {
  const { id, username, email, role } = await ownUser(deps, principal);
  return { sub: id, name: username, email, uuid: id, role };
}

async function ownUser({ db }: Deps, { userId }: Principal) {
  return requireOwner(await findUserById(db, userId));
}
