// A question to one's own collection: the chunks that fit best, and the sentences in them that answer it.

import * as v from 'valibot';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../http/context.ts';
import { text, uuid } from '../http/shapes.ts';
import { maxCodePoints, minCodePoints } from '../http/validate.ts';
import { requireOwner, requireOwnUserId } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { NOTHING_FOUND, pickAnswer, rank, toSearchWords } from './answer.ts';
import { type Candidate, selectCandidates, selectCollection } from './queries.ts';

const SENTENCE = 'Machine learning is the study of programs that improve with experience.';
const DEFAULT_RESULTS = 5;
const results = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50)));

/** `max_chunks` is what RAG Modulo's command line calls `max_results`. */
export const SearchBody = v.strictObject({
  question: v.pipe(
    v.string(),
    v.trim(),
    minCodePoints(1),
    maxCodePoints(1000),
    v.examples(['What is machine learning?']),
  ),
  collection_id: uuid,
  user_id: uuid,
  config_metadata: v.nullish(v.looseObject({ max_results: results, max_chunks: results })),
});

export const SearchAnswer = v.object({
  answer: text(SENTENCE),
  sources: v.array(
    v.object({
      document_id: uuid,
      chunk_id: text('5a0e1f0c-7c63-4c1e-9f67-2f1d3b4c5d6e-0'),
      content: text(SENTENCE),
      score: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
      metadata: v.record(v.string(), v.unknown()),
    }),
  ),
  reasoning_steps: v.null(),
  metadata: v.object({
    answer_kind: v.picklist(['extractive', 'none']),
    response_time_ms: v.number(),
    chunks_matched: v.number(),
  }),
});

export async function search(
  { db }: Deps,
  principal: Principal,
  { question, collection_id, user_id, config_metadata }: v.InferOutput<typeof SearchBody>,
): Promise<v.InferOutput<typeof SearchAnswer>> {
  const started = Date.now();
  requireOwnUserId(principal, user_id);
  const { userId } = principal;
  const words = toSearchWords(question);
  const limit = config_metadata?.max_results ?? config_metadata?.max_chunks ?? DEFAULT_RESULTS;
  const [[owner], collections, candidates = []] = await db.batch([
    selectOwner(db, userId),
    selectCollection(db, userId, collection_id),
    ...(words.length === 0 ? [] : [selectCandidates(db, userId, collection_id, words)]),
  ]);
  requireOwner(owner);
  if (collections.length === 0) throw new AppError('COLLECTION_NOT_FOUND');

  const [first] = candidates;
  const sources = first ? rank(candidates, words, first).slice(0, limit) : [];
  const answer = pickAnswer(
    sources.map(({ content }) => content),
    words,
  );
  return {
    answer: answer ?? NOTHING_FOUND,
    sources: sources.map(toSource),
    reasoning_steps: null,
    metadata: {
      answer_kind: answer === undefined ? 'none' : 'extractive',
      response_time_ms: Date.now() - started,
      chunks_matched: first?.matched ?? 0,
    },
  };
}

function toSource({ documentId, position, content, score, filename, metadata }: Candidate & { score: number }) {
  return {
    document_id: documentId,
    chunk_id: `${documentId}-${position}`,
    content,
    score,
    metadata: { ...metadata, filename, chunk_number: position },
  };
}
