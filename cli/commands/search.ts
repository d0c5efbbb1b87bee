// rag-cli search

import { Me, SearchResult } from '../answers.ts';
import { defineCommand } from '../command.ts';
import { sendLoggedIn } from '../session.ts';
import { COLLECTION_OPTION, toId } from './id.ts';

export const search = defineCommand({
  description: 'Ask a collection a question',
  examples: ['rag-cli search "What is machine learning?" --collection 1d39b3a4-9a0c-4f5b-8f0e-0c5d4a1a2b3c'],
  args: { question: { type: 'positional', required: true, description: 'In quotes' }, ...COLLECTION_OPTION },
  async run(context, { question, collection }) {
    const collection_id = toId(collection);
    const { id: user_id } = await sendLoggedIn(context, { method: 'GET', path: '/api/auth/me', answer: Me });
    const result = await sendLoggedIn(context, {
      method: 'POST',
      path: '/api/search',
      body: { question, collection_id, user_id },
      answer: SearchResult,
    });
    context.output.print(result, () => {
      const sources = result.sources.map(
        ({ metadata, document_id, score }, at) =>
          `${at + 1}. ${metadata?.filename ?? document_id} (${score.toFixed(2)})`,
      );
      return [result.answer, ...(sources.length > 0 ? ['', 'Sources:'] : []), ...sources].join('\n');
    });
  },
});
