// Who acts, checked against what the database and the body say.

import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';

/** @param rows of `selectOwner`, from the batch that did the work. */
export function requireOwner(rows: readonly unknown[]): void {
  if (rows.length === 0) throw new AppError('INVALID_TOKEN', { reason: 'unknown_user' });
}

/** A body may name its user, as RAG Modulo's clients do, but nobody else. */
export function requireOwnUserId({ userId }: Principal, claimed: string | undefined): void {
  if (claimed !== undefined && claimed.toLowerCase() !== userId)
    throw new AppError('FORBIDDEN', { reason: 'foreign_user_id' });
}
