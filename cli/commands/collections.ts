// rag-cli collections …

import * as v from 'valibot';
import { Collection, Nothing } from '../answers.ts';
import { defineCommand, type Group } from '../command.ts';
import { formatFields, formatTable } from '../output.ts';
import { sendLoggedIn } from '../session.ts';
import { toId } from './id.ts';

const list = defineCommand({
  description: 'Your collections',
  examples: ['rag-cli collections list', 'rag-cli collections list --output json'],
  async run(context) {
    const collections = await sendLoggedIn(context, {
      method: 'GET',
      path: '/api/collections',
      answer: v.array(Collection),
    });
    context.output.print(collections, () =>
      collections.length === 0
        ? 'No collections yet. Make one: rag-cli collections create NAME'
        : formatTable(
            ['ID', 'NAME', 'DOCUMENTS', 'CREATED'],
            collections.map(({ id, name, document_count, created_at }) => [id, name, document_count, created_at]),
          ),
    );
  },
});

const create = defineCommand({
  description: 'Make a collection',
  examples: ['rag-cli collections create Notes', 'rag-cli collections create Notes --description "What I learnt"'],
  args: {
    name: { type: 'positional', required: true, description: 'Unique among yours' },
    description: { type: 'string', valueHint: 'TEXT', description: 'What it is for' },
  },
  async run(context, { name, description }) {
    const collection = await sendLoggedIn(context, {
      method: 'POST',
      path: '/api/collections',
      body: { name, description },
      answer: Collection,
    });
    context.output.print(collection, () => showCollection(collection));
  },
});

const get = defineCommand({
  description: 'One collection',
  examples: ['rag-cli collections get 1d39b3a4-9a0c-4f5b-8f0e-0c5d4a1a2b3c'],
  args: { id: { type: 'positional', required: true, description: 'Of the collection' } },
  async run(context, args) {
    const collection = await sendLoggedIn(context, {
      method: 'GET',
      path: `/api/collections/${toId(args.id)}`,
      answer: Collection,
    });
    context.output.print(collection, () => showCollection(collection));
  },
});

const remove = defineCommand({
  description: 'Delete a collection with everything in it',
  examples: ['rag-cli collections delete 1d39b3a4-9a0c-4f5b-8f0e-0c5d4a1a2b3c'],
  args: { id: { type: 'positional', required: true, description: 'Of the collection' } },
  async run(context, args) {
    const id = toId(args.id);
    await sendLoggedIn(context, { method: 'DELETE', path: `/api/collections/${id}`, answer: Nothing });
    context.output.confirm({ id, deleted: true }, `Deleted collection ${id}.`);
  },
});

function showCollection({ id, name, description, document_count, status, created_at }: Collection): string {
  return formatFields({
    Id: id,
    Name: name,
    Description: description,
    Documents: document_count,
    Status: status,
    Created: created_at,
  });
}

export const collections: Group = {
  description: 'Your collections of documents',
  commands: { list, create, get, delete: remove },
};
