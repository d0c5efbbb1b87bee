import type * as v from 'valibot';
import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';
import { requireOwner, requireOwnUserId } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { insertCollection, selectCollection } from './queries.ts';
import { type NewCollection, showCollection } from './shapes.ts';

export async function createCollection(
  { db, now, randomId }: Deps,
  principal: Principal,
  { name, description, metadata, user_id }: v.InferOutput<typeof NewCollection>,
) {
  requireOwnUserId(principal, user_id);
  const row = {
    id: randomId(),
    userId: principal.userId,
    name,
    description: description ?? null,
    metadata,
    documentCount: 0,
    createdAt: now(),
    updatedAt: now(),
  };
  const [[owner], , [created]] = await repeatIfLost(() =>
    db.batch([
      selectOwner(db, principal.userId),
      insertCollection(db, row),
      selectCollection(db, principal.userId, row.id),
    ]),
  );
  requireOwner(owner);
  if (!created) throw new AppError('DUPLICATE_COLLECTION');
  return showCollection(created);
}
