// Everything that is held about a user, as JSON, without hashes. It is written while it is read, page by page, so that a
// large account needs no more memory than a small one.

import type { AuditEvent } from '../audit/queries.ts';
import { encodeUtf8 } from '../crypto/encoding.ts';
import type { Deps } from '../deps.ts';
import type { Principal } from '../http/context.ts';
import { toIsoTime } from '../http/shapes.ts';
import { requireOwner } from '../user/owner.ts';
import { findUserById } from '../user/queries.ts';
import { type Slice, selectCollectionsOf, selectDocumentsOf, selectEventsOf, selectSessionsOf } from './queries.ts';

const ROWS = 500;
/** A document may have 256 KB of text, in characters of up to six bytes as JSON. */
const DOCUMENTS = 20;

/** The user is looked up before the first byte is sent: later errors can only cut the answer off. */
export async function exportAccount({ db }: Deps, { userId }: Principal): Promise<ReadableStream<Uint8Array>> {
  const { username, email, role, createdAt } = requireOwner(await findUserById(db, userId));
  const user = { id: userId, username, email, role, created_at: toIsoTime(createdAt) };

  async function* write() {
    yield `{"user":${JSON.stringify(user)}`;
    yield* writeList('sessions', ROWS, (slice) => selectSessionsOf(db, slice), showSession);
    yield* writeList('collections', ROWS, (slice) => selectCollectionsOf(db, slice), showCollection);
    yield* writeList('documents', DOCUMENTS, (slice) => selectDocumentsOf(db, slice), showDocument);
    yield* writeList('activity', ROWS, (slice) => selectEventsOf(db, slice), showEvent);
    yield '}';
  }

  async function* writeList<Row extends { id: string | number }>(
    name: string,
    limit: number,
    read: (slice: Slice) => Promise<Row[]>,
    show: (row: Row) => object,
  ) {
    yield `,"${name}":[`;
    let after = '';
    for (let rows = await read({ userId, after, limit }); rows.length > 0; ) {
      yield (after === '' ? '' : ',') + rows.map((row) => JSON.stringify(show(row))).join(',');
      after = String(rows.at(-1)?.id);
      rows = rows.length < limit ? [] : await read({ userId, after, limit });
    }
    yield ']';
  }

  const pieces = write();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encodeUtf8(value));
      } catch {
        // The status is sent already: all that is left is to cut off. What failed holds SQL, and stays here.
        console.error(JSON.stringify({ level: 'error', event: 'export_cut_off' }));
        controller.error(new Error('export cut off'));
      }
    },
  });
}

function showSession(row: Awaited<ReturnType<typeof selectSessionsOf>>[number]) {
  return {
    id: row.id,
    created_at: toIsoTime(row.createdAt),
    last_used_at: toIsoTime(row.rotatedAt),
    ended_at: row.endedAt === null ? null : toIsoTime(row.endedAt),
    user_agent: row.userAgent,
    country: row.country,
    network: row.network,
  };
}

function showCollection(row: Awaited<ReturnType<typeof selectCollectionsOf>>[number]) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    metadata: row.metadata,
    created_at: toIsoTime(row.createdAt),
    updated_at: toIsoTime(row.updatedAt),
  };
}

function showDocument(row: Awaited<ReturnType<typeof selectDocumentsOf>>[number]) {
  return {
    id: row.id,
    collection_id: row.collectionId,
    filename: row.filename,
    metadata: row.metadata,
    created_at: toIsoTime(row.createdAt),
    content: JSON.parse(row.chunks) as string[],
  };
}

function showEvent({ at, action, outcome, reason, sessionId, requestId, userAgent, country, network }: AuditEvent) {
  return {
    at: toIsoTime(at),
    action,
    outcome,
    reason,
    session_id: sessionId,
    request_id: requestId,
    user_agent: userAgent,
    country,
    network,
  };
}
