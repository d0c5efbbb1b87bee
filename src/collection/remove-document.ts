import { repeatIfLost } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { deleteDocument } from './queries.ts';

export async function removeDocument({ db }: Deps, { userId }: Principal, id: string): Promise<void> {
  const { owner, gone } = await repeatIfLost(async (repeated) => {
    const [[found], removed] = await db.batch([selectOwner(db, userId), deleteDocument(db, userId, id)]);
    // Where the first reply was lost, what is not there any more was removed by it.
    return { owner: found, gone: repeated || removed.length > 0 };
  });
  requireOwner(owner);
  if (!gone) throw new AppError('DOCUMENT_NOT_FOUND');
}
