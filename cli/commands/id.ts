// Ids stand in paths, where anything else would lead somewhere else.

import * as v from 'valibot';
import { misuse } from '../failure.ts';

const Id = v.pipe(v.string(), v.uuid());

export function toId(text: string): string {
  if (v.is(Id, text)) return text;
  throw misuse('That is no id.', 'Ids look like this: 1d39b3a4-9a0c-4f5b-8f0e-0c5d4a1a2b3c');
}

/** The option of every command that needs to know the collection. */
export const COLLECTION_OPTION = {
  collection: { type: 'string', valueHint: 'ID', required: true, description: 'The collection' },
} as const;
