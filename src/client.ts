// A typed client for other packages: every route with its body and its answers, checked by their compiler. Not a part of
// the Worker.

import { hc } from 'hono/client';
import type { App } from './app.ts';

const client = hc<App>('');
/** Spelled out by tsc when the package is built, so that nobody who uses it compiles the service. */
export type Client = typeof client;
type Options = Parameters<typeof hc>[1];

/** `address` is where the service serves, `https://auth.example.com`; `options.headers` go with every request. */
export function createClient(address: string, options?: Options): Client {
  return hc<App>(address, options);
}
