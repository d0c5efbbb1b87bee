// The Worker as its clients see it: requests in, answers out, through its own fetch handler.

import { exports } from 'cloudflare:workers';

export const PASSWORD = 'secure_password';

export type Answer = { status: number; headers: Headers; body: unknown };

export async function call(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await exports.default.fetch(`http://localhost${path}`, { method, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

export function get(path: string, token?: string): Promise<Answer> {
  return call('GET', path, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });
}

export function post(path: string, body: unknown): Promise<Answer> {
  return call('POST', path, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

export type TestUser = { id: string; username: string; email: string; password: string };

let minted = 0;

/** A user of this test's own: storage is shared by the tests of a file. */
export async function mintUser(overrides: Partial<TestUser> = {}): Promise<TestUser> {
  minted += 1;
  const user = { username: `user-${minted}`, email: `user-${minted}@example.com`, password: PASSWORD, ...overrides };
  const { status, body } = await post('/api/auth/register', user);
  if (status !== 201) throw new Error(`register answered ${status}: ${JSON.stringify(body)}`);
  return { ...user, id: (body as { user_id: string }).user_id };
}

export async function login({ username, password }: Pick<TestUser, 'username' | 'password'>): Promise<string> {
  const { status, body } = await post('/api/auth/login', { username, password });
  if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`);
  return (body as { access_token: string }).access_token;
}
