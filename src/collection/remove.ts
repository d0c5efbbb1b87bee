import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { deleteCollection } from './queries.ts';

export async function removeCollection({ db }: Deps, { userId }: Principal, id: string): Promise<void> {
  const [[owner], removed] = await db.batch([selectOwner(db, userId), deleteCollection(db, userId, id)]);
  requireOwner(owner);
  if (removed.length === 0) throw new AppError('COLLECTION_NOT_FOUND');
}
