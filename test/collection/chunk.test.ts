import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHUNK_LENGTH, cutIntoChunks, cutIntoSentences } from '../../src/collection/chunk.ts';

test('chunks end where sentences or paragraphs do', () => {
  const text = Array.from({ length: 100 }, (_, i) => `This is sentence number ${i}, and it says little.`).join(' ');
  const chunks = cutIntoChunks(text);
  expect(chunks.length).toBeGreaterThan(4);
  for (const chunk of chunks) {
    expect(chunk.length).toBeLessThanOrEqual(CHUNK_LENGTH);
    expect(chunk).toMatch(/^This .*little\.$/);
  }
  expect(chunks.join(' ')).toBe(text);
});

test.for([
  ['One. Two! Three?', ['One.', 'Two!', 'Three?']],
  ['A heading\n\nA paragraph\nof two lines.', ['A heading', 'A paragraph of two lines.']],
  ['- first item\n- second item', ['- first item', '- second item']],
  ['It costs 3.50 at example.com today.', ['It costs 3.50 at example.com today.']],
  ['He said "Stop." She stopped.', ['He said "Stop."', 'She stopped.']],
  ['\u8fd9\u662f\u4e00\u3002\u8fd9\u662f\u4e8c\u3002', ['\u8fd9\u662f\u4e00\u3002', '\u8fd9\u662f\u4e8c\u3002']],
  [' \n ', []],
] as const)('sentences of %j', ([text, sentences]) => {
  expect(cutIntoSentences(text)).toEqual(sentences);
});

test('any text is cut without losing a letter, into chunks that are well-formed and not too long', () => {
  const letters = (text: string) => text.replace(/\s+/g, '');
  const word = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed());
  const text = fc.oneof(
    fc.array(word, { maxLength: 80 }).map((words) => words.join(' ')),
    fc.tuple(word, fc.integer({ min: 0, max: 200 })).map(([text, times]) => text.repeat(times)),
  );
  fc.assert(
    fc.property(text, (whole) => {
      const chunks = cutIntoChunks(whole);
      expect(letters(chunks.join(''))).toBe(letters(whole));
      for (const chunk of chunks) {
        expect(chunk.length).toBeLessThanOrEqual(CHUNK_LENGTH);
        expect(chunk.isWellFormed()).toBe(true);
        expect(chunk.trim()).not.toBe('');
      }
    }),
    { numRuns: 300 },
  );
});
