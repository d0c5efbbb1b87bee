// The document against the server: its examples work, and whatever a client sends, the answer is one that it declares.

import { createConfig, lintFromString } from '@redocly/openapi-core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { broken, findFlaws, type Operation, readOperations, valid } from './openapi.ts';
import { SECRET, type Server, start } from './start.ts';

const INTROSPECTION_SECRET = 'Tz5vQ0hXbR8mYw2KcJ7nPs4LfDg9AeUi';
const RUNS = 25;
let server: Server;
let operations: Operation[];

beforeAll(async () => {
  const cheap = { ENVIRONMENT: 'test', PBKDF2_ITERATIONS: '1' };
  server = await start({ settings: { JWT_SECRET_KEY: SECRET, INTROSPECTION_SECRET, ...cheap } });
  operations = await readOperations(server.address);
});
afterAll(() => server.stop());

let sent = 0;
type Sent = { token?: string | undefined; type?: string; body?: string };

/** Each from an address of its own: the limits for one address have tests of their own. */
async function send(method: string, path: string, { token, type = 'application/json', body }: Sent) {
  sent += 1;
  const headers = {
    'CF-Connecting-IP': `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`,
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'Content-Type': type }),
  };
  const response = await fetch(server.address + path, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('Content-Type'), text };
}

/** A user with two sessions and a document, by the names that members of a body have. */
async function openWorld() {
  const username = `world-${crypto.randomUUID()}`;
  const password = 'secure_password';
  const post = async (path: string, body: object, token?: string) => {
    const { text } = await send('POST', path, { body: JSON.stringify(body), token });
    return JSON.parse(text);
  };
  const { user_id } = await post('/api/auth/register', { username, password, email: `${username}@example.com` });
  const { access_token, refresh_token } = await post('/api/auth/login', { username, password });
  const other = await post('/api/auth/login', { username, password });
  const session: string = other.refresh_token.split('.')[0];
  const { id: collection_id } = await post('/api/collections', { name: 'World' }, access_token);
  const sentence = 'Machine learning is the study of programs that improve with experience.';
  const added = { filename: 'a.txt', content: sentence };
  const { id: document } = await post(`/api/collections/${collection_id}/documents`, added, access_token);
  return {
    access_token,
    members: { username, user_id, refresh_token, collection_id, token: access_token },
    ids: { session, document },
  };
}
type World = Awaited<ReturnType<typeof openWorld>>;

function pathOf({ path }: Operation, { ids, members }: World): string {
  if (path.includes('/sessions/')) return path.replace('{id}', ids.session);
  return path.replace('{id}', path.startsWith('/api/documents/') ? ids.document : members.collection_id);
}
const tokenFor = ({ security }: Operation, { access_token }: World) => {
  if (security.some((scheme) => 'service' in scheme)) return INTROSPECTION_SECRET;
  return security.length > 0 ? access_token : undefined;
};
const encode = (type: string, body: unknown) =>
  type === 'application/json' ? JSON.stringify(body) : new URLSearchParams(body as Record<string, string>).toString();

function expectDeclared(operation: Operation, { status, type, text }: Awaited<ReturnType<typeof send>>) {
  const declared = operation.responses[status];
  const about = `${operation.operationId} answered ${status}: ${text.slice(0, 300)}`;
  expect(declared, about).toBeDefined();
  const schema = declared?.content?.['application/json']?.schema;
  if (schema === undefined) return expect(text, about).toBe('');
  expect(type, about).toContain('application/json');
  expect(findFlaws(schema, JSON.parse(text)), about).toBeUndefined();
}

test('the rules that Redocly recommends find nothing in it', async () => {
  const source = await (await fetch(`${server.address}/openapi.json`)).text();
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
});

