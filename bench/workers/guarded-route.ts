// One route three times, behind headers that every answer of the service has: open, guarded, and guarded with 100,000
// ended sessions in the guard's list. No request is logged: the lines would be written by the client's own process.

import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { readConfig } from '../../src/config.ts';
import { importKeyring } from '../../src/crypto/keyring.ts';
import type { Deps } from '../../src/deps.ts';
import type { AppEnv } from '../../src/http/context.ts';
import { guard } from '../../src/http/guard.ts';
import { preventCaching } from '../../src/http/prevent-caching.ts';
import { issueTokens } from '../../src/session/issue.ts';
import { openList } from './revoked.ts';
import { SECRET } from './settings.ts';

async function prepare() {
  const config = readConfig({ JWT_SECRET_KEY: SECRET });
  const keyring = await importKeyring(config.jwt.algorithm, config.jwt.secret, []);
  const now = () => Math.floor(Date.now() / 1000);
  const deps = { config, keyring, now, randomId: () => crypto.randomUUID() } as Deps;
  const user = { id: deps.randomId(), username: 'bench', email: 'bench@example.com', role: 'user' };
  const tokens = await issueTokens(deps, user, {
    id: deps.randomId(),
    generation: 1,
    createdAt: now(),
    rotatedAt: now(),
  });

  const app = new Hono<AppEnv>().use(requestId()).use(preventCaching);
  app.get('/token', (c) => c.text(tokens.access_token));
  app.get('/open', (c) => c.json(user));
  for (const revoked of [0, 100_000]) {
    const path = `/guarded/${revoked}`;
    app.use(path, guard({ ...deps, revocations: await openList(revoked) }));
    app.get(path, (c) => c.json(user));
  }
  return app;
}

let prepared: Awaited<ReturnType<typeof prepare>> | undefined;

export default {
  async fetch(request: Request): Promise<Response> {
    prepared ??= await prepare();
    return prepared.fetch(request);
  },
};
