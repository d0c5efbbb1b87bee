// The places of collections, documents and search.

import { del, document, documents, escaped, get, member, type Place, post, question } from './world.ts';

const SEARCHED = [200, 403, 404, 413, 422];
const BY_PATH = [200, 204, 404, 405, 422];

export const COLLECTION_PLACES: Record<string, Place> = {
  'collection name': {
    send: post('/api/collections', (name) => ({ name })),
    statuses: [201, 409, 413, 422],
    taken: member('name'),
  },
  'collection description': {
    send: post('/api/collections', (description) => ({ name: crypto.randomUUID(), description })),
    statuses: [201, 413, 422],
    taken: member('description'),
  },
  'collection metadata': {
    send: post('/api/collections', (text) => ({ name: crypto.randomUUID(), metadata: { text, in: [{ deep: text }] } })),
    statuses: [201, 413, 422],
    taken: (body) => (member('metadata')(body) as Record<string, unknown>).text,
  },
  'collection metadata name': {
    send: post('/api/collections', (text) => ({
      name: crypto.randomUUID(),
      metadata: Object.fromEntries([[text, text]]),
    })),
    statuses: [201, 413, 422],
    taken: (body) => Object.values(member('metadata')(body) as object)[0],
  },
  'collection user_id': {
    send: post('/api/collections', (user_id) => ({ name: crypto.randomUUID(), user_id })),
    statuses: [403, 413, 422],
  },
  'collections page': { send: get((text) => `/api/collections?page=${escaped(text)}`), statuses: [200, 422] },
  'collections page_size': { send: get((text) => `/api/collections?page_size=${escaped(text)}`), statuses: [200, 422] },
  'collections, an unknown parameter': {
    send: get((text) => `/api/collections?${escaped(text)}=x`),
    statuses: [200, 422],
  },
  'collections, a raw query': { send: get((text) => `/api/collections?${text}`), statuses: [200, 422] },
  'collection id': { send: get((id) => `/api/collections/${escaped(id)}`), statuses: BY_PATH },
  'collection id to delete': { send: del((id) => `/api/collections/${escaped(id)}`), statuses: BY_PATH },
  'collection id, raw': { send: get((id) => `/api/collections/${id}`), statuses: BY_PATH },
  'documents of id': { send: get((id) => `/api/collections/${escaped(id)}/documents`), statuses: BY_PATH },
  'documents page': {
    send: get((text, world) => `${documents(world)}?page=${escaped(text)}&page_size=2`),
    statuses: [200, 422],
  },
  'document id to delete': { send: del((id) => `/api/documents/${escaped(id)}`), statuses: BY_PATH },
  'document into id': {
    send: (text, world) => post(`/api/collections/${escaped(text)}/documents`, () => document)(text, world),
    statuses: BY_PATH,
  },
  'document filename': {
    send: (text, world) => post(documents(world), (filename) => ({ ...document, filename }))(text, world),
    statuses: [201, 413, 422],
    taken: member('filename'),
  },
  'document content': {
    send: (text, world) => post(documents(world), (content) => ({ ...document, content }))(text, world),
    statuses: [201, 413, 422],
  },
  'document metadata': {
    send: (text, world) =>
      post(documents(world), (note) => ({ ...document, metadata: { note, [note]: 1 } }))(text, world),
    statuses: [201, 413, 422],
  },
  'search question': {
    send: post('/api/search', (text, world) => ({ ...question(world), question: text })),
    statuses: SEARCHED,
  },
  'search collection_id': {
    send: post('/api/search', (text, world) => ({ ...question(world), collection_id: text })),
    statuses: SEARCHED,
  },
  'search user_id': {
    send: post('/api/search', (text, world) => ({ ...question(world), user_id: text })),
    statuses: SEARCHED,
  },
  'search config_metadata': {
    send: post('/api/search', (text, world) => ({
      ...question(world),
      config_metadata: { max_results: text, [text]: text },
    })),
    statuses: SEARCHED,
  },
  // Its name is told in `loc`, as pydantic tells it; its value is not.
  'search, an unknown member': {
    send: post('/api/search', (unknown, world) => ({ ...question(world), unknown })),
    statuses: SEARCHED,
  },
};
