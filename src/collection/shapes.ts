// Collections and documents as they go over the wire: what comes in, what goes out.

import * as v from 'valibot';
import { isoTime, text, toIsoTime, uuid } from '../http/shapes.ts';
import { maxCodePoints, minCodePoints } from '../http/validate.ts';
import type { Collection, Document } from './queries.ts';

export const MAX_CONTENT_BYTES = 256 * 1024;
/** JSON may spell a character in six; anything longer holds more than a document may. */
export const DOCUMENT_BODY_LIMIT_BYTES = 6 * MAX_CONTENT_BYTES + 32 * 1024;

/** What is stored comes back as it was sent: SQLite would replace half a pair. */
const storable = v.check<string, string>(
  (text) => text.isWellFormed() && !text.includes('\0'),
  'Text must be well-formed Unicode without NUL',
);
const label = (example: string) =>
  v.pipe(v.string(), v.trim(), minCodePoints(1), maxCodePoints(255), storable, v.examples([example]));
const MAX_METADATA_LENGTH = 16 * 1024;
/** JSON.stringify recurses, so what it is given must not be as deep as somebody likes. */
const MAX_METADATA_DEPTH = 32;
const metadata = v.optional(
  v.pipe(
    wholeRecord(),
    v.check(
      (object) => isShallow(object, MAX_METADATA_DEPTH) && JSON.stringify(object).length <= MAX_METADATA_LENGTH,
      `Metadata must have at most ${MAX_METADATA_LENGTH} characters as JSON, ${MAX_METADATA_DEPTH} levels deep`,
    ),
  ),
  {},
);
/** Members that are not named here (`is_private`, `users`, `status`) are ignored. */
export const NewCollection = v.object({
  name: label('Notes'),
  description: v.nullish(v.pipe(v.string(), maxCodePoints(2000), storable)),
  metadata,
  user_id: v.optional(uuid),
});

export const NewDocument = v.object({
  filename: label('notes.md'),
  content: v.pipe(
    v.string(),
    v.check((text) => text.isWellFormed() && !text.includes('\0'), 'Content must be well-formed Unicode without NUL'),
    v.check(
      (text) => new TextEncoder().encode(text).length <= MAX_CONTENT_BYTES,
      `Content must have at most ${MAX_CONTENT_BYTES} bytes of UTF-8`,
    ),
    v.check((text) => text.trim() !== '', 'Content must not be blank'),
    v.examples(['The weather was fine. Machine learning is the study of programs that improve with experience.']),
  ),
  metadata,
  user_id: v.optional(uuid),
});

export const CollectionAnswer = v.pipe(
  v.object({
    id: uuid,
    name: text('Notes'),
    description: v.nullable(v.string()),
    user_id: uuid,
    document_count: v.number(),
    status: v.picklist(['created', 'completed']),
    created_at: isoTime,
    updated_at: isoTime,
    metadata: v.record(v.string(), v.unknown()),
  }),
  v.title('Collection'),
);

export const DocumentAnswer = v.pipe(
  v.object({
    id: uuid,
    filename: text('notes.md'),
    collection_id: uuid,
    user_id: uuid,
    status: v.literal('completed'),
    chunk_count: v.number(),
    created_at: isoTime,
    metadata: v.record(v.string(), v.unknown()),
  }),
  v.title('Document'),
);

export function showCollection(row: Collection): v.InferOutput<typeof CollectionAnswer> {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    user_id: row.userId,
    document_count: row.documentCount,
    status: row.documentCount === 0 ? 'created' : 'completed',
    created_at: toIsoTime(row.createdAt),
    updated_at: toIsoTime(row.updatedAt),
    metadata: row.metadata,
  };
}

export function showDocument(row: Document): v.InferOutput<typeof DocumentAnswer> {
  return {
    id: row.id,
    filename: row.filename,
    collection_id: row.collectionId,
    user_id: row.userId,
    status: 'completed',
    chunk_count: row.chunkCount,
    created_at: toIsoTime(row.createdAt),
    metadata: row.metadata,
  };
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}

/** Valibot's record leaves out names that every object has, like `constructor`; what JSON.parse made may have them. */
function wholeRecord() {
  const schema = v.record(v.string(), v.unknown());
  const run: (typeof schema)['~run'] = (dataset, config) => {
    const given = dataset.value as Record<string, unknown>;
    const result = schema['~run'](dataset, config);
    return result.typed ? { ...result, value: given } : result;
  };
  return { ...schema, '~run': run };
}
