// A document is cut into chunks and indexed in the batch that stores it: it is found from the first moment, or not there.

import type * as v from 'valibot';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';
import { requireOwner, requireOwnUserId } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { cutIntoChunks } from './chunk.ts';
import { insertChunks, insertDocument, selectCollection, selectDocument } from './queries.ts';
import { type NewDocument, showDocument } from './shapes.ts';

export async function addDocument(
  { db, now, randomId }: Deps,
  principal: Principal,
  collectionId: string,
  { filename, content, metadata, user_id }: v.InferOutput<typeof NewDocument>,
) {
  requireOwnUserId(principal, user_id);
  const { userId } = principal;
  const chunks = cutIntoChunks(content);
  const row = { id: randomId(), collectionId, userId, filename, metadata, chunkCount: chunks.length, createdAt: now() };
  const [[owner], collections, , , [added]] = await repeatIfLost(() =>
    db.batch([
      selectOwner(db, userId),
      selectCollection(db, userId, collectionId),
      insertDocument(db, row),
      insertChunks(db, row, chunks),
      selectDocument(db, userId, row.id),
    ]),
  );
  requireOwner(owner);
  if (collections.length === 0) throw new AppError('COLLECTION_NOT_FOUND');
  if (!added) throw new AppError('COLLECTION_FULL');
  return showDocument(added);
}
