// rag-cli documents …

import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import * as v from 'valibot';
import { Document, Nothing } from '../answers.ts';
import { defineCommand, type Group } from '../command.ts';
import { misuse } from '../failure.ts';
import { formatFields, formatTable } from '../output.ts';
import { toFailure } from '../private-file.ts';
import { sendLoggedIn } from '../session.ts';
import { COLLECTION_OPTION, toId } from './id.ts';

/** The service's own limit: a larger file need not be read. */
const MAX_BYTES = 256 * 1024;

const add = defineCommand({
  description: 'Add a text or Markdown file, of at most 256 KB, to a collection',
  examples: ['rag-cli documents add notes.md --collection 1d39b3a4-9a0c-4f5b-8f0e-0c5d4a1a2b3c'],
  args: { file: { type: 'positional', required: true, description: 'UTF-8 text' }, ...COLLECTION_OPTION },
  async run(context, { file, collection }) {
    const document = await sendLoggedIn(context, {
      method: 'POST',
      path: `/api/collections/${toId(collection)}/documents`,
      body: { filename: basename(file), content: readText(file) },
      answer: Document,
    });
    const { id, filename, chunk_count, status, created_at } = document;
    context.output.print(document, () =>
      formatFields({ Id: id, File: filename, Chunks: chunk_count, Status: status, Created: created_at }),
    );
  },
});

const list = defineCommand({
  description: 'The documents of a collection',
  examples: ['rag-cli documents list --collection 1d39b3a4-9a0c-4f5b-8f0e-0c5d4a1a2b3c'],
  args: COLLECTION_OPTION,
  async run(context, { collection }) {
    const documents = await sendLoggedIn(context, {
      method: 'GET',
      path: `/api/collections/${toId(collection)}/documents`,
      answer: v.array(Document),
    });
    context.output.print(documents, () =>
      documents.length === 0
        ? 'No documents yet. Add one: rag-cli documents add FILE --collection ID'
        : formatTable(
            ['ID', 'FILE', 'CHUNKS', 'CREATED'],
            documents.map(({ id, filename, chunk_count, created_at }) => [id, filename, chunk_count, created_at]),
          ),
    );
  },
});

const remove = defineCommand({
  description: 'Delete a document',
  examples: ['rag-cli documents delete 5a0e1f0c-7c63-4c1e-9f67-2f1d3b4c5d6e'],
  args: { id: { type: 'positional', required: true, description: 'Of the document' } },
  async run(context, args) {
    const id = toId(args.id);
    await sendLoggedIn(context, { method: 'DELETE', path: `/api/documents/${id}`, answer: Nothing });
    context.output.confirm({ id, deleted: true }, `Deleted document ${id}.`);
  },
});

function readText(file: string): string {
  let bytes: Buffer;
  try {
    if (statSync(file).size > MAX_BYTES) throw misuse(`${file} has more than 256 KB.`, 'Split it.');
    bytes = readFileSync(file);
  } catch (error) {
    throw toFailure(error, 'read', file);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw misuse(`${file} is not UTF-8 text.`, 'Add text or Markdown; other formats must be converted first.');
  }
}

export const documents: Group = {
  description: 'The documents of a collection',
  commands: { add, list, delete: remove },
};
