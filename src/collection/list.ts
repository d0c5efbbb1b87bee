import type { Deps } from '../deps.ts';
import type { Principal } from '../http/context.ts';
import type { Page } from '../http/page.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { countCollections, selectCollections } from './queries.ts';
import { showCollection } from './shapes.ts';

export async function listCollections({ db }: Deps, { userId }: Principal, page: Page) {
  const [[owner], rows, [counted]] = await db.batch([
    selectOwner(db, userId),
    selectCollections(db, userId, page),
    countCollections(db, userId),
  ]);
  requireOwner(owner);
  return { rows: rows.map(showCollection), total: counted?.total ?? 0 };
}
