// What a question becomes: words to look up, and sentences that answer it. Pure; nothing here writes a sentence of its own.

import { cutIntoSentences } from './chunk.ts';

/** Different words of a question that are looked up; FTS5 bounds the size of an expression. */
const MAX_WORDS = 64;
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

/** The different words of a text in lower case without diacritics, as the index has them (unicode61, remove_diacritics). */
export function toWords(text: string): string[] {
  const folded = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return [...new Set(folded.match(/[\p{L}\p{N}\p{Co}]+/gu))];
}

/** What the question asks about, at most {@link MAX_WORDS} words. */
export function toSearchWords(question: string): string[] {
  const words = toWords(question);
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  return (telling.length > 0 ? telling : words).slice(0, MAX_WORDS);
}

/** An FTS5 expression for any of the words. Quoted, none of them is an operator. */
export function toMatch(words: readonly string[]): string {
  return words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' OR ');
}

/**
 * Scores from 0 to 1 for hits in the order of their bm25 ranks: how close each comes to the best one, times the share of
 * the question's words that the best ones have between them. bm25 alone is unbounded, and close to 0 in a small collection.
 */
export function toScores(ranks: readonly number[], texts: readonly string[], words: readonly string[]): number[] {
  const best = Math.min(...ranks);
  const covered = Math.max(...texts.map((text) => share(toWords(text), words)));
  return ranks.map((rank) => round(best < 0 ? (rank / best) * covered : covered));
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

function share(found: readonly string[], words: readonly string[]): number {
  const set = new Set(found);
  return words.length === 0 ? 0 : words.filter((word) => set.has(word)).length / words.length;
}

function round(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * 10_000) / 10_000;
}
