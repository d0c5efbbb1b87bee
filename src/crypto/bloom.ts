// A Bloom filter: a set of texts in a few bits each. What was put in is always found, and so is, rarely, what was not.
// Who makes a filter and who asks it share these lines, since a filter means nothing to any other hashing.

import { sha256 } from '@noble/hashes/sha2.js';
import { encodeUtf8 } from './encoding.ts';

/** With as many positions as suit 16 bits a text, about one foreign text in 2,200 is found. */
const BITS_PER_TEXT = 16;
const POSITIONS = 11;

export function makeBloom(texts: readonly string[]): Uint8Array {
  const filter = new Uint8Array(Math.ceil((texts.length * BITS_PER_TEXT) / 8));
  for (const text of texts) {
    for (const position of positions(filter, text)) filter[position >> 3] = byteAt(filter, position) | bitOf(position);
  }
  return filter;
}

export function isInBloom(filter: Uint8Array, text: string): boolean {
  return positions(filter, text).every((position) => (byteAt(filter, position) & bitOf(position)) !== 0);
}

/** Each from the same two numbers of one hash, which errs no more than a hash for each (Kirsch and Mitzenmacher, 2006). */
function positions(filter: Uint8Array, text: string): number[] {
  const size = filter.length * 8;
  const { buffer, byteOffset } = sha256(encodeUtf8(text));
  const numbers = new DataView(buffer, byteOffset);
  const first = numbers.getUint32(0) % size;
  const step = 1 + (numbers.getUint32(4) % (size - 1)); // never 0, which would make all positions one
  return Array.from({ length: POSITIONS }, (_, i) => (first + i * step) % size);
}

function byteAt(filter: Uint8Array, position: number): number {
  return filter[position >> 3] ?? 0;
}

function bitOf(position: number): number {
  return 1 << (position & 7);
}
