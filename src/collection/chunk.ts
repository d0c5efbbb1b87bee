// Cutting a text into chunks, and chunks into sentences. Pure.

/** Length that a chunk is filled up to, in UTF-16 units; a single longer sentence is cut at its words. */
export const CHUNK_LENGTH = 1000;

/** Chunks of about {@link CHUNK_LENGTH}, cut at paragraph or sentence ends. A text of white space has none. */
export function cutIntoChunks(text: string): string[] {
  const chunks: string[] = [];
  let chunk = '';
  for (const piece of cutIntoSentences(text).flatMap(cutAtWords)) {
    if (chunk !== '' && chunk.length + 1 + piece.length > CHUNK_LENGTH) {
      chunks.push(chunk);
      chunk = '';
    }
    chunk = chunk === '' ? piece : `${chunk} ${piece}`;
  }
  return chunk === '' ? chunks : [...chunks, chunk];
}

/** Sentences in their order, trimmed: a paragraph, heading or list item ends one as a full stop does. */
export function cutIntoSentences(text: string): string[] {
  return text
    .split(
      /\n\s*\n|\n(?=\s*(?:[-*+#>]|\d+[.)])\s)|(?<=[.!?\u3002\uff01\uff1f]["'\u201d\u2019)\]]?)(?=\s|[\u3400-\u9fff])/,
    )
    .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '');
}

function cutAtWords(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > CHUNK_LENGTH) {
    const space = rest.lastIndexOf(' ', CHUNK_LENGTH);
    const end = space > 0 ? space : CHUNK_LENGTH - (isHighSurrogate(rest, CHUNK_LENGTH - 1) ? 1 : 0);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? pieces : [...pieces, rest];
}

function isHighSurrogate(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  return unit >= 0xd800 && unit <= 0xdbff;
}
