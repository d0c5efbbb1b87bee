// The page's sequence diagram to its end: log in, reach the protected collections, ask one of them.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Server, start } from './start.ts';

const QUESTION = 'What is machine learning?';
const SENTENCE = 'Machine learning is the study of programs that improve with experience.';

let server: Server;
let userId: string;
let collectionId: string;

async function send(method: string, path: string, token: string | undefined, body?: object) {
  const response = await fetch(server.address + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const credentials = { username: 'user@example.com', password: 'secure_password' };
const logIn = async (): Promise<string> =>
  (await send('POST', '/api/auth/login', undefined, credentials)).body.access_token;

beforeAll(async () => {
  server = await start();
  userId = (await send('POST', '/api/auth/register', undefined, { ...credentials, email: credentials.username })).body
    .user_id;
  const token = await logIn();
  collectionId = (await send('POST', '/api/collections', token, { name: 'Notes' })).body.id;
  const content = `# Notes\n\nThe weather was fine. ${SENTENCE} Its models are trained on data.`;
  await send('POST', `/api/collections/${collectionId}/documents`, token, { filename: 'notes.md', content });
});
afterAll(() => server.stop());

test('the flow of the page, with fetch', async () => {
  const token = await logIn();
  expect((await send('GET', '/api/collections', token)).body).toMatchObject([{ id: collectionId, document_count: 1 }]);
  const { status, body } = await send('POST', '/api/search', token, {
    question: QUESTION,
    collection_id: collectionId,
    user_id: userId,
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ answer: SENTENCE, metadata: { answer_kind: 'extractive' } });
  expect(await send('GET', '/api/collections', undefined)).toEqual({
    status: 401,
    body: { detail: 'Not authenticated' },
  });
});

const probe = spawnSync('python3', ['-c', 'import requests'], { encoding: 'utf8' });
const whyNot = probe.error ? 'no python3 here' : probe.status !== 0 ? 'python3 has no requests here' : '';

test.skipIf(whyNot !== '')(`the Python client of the page gets its answer${whyNot && ` (skipped: ${whyNot})`}`, () => {
  const client = readFileSync(join(import.meta.dirname, 'page-client.py'), 'utf8')
    .replaceAll('https://api.example.com', server.address)
    .replace(/("collection_id": ")[^"]+/, `$1${collectionId}`)
    .replace(/("user_id": ")[^"]+/, `$1${userId}`);
  const output = execFileSync('python3', ['-'], {
    input: `${client}\nprint(response.status_code, response.text)`,
    encoding: 'utf8',
  });
  expect(output).toMatch(/^200 /);
  expect(JSON.parse(output.slice(4))).toMatchObject({
    answer: SENTENCE,
    sources: [{ metadata: { filename: 'notes.md' } }],
  });
});
