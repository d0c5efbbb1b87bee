// Every statement about collections, documents and chunks. Each names its owner: what is somebody else's is not found.

import { and, asc, count, eq, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { chunk, collection, document, user } from '../db/schema.ts';
import type { Page } from '../http/page.ts';

export type Collection = typeof collection.$inferSelect;
export type Document = typeof document.$inferSelect;

export const MAX_DOCUMENTS = 1000;

const owned = (userId: string, id: string) => and(eq(collection.id, id), eq(collection.userId, userId));

/** Nothing where the name is taken or the user is gone. */
export function insertCollection(db: Database, row: Collection) {
  return db
    .insert(collection)
    .select(
      db
        .select({
          id: sql`${row.id}`.as('id'),
          userId: user.id,
          name: sql`${row.name}`.as('name'),
          description: sql`${row.description}`.as('description'),
          metadata: sql`${JSON.stringify(row.metadata)}`.as('metadata'),
          documentCount: sql`0`.as('document_count'),
          createdAt: sql`${row.createdAt}`.as('created_at'),
          updatedAt: sql`${row.updatedAt}`.as('updated_at'),
        })
        .from(user)
        .where(eq(user.id, row.userId)),
    )
    .onConflictDoNothing();
}

export function selectCollection(db: Database, userId: string, id: string) {
  return db.select().from(collection).where(owned(userId, id));
}

export function selectCollections(db: Database, userId: string, { limit, offset }: Page) {
  return db
    .select()
    .from(collection)
    .where(eq(collection.userId, userId))
    .orderBy(asc(collection.createdAt), asc(collection.id))
    .limit(limit)
    .offset(offset);
}

export function countCollections(db: Database, userId: string) {
  return db.select({ total: count() }).from(collection).where(eq(collection.userId, userId));
}

/** Documents, chunks and index rows go with it. */
export function deleteCollection(db: Database, userId: string, id: string) {
  return db.delete(collection).where(owned(userId, id)).returning({ id: collection.id });
}

/** Nothing where the collection is not the user's, or is full. */
export function insertDocument(db: Database, row: Document) {
  return db
    .insert(document)
    .select(
      db
        .select({
          id: sql`${row.id}`.as('id'),
          collectionId: collection.id,
          userId: collection.userId,
          filename: sql`${row.filename}`.as('filename'),
          metadata: sql`${JSON.stringify(row.metadata)}`.as('metadata'),
          chunkCount: sql`${row.chunkCount}`.as('chunk_count'),
          createdAt: sql`${row.createdAt}`.as('created_at'),
        })
        .from(collection)
        .where(and(owned(row.userId, row.collectionId), sql`${collection.documentCount} < ${MAX_DOCUMENTS}`)),
    )
    .onConflictDoNothing();
}

/** All chunks of a document in one statement, and none where the document was not inserted. */
export function insertChunks(db: Database, { id, collectionId }: Document, chunks: readonly string[]) {
  return db
    .insert(chunk)
    .select(sql`
    SELECT NULL, ${id}, key, ${toScope(collectionId)}, value FROM json_each(${JSON.stringify(chunks)})
    WHERE EXISTS (SELECT 1 FROM document WHERE id = ${id})`)
    .onConflictDoNothing();
}

export function selectDocuments(db: Database, userId: string, collectionId: string, { limit, offset }: Page) {
  return db
    .select()
    .from(document)
    .where(and(eq(document.collectionId, collectionId), eq(document.userId, userId)))
    .orderBy(asc(document.createdAt), asc(document.id))
    .limit(limit)
    .offset(offset);
}

export function selectDocument(db: Database, userId: string, id: string) {
  return db
    .select()
    .from(document)
    .where(and(eq(document.id, id), eq(document.userId, userId)));
}

export function deleteDocument(db: Database, userId: string, id: string) {
  return db
    .delete(document)
    .where(and(eq(document.id, id), eq(document.userId, userId)))
    .returning({ id: document.id });
}

/**
 * The chunks of a collection that hold any of the words, best first. `words` is an FTS5 expression over the content; the
 * collection's scope is joined to it here. `rank` is bm25 (the more negative, the better), `matched` counts all of them.
 */
export function selectHits(db: Database, userId: string, collectionId: string, words: string, limit: number) {
  const match = `scope : "${toScope(collectionId)}" AND content : (${words})`;
  const best = sql`(
    SELECT rowid AS seq, rank FROM chunk_index
    WHERE chunk_index MATCH ${match} AND rank MATCH 'bm25(0, 1)'
    ORDER BY rank LIMIT ${limit}
  ) hit`;
  return db
    .select({
      documentId: document.id,
      position: chunk.position,
      content: chunk.content,
      rank: sql<number>`hit.rank`,
      matched: sql<number>`(SELECT count(*) FROM chunk_index WHERE chunk_index MATCH ${match})`,
      filename: document.filename,
      metadata: document.metadata,
    })
    .from(chunk)
    .innerJoin(best, sql`hit.seq = ${chunk.seq}`)
    .innerJoin(document, eq(document.id, chunk.documentId))
    .where(and(eq(document.collectionId, collectionId), eq(document.userId, userId)))
    .orderBy(sql`hit.rank`);
}

export type Hit = Awaited<ReturnType<typeof selectHits>>[number];

function toScope(collectionId: string): string {
  return collectionId.replaceAll('-', '');
}
