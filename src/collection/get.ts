import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { selectCollection } from './queries.ts';
import { showCollection } from './shapes.ts';

export async function getCollection({ db }: Deps, { userId }: Principal, id: string) {
  const [[owner], [found]] = await db.batch([selectOwner(db, userId), selectCollection(db, userId, id)]);
  requireOwner(owner);
  if (!found) throw new AppError('COLLECTION_NOT_FOUND');
  return showCollection(found);
}
