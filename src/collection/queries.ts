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

/** Chunks that are looked at closely. */
const MAX_CANDIDATES = 100;

/**
 * Chunks of a collection that hold any of the words: those with all of them first, then with ever fewer of the rarest. In
 * each row stand how many chunks there are, how many hold any word and how many hold each. Words are letters and digits,
 * so quoted none of them is an operator. The LIMIT of `expression` is what keeps SQLite from dropping its order.
 *
 * Nothing outside the collection is counted: FTS5's own bm25 weighs a word by all chunks of all users, which tells each of
 * them what the others write, and takes the longer the more they write. What is counted inside is counted by the index:
 * a table of the hits would be read, and billed, row by row.
 */
export function selectCandidates(db: Database, userId: string, collectionId: string, words: readonly string[]) {
  const inScope = `scope : "${toScope(collectionId)}"`;
  const best = sql`(
    WITH held AS MATERIALIZED (
      SELECT value AS word, '"' || value || '"' AS term, (
        SELECT count(*) FROM chunk_index WHERE chunk_index MATCH ${inScope} || ' AND content : "' || value || '"'
      ) AS n FROM json_each(${JSON.stringify(words)})
    ),
    expression AS MATERIALIZED (
      SELECT group_concat(term, ' AND ') OVER rarest AS terms, -row_number() OVER rarest AS turn
      FROM held WHERE n > 0 WINDOW rarest AS (ORDER BY n, word)
      UNION ALL SELECT term, n FROM held WHERE n > 0
      ORDER BY turn LIMIT ${2 * words.length}
    ),
    candidate AS MATERIALIZED (
      SELECT DISTINCT chunk_index.rowid AS seq
      FROM expression CROSS JOIN chunk_index ON chunk_index MATCH ${inScope} || ' AND content : (' || terms || ')'
      LIMIT ${MAX_CANDIDATES}
    ),
    census AS MATERIALIZED (
      SELECT (SELECT sum(chunk_count) FROM document WHERE collection_id = ${collectionId}) AS chunks, (
        SELECT count(*) FROM chunk_index
        WHERE chunk_index MATCH ${inScope} || ' AND content : (' || group_concat(term, ' OR ') || ')'
      ) AS matched, json_group_object(word, n) AS holding
      FROM held
    )
    SELECT * FROM candidate JOIN census
  ) best`;
  return (
    db
      .select({
        documentId: document.id,
        position: chunk.position,
        content: chunk.content,
        filename: document.filename,
        metadata: document.metadata,
        chunks: sql<number>`best.chunks`,
        matched: sql<number>`best.matched`,
        holding: sql`best.holding`.mapWith((text: string): Record<string, number> => JSON.parse(text)),
      })
      .from(best)
      // SQLite takes the tables of a cross join in this order, and would otherwise begin with all the collection's chunks.
      .crossJoin(chunk)
      .crossJoin(document)
      .where(
        and(
          eq(chunk.seq, sql`best.seq`),
          eq(document.id, chunk.documentId),
          eq(document.collectionId, collectionId),
          eq(document.userId, userId),
        ),
      )
      .orderBy(chunk.seq)
  );
}

export type Candidate = Awaited<ReturnType<typeof selectCandidates>>[number];

function toScope(collectionId: string): string {
  return collectionId.replaceAll('-', '');
}
