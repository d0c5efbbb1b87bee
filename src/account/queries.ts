// Everything that is held about a user, page by page in the order of its ids, without what is secret.

import { and, asc, eq, getTableColumns, gt, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { auditEvent, chunk, collection, document, session } from '../db/schema.ts';

export type Slice = { userId: string; after: string; limit: number };

export function selectSessionsOf(db: Database, { userId, after, limit }: Slice) {
  return db
    .select()
    .from(session)
    .where(and(eq(session.userId, userId), gt(session.id, after)))
    .orderBy(asc(session.id))
    .limit(limit);
}

export function selectCollectionsOf(db: Database, { userId, after, limit }: Slice) {
  return db
    .select()
    .from(collection)
    .where(and(eq(collection.userId, userId), gt(collection.id, after)))
    .orderBy(asc(collection.id))
    .limit(limit);
}

export function selectEventsOf(db: Database, { userId, after, limit }: Slice) {
  return db
    .select()
    .from(auditEvent)
    .where(and(eq(auditEvent.userId, userId), gt(auditEvent.id, Number(after))))
    .orderBy(asc(auditEvent.id))
    .limit(limit);
}

/** Documents with their text, which is kept in chunks. */
export function selectDocumentsOf(db: Database, { userId, after, limit }: Slice) {
  return db
    .select({
      ...getTableColumns(document),
      chunks: sql<string>`(
        SELECT json_group_array(${chunk.content} ORDER BY ${chunk.position}) FROM ${chunk}
        WHERE ${chunk.documentId} = document.id
      )`,
    })
    .from(document)
    .where(and(eq(document.userId, userId), gt(document.id, after)))
    .orderBy(asc(document.id))
    .limit(limit);
}
