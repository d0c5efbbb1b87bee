// better-auth as its documentation starts it: e-mail and password, D1, its own default hash. Its rate limit is off, as
// ours never refuses here, and so is its telemetry.

import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { SECRET } from '../workers/settings.ts';

type Env = { DB: D1Database };

export const options = {
  secret: SECRET,
  baseURL: 'http://localhost',
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
} satisfies BetterAuthOptions;

const open = ({ DB }: Env) => betterAuth({ ...options, database: DB });
let auth: ReturnType<typeof open> | undefined;

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    auth ??= open(env);
    return auth.handler(request);
  },
};
