import { Hono } from 'hono';
import * as v from 'valibot';
import type { Deps } from '../deps.ts';
import type { AppEnv } from '../http/context.ts';
import { describe } from '../http/describe.ts';
import { pageQuery, setPageHeaders, toPage } from '../http/page.ts';
import { byUser, limitBy } from '../http/rate-limit.ts';
import { uuid } from '../http/shapes.ts';
import { jsonBody, path } from '../http/validate.ts';
import { addDocument } from './add-document.ts';
import { createCollection } from './create.ts';
import { getCollection } from './get.ts';
import { listCollections } from './list.ts';
import { listDocuments } from './list-documents.ts';
import { removeCollection } from './remove.ts';
import { removeDocument } from './remove-document.ts';
import { SearchAnswer, SearchBody, search } from './search.ts';
import { CollectionAnswer, DOCUMENT_BODY_LIMIT_BYTES, DocumentAnswer, NewCollection, NewDocument } from './shapes.ts';

const id = path(v.object({ id: uuid }));

export function collectionRoutes(deps: Deps) {
  return new Hono<AppEnv>()
    .post(
      '/collections',
      describe({
        operationId: 'createCollection',
        tag: 'Collections',
        summary: 'Create a collection',
        answer: [201, CollectionAnswer],
        errors: ['FORBIDDEN', 'DUPLICATE_COLLECTION'],
      }),
      jsonBody(NewCollection),
      async (c) => c.json(await createCollection(deps, c.get('principal'), c.req.valid('json')), 201),
    )
    .get(
      '/collections',
      describe({
        operationId: 'listCollections',
        tag: 'Collections',
        summary: 'The collections of the logged-in user, oldest first',
        answer: [200, v.array(CollectionAnswer)],
      }),
      pageQuery,
      async (c) => {
        const page = toPage(c.req.valid('query'));
        const { rows, total } = await listCollections(deps, c.get('principal'), page);
        setPageHeaders(c, page, total);
        return c.json(rows);
      },
    )
    .get(
      '/collections/:id',
      describe({
        operationId: 'getCollection',
        tag: 'Collections',
        summary: 'One collection',
        answer: [200, CollectionAnswer],
        errors: ['COLLECTION_NOT_FOUND'],
      }),
      id,
      async (c) => c.json(await getCollection(deps, c.get('principal'), c.req.valid('param').id)),
    )
    .delete(
      '/collections/:id',
      describe({
        operationId: 'deleteCollection',
        tag: 'Collections',
        summary: 'Delete a collection with everything in it',
        answer: [204],
        errors: ['COLLECTION_NOT_FOUND'],
      }),
      id,
      async (c) => {
        await removeCollection(deps, c.get('principal'), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .post(
      '/collections/:id/documents',
      describe({
        operationId: 'addDocument',
        tag: 'Documents',
        summary: 'Add a text or Markdown document',
        answer: [201, DocumentAnswer],
        errors: ['FORBIDDEN', 'COLLECTION_NOT_FOUND', 'COLLECTION_FULL'],
      }),
      id,
      jsonBody(NewDocument, DOCUMENT_BODY_LIMIT_BYTES),
      async (c) =>
        c.json(await addDocument(deps, c.get('principal'), c.req.valid('param').id, c.req.valid('json')), 201),
    )
    .get(
      '/collections/:id/documents',
      describe({
        operationId: 'listDocuments',
        tag: 'Documents',
        summary: 'The documents of a collection, oldest first',
        answer: [200, v.array(DocumentAnswer)],
        errors: ['COLLECTION_NOT_FOUND'],
      }),
      id,
      pageQuery,
      async (c) => {
        const page = toPage(c.req.valid('query'));
        const { rows, total } = await listDocuments(deps, c.get('principal'), c.req.valid('param').id, page);
        setPageHeaders(c, page, total);
        return c.json(rows);
      },
    )
    .delete(
      '/documents/:id',
      describe({
        operationId: 'deleteDocument',
        tag: 'Documents',
        summary: 'Delete a document',
        answer: [204],
        errors: ['DOCUMENT_NOT_FOUND'],
      }),
      id,
      async (c) => {
        await removeDocument(deps, c.get('principal'), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .post(
      '/search',
      describe({
        operationId: 'search',
        tag: 'Search',
        summary: 'Ask a collection',
        answer: [200, SearchAnswer],
        errors: ['FORBIDDEN', 'COLLECTION_NOT_FOUND', 'RATE_LIMIT_EXCEEDED'],
      }),
      limitBy(deps, 'search', byUser),
      jsonBody(SearchBody),
      async (c) => c.json(await search(deps, c.get('principal'), c.req.valid('json'))),
    );
}
