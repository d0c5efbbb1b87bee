// Starts a Worker in a fresh isolate for each request and answers when it has answered: PUT /NAME hands in its code,
// GET /NAME starts it, GET / does nothing.

import { COMPATIBILITY_DATE } from './settings.ts';

type Env = { LOADER: WorkerLoader };

const code = new Map<string, string>();
let started = 0;

export default {
  async fetch(request: Request, { LOADER }: Env): Promise<Response> {
    const name = new URL(request.url).pathname.slice(1);
    if (request.method === 'PUT') code.set(name, await request.text());
    const source = code.get(name);
    if (request.method === 'PUT' || source === undefined) return new Response('done');
    started += 1;
    const worker = LOADER.get(`${name}-${started}`, () => ({
      compatibilityDate: COMPATIBILITY_DATE,
      compatibilityFlags: ['nodejs_compat'],
      mainModule: 'main.js',
      modules: { 'main.js': source },
      env: {},
      globalOutbound: null,
    }));
    await (await worker.getEntrypoint().fetch('http://localhost/no-such-path')).arrayBuffer();
    return new Response('started');
  },
} satisfies ExportedHandler<Env>;
