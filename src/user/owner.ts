// Who acts, checked against what the database and the body say.

import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';

/** The user of a token, which lives on for a while after the user was deleted and is then good for nothing. */
export function requireOwner<Owner>(owner: Owner | undefined): Owner {
  if (owner === undefined) throw new AppError('INVALID_TOKEN', { reason: 'unknown_user' });
  return owner;
}

/** A body may name its user, as RAG Modulo's clients do, but nobody else. */
export function requireOwnUserId({ userId }: Principal, claimed: string | undefined): void {
  if (claimed !== undefined && claimed.toLowerCase() !== userId)
    throw new AppError('FORBIDDEN', { reason: 'foreign_user_id' });
}
