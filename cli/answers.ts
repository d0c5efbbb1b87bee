// What the service answers, as far as it is used here; everything else is handed on as it came.

import * as v from 'valibot';

export const Nothing = v.undefined();

export const Me = v.looseObject({ id: v.string(), username: v.string(), email: v.string(), name: v.string() });
export type Me = v.InferInput<typeof Me>;

export const Session = v.looseObject({
  id: v.string(),
  created_at: v.string(),
  last_used_at: v.string(),
  device: v.string(),
  network: v.nullable(v.string()),
  current: v.boolean(),
});

export const Health = v.looseObject({ status: v.string(), version: v.string() });

export const Collection = v.looseObject({
  id: v.string(),
  name: v.string(),
  description: v.nullable(v.string()),
  document_count: v.number(),
  status: v.string(),
  created_at: v.string(),
});
export type Collection = v.InferInput<typeof Collection>;

export const Document = v.looseObject({
  id: v.string(),
  filename: v.string(),
  chunk_count: v.number(),
  status: v.string(),
  created_at: v.string(),
});

export const SearchResult = v.looseObject({
  answer: v.string(),
  sources: v.array(
    v.looseObject({
      document_id: v.string(),
      content: v.string(),
      score: v.number(),
      metadata: v.optional(v.nullable(v.looseObject({ filename: v.optional(v.string()) }))),
    }),
  ),
});