test('every example of an answer has the declared shape', () => {
  const examples = operations.flatMap(({ operationId, responses }) =>
    Object.entries(responses).flatMap(([status, { content = {} }]) =>
      Object.values(content).flatMap(({ schema, example, examples: named = {} }) =>
        [...(example === undefined ? [] : [example]), ...Object.values(named).map(({ value }) => value)].map(
          (value) => ({
            of: `${operationId} ${status}`,
            flaws: findFlaws(schema, value),
          }),
        ),
      ),
    ),
  );
  expect(examples.length).toBeGreaterThan(200);
  expect(examples.filter(({ flaws }) => flaws !== undefined)).toEqual([]);
});

/** Its example is right only when somebody has approved: test/device-grant tries it. */
const NEEDS_APPROVAL = 'redeemDeviceCode';

test('every example of a request works, with the ids and tokens of who sends it', async () => {
  for (const operation of operations.filter(({ operationId }) => operationId !== NEEDS_APPROVAL)) {
    const world = await openWorld();
    const [[type, { example } = { example: undefined }] = ['']] = Object.entries(operation.requestBody?.content ?? {});
    const own = (name: string) => (operation.operationId === 'register' ? undefined : world.members[name as 'user_id']);
    const body =
      example && Object.fromEntries(Object.entries(example).map(([name, value]) => [name, own(name) ?? value]));
    const refreshing = operation.operationId === 'refresh' ? { refresh_token: world.members.refresh_token } : body;
    const token = operation.operationId === 'logout' ? world.access_token : tokenFor(operation, world);
    const answer = await send(operation.method, pathOf(operation, world), {
      token,
      ...(refreshing === undefined ? {} : { type, body: encode(type, refreshing) }),
    });
    expect(answer.status, `${operation.operationId}: ${answer.text}`).toBeLessThan(300);
    expectDeclared(operation, answer);
  }
});

test('whatever is sent, valid or broken, the answer is one that the document declares', {
  timeout: 120_000,
}, async () => {
  for (const operation of operations) {
    const [[type, { schema } = { schema: {} }] = ['application/json']] = Object.entries(
      operation.requestBody?.content ?? {},
    );
    const isForm = type !== 'application/json';
    const bodies = isForm
      ? fc.dictionary(fc.constantFrom('token', 'token_type_hint', 'other'), fc.string())
      : fc.oneof(valid(schema), broken(schema));
    const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const request = fc.record({
      body: operation.requestBody
        ? fc.oneof({ weight: 8, arbitrary: bodies.map((body) => encode(type, body)) }, fc.string())
        : fc.constant(undefined),
      query: fc.dictionary(
        fc.constantFrom('x', ...query.map(({ name }) => name)),
        fc.oneof(fc.nat(200).map(String), fc.string()),
      ),
      id: fc.oneof(
        fc.constant(undefined),
        fc.uuid(),
        fc.stringMatching(/^[\w%~-][\w.%~-]{0,39}$/).map(encodeURIComponent),
      ),
      type: fc.oneof({ weight: 8, arbitrary: fc.constant(type) }, fc.constantFrom('text/plain', 'application/xml')),
      credentials: fc.constantFrom('own', 'own', 'own', 'none', 'junk'),
    });
    let world = await openWorld();
    await fc.assert(
      fc.asyncProperty(request, async ({ body, query, id, type, credentials }) => {
        const own = pathOf(operation, world);
        const path = id === undefined || !operation.path.includes('{id}') ? own : operation.path.replace('{id}', id);
        const token = { own: tokenFor(operation, world), none: undefined, junk: 'a.b.c' }[credentials];
        const search = new URLSearchParams(query).size > 0 ? `?${new URLSearchParams(query)}` : '';
        const answer = await send(operation.method, path + search, {
          token,
          type,
          ...(body === undefined ? {} : { body }),
        });
        expectDeclared(operation, answer);
        expect(answer.status).toBeLessThan(500);
        if (answer.status < 300 && operation.method !== 'GET') world = await openWorld(); // what was there may be gone
      }),
      { numRuns: RUNS },
    );
  }
});
