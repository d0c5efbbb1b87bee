// The service as one isolate of several: the same database, a memory of its own, and the test's clock.

import { env } from 'cloudflare:workers';
import { createApp } from '../../src/app.ts';
import { type Bindings, loadDeps, type Platform } from '../../src/deps.ts';
import type { Answer } from './api.ts';

/** Milliseconds, by default from now; `advance` takes seconds. */
export function openClock(ms = Date.now()) {
  return {
    ms,
    advance(seconds: number) {
      this.ms += seconds * 1000;
    },
    seconds() {
      return Math.floor(this.ms / 1000);
    },
  };
}
export type Clock = ReturnType<typeof openClock>;

/**
 * Sleeping moves the clock instead of waiting, after a turn of the event loop in which others get on. With `bindings`
 * a test brings settings of its own or another database, with `platform` another platform.
 */
export async function openIsolate(clock: Clock, bindings: Partial<Bindings> = {}, platform: Partial<Platform> = {}) {
  const deps = await loadDeps(
    { ...env, ...bindings },
    {
      nowMs: () => clock.ms,
      sleep: async (milliseconds) => {
        await new Promise((resolve) => setTimeout(resolve, 0));
        clock.ms += milliseconds;
      },
      waitUntil: () => {},
      randomId: () => crypto.randomUUID(),
      ...platform,
    },
  );
  const app = createApp(deps);

  const call = async (method: string, path: string, init: RequestInit = {}, origin = 'http://localhost') => {
    const response = await app.request(`${origin}${path}`, { method, ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    deps,
    call,
    get: (path: string, token: string): Promise<Answer> => call('GET', path, { headers: bearer(token) }),
    post: (path: string, body?: unknown, token?: string): Promise<Answer> =>
      call('POST', path, {
        headers: { ...(body === undefined ? {} : JSON_TYPE), ...(token === undefined ? {} : bearer(token)) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    del: (path: string, token: string, body?: unknown): Promise<Answer> =>
      call('DELETE', path, {
        headers: { ...(body === undefined ? {} : JSON_TYPE), ...bearer(token) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}
export type Isolate = Awaited<ReturnType<typeof openIsolate>>;

const JSON_TYPE = { 'Content-Type': 'application/json' };
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

export type TokenBody = {
  access_token: string;
  token_type: string;
  expires_in: number;
  refresh_token: string;
  refresh_expires_in: number;
};

/** Both tokens of a new session. */
export async function openSession(isolate: Isolate, { username, password }: { username: string; password: string }) {
  const { status, body } = await isolate.post('/api/auth/login', { username, password });
  if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`);
  return body as TokenBody;
}
