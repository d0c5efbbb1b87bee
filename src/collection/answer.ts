// What a question becomes: words to look up, and sentences that answer it. Pure; nothing here writes a sentence of its own.

import { cutIntoSentences } from './chunk.ts';

/** Different words of a question that are looked up: each is counted in the collection, which D1 bills. */
const MAX_WORDS = 32;
const MAX_SENTENCES = 3;
/** A further sentence must be at least this much as good as the best one. */
const WORTH_ADDING = 0.6;

export const NOTHING_FOUND = 'Nothing in this collection answers the question.';

/** Words that nearly every sentence has: they are left out where the question has others. */
const STOP_WORDS = new Set(
  (
    'a about all also am an and any are as at be because been but by can could did do does for from had has have he her ' +
    'his how i if in into is it its may me my no not of on or our out shall she should so some such than that the their ' +
    'them then there these they this to up upon us was we were what when where which who whom whose why will with would you your'
  ).split(' '),
);

/** The words of a text in lower case without diacritics, as the index has them (unicode61, remove_diacritics). */
function listWords(text: string): string[] {
  const folded = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return folded.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
}

/** The different ones. */
export function toWords(text: string): string[] {
  return [...new Set(listWords(text))];
}

/** What the question asks about, at most {@link MAX_WORDS} words. */
export function toSearchWords(question: string): string[] {
  const words = toWords(question);
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  return (telling.length > 0 ? telling : words).slice(0, MAX_WORDS);
}

/** What a collection says about the words of a question: how many chunks it has, and how many of them hold each word. */
export type Census = { chunks: number; holding: Readonly<Record<string, number>> };

/** Robertson's and Zaragoza's usual values (The Probabilistic Relevance Framework: BM25 and Beyond, 2009, §3.2). */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.75;

/**
 * The chunks by BM25, best first. Scores are from 0 to 1: how close each comes to the best one, times the largest share
 * of the question's words that one of them has; BM25 alone is unbounded.
 */
export function rank<Chunk extends { content: string }>(
  found: readonly Chunk[],
  words: readonly string[],
  { chunks, holding }: Census,
): (Chunk & { score: number })[] {
  const listed = found.map((chunk) => ({ chunk, list: listWords(chunk.content) }));
  const meanLength = listed.reduce((sum, { list }) => sum + list.length, 0) / listed.length;
  const weights = words.map((word) => {
    const n = holding[word] ?? 0;
    return { word, weight: Math.log(1 + (chunks - n + 0.5) / (n + 0.5)) };
  });
  const scored = listed.map(({ chunk, list }) => {
    const damping = SATURATION * (1 - LENGTH_SHARE + (LENGTH_SHARE * list.length) / meanLength);
    const bm25 = weights.reduce((sum, { word, weight }) => {
      const times = list.filter((other) => other === word).length;
      return sum + (weight * times * (SATURATION + 1)) / (times + damping);
    }, 0);
    return { chunk, bm25 };
  });
  const best = Math.max(...scored.map(({ bm25 }) => bm25));
  const covered =
    Math.max(...listed.map(({ list }) => words.filter((word) => list.includes(word)).length)) / words.length;
  return scored
    .toSorted((a, b) => b.bm25 - a.bm25)
    .map(({ chunk, bm25 }) => ({ ...chunk, score: best > 0 ? round((bm25 / best) * covered) : 0 }));
}

/** The sentences that have most of the question's rarest words, from the texts in their order; `undefined` for none. */
export function pickAnswer(texts: readonly string[], words: readonly string[]): string | undefined {
  const sentences = texts.flatMap((text, source) =>
    cutIntoSentences(text).map((sentence) => ({ source, sentence, words: new Set(toWords(sentence)) })),
  );
  const weights = words.map((word) => {
    const holding = sentences.filter((sentence) => sentence.words.has(word)).length;
    return { word, weight: Math.log(1 + sentences.length / (1 + holding)) };
  });
  const scored = sentences.map((sentence, position) => {
    const found = weights.reduce((sum, { word, weight }) => sum + (sentence.words.has(word) ? weight : 0), 0);
    // Long sentences hold more words by chance, and later sources fit less.
    return { ...sentence, position, score: found / Math.sqrt(10 + sentence.words.size) / (1 + 0.1 * sentence.source) };
  });
  const ranked = scored.toSorted((a, b) => b.score - a.score);
  const best = ranked[0]?.score ?? 0;
  if (best === 0) return undefined;
  return ranked
    .filter(({ score }) => score >= best * WORTH_ADDING)
    .slice(0, MAX_SENTENCES)
    .toSorted((a, b) => a.position - b.position)
    .map(({ sentence }) => sentence)
    .join(' ');
}

function round(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * 10_000) / 10_000;
}
