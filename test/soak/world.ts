// A user with tokens and a collection, and ways to send one text to one place of the service.

import { type Answer, mintUser, PASSWORD, type TestUser } from '../support/api.ts';
import { type Clock, type Isolate, openClock, openIsolate, openSession, type TokenBody } from '../support/isolate.ts';

const INTROSPECTION_SECRET = 'Tz5vQ0hXbR8mYw2KcJ7nPs4LfDg9AeUi';
/** Failures that one account takes without a wait (src/login-gate/budget.ts). */
export const GUESSES = 5;

export type World = { clock: Clock; isolate: Isolate; user: TestUser; tokens: TokenBody; collectionId: string };

export async function openWorld(): Promise<World> {
  const clock = openClock();
  const isolate = await openIsolate(clock, { INTROSPECTION_SECRET, PBKDF2_ITERATIONS: '1' });
  const user = await mintUser();
  const tokens = await openSession(isolate, user);
  const { body } = await isolate.post('/api/collections', { name: 'Notes' }, tokens.access_token);
  return { clock, isolate, user, tokens, collectionId: (body as { id: string }).id };
}

/** Sends one string; `undefined` where this place cannot hold it. */
type Send = (text: string, world: World) => Promise<Answer> | undefined;
export type Place = {
  send: Send;
  statuses: readonly number[];
  /** Strings after which a fresh user takes over. */
  renewAfter?: number;
  /** The string in the answer to a success, which must be the one that was sent. */
  taken?: (body: unknown) => unknown;
};

export const member = (name: string) => (body: unknown) => (body as Record<string, unknown>)[name];
export const escaped = (text: string) => encodeURIComponent(text.toWellFormed());
/** Sent as they are, though the runtime writes a warning for each; other texts beyond ASCII are escaped in headers. */
const RAW_IN_HEADERS = ['\u00e9', '\ufeff', '\u202e', '\u{1f60d}'];

/** A header carries no NUL, CR or LF; `undefined` for a text that has one. */
export function headerValue(text: string): string | undefined {
  if (/[\0\r\n]/.test(text)) return undefined;
  const short = text.slice(0, 20_000);
  return RAW_IN_HEADERS.includes(text) ? text : short.replace(/[^ -~\t]+/gu, escaped);
}
export const withHeaders =
  (method: string, path: string, make: (value: string) => Record<string, string>, body?: string): Send =>
  (text, { isolate }) => {
    const value = headerValue(text);
    if (value === undefined) return undefined;
    return isolate.call(method, path, { headers: make(value), ...(body === undefined ? {} : { body }) });
  };
export const form =
  (path: string, make: (text: string) => string): Send =>
  (text, { isolate }) =>
    isolate.call('POST', path, {
      headers: {
        Authorization: `Bearer ${INTROSPECTION_SECRET}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: make(text),
    });
export const post =
  (path: string, make: (text: string, world: World) => object): Send =>
  (text, world) =>
    world.isolate.post(path, make(text, world), world.tokens.access_token);
export const get =
  (make: (text: string, world: World) => string): Send =>
  (text, world) =>
    world.isolate.get(make(text, world), world.tokens.access_token);
export const del =
  (make: (text: string, world: World) => string): Send =>
  (text, world) =>
    world.isolate.del(make(text, world), world.tokens.access_token);

let registered = 0;
export const registration = (overrides: object) => {
  registered += 1;
  return {
    username: `naughty-${registered}`,
    email: `naughty-${registered}@example.com`,
    password: PASSWORD,
    ...overrides,
  };
};
export const documents = ({ collectionId }: World) => `/api/collections/${collectionId}/documents`;
export const document = { filename: 'notes.md', content: 'The weather was fine.' };
export const question = (world: World) => ({
  question: 'weather',
  collection_id: world.collectionId,
  user_id: world.user.id,
});
