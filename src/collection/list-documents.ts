import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';
import type { Page } from '../http/page.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { selectCollection, selectDocuments } from './queries.ts';
import { showDocument } from './shapes.ts';

export async function listDocuments({ db }: Deps, { userId }: Principal, collectionId: string, page: Page) {
  const [[owner], [collection], rows] = await db.batch([
    selectOwner(db, userId),
    selectCollection(db, userId, collectionId),
    selectDocuments(db, userId, collectionId, page),
  ]);
  requireOwner(owner);
  if (!collection) throw new AppError('COLLECTION_NOT_FOUND');
  return { rows: rows.map(showDocument), total: collection.documentCount };
}
