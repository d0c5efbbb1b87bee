// Table of contents.

import type { Group } from '../command.ts';
import { auth } from './auth.ts';
import { collections } from './collections.ts';
import { defineCompletion } from './completion.ts';
import { config } from './config.ts';
import { documents } from './documents.ts';
import { search } from './search.ts';

export const root: Group = {
  description: 'Log in to an Edge Auth service and use what it guards',
  commands: { auth, collections, documents, search, config, completion: defineCompletion(() => root) },
};
