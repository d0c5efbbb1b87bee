// The Worker's faces. Settings and keys are read once per isolate; where they cannot be used, every answer is a 503.

import { type App, createApp } from './app.ts';
import { ConfigError } from './config.ts';
import { type Bindings, loadDeps } from './deps.ts';
import { ERRORS } from './errors.ts';
import { RETRY_AFTER_SECONDS } from './http/respond.ts';

export { LoginGate } from './login-gate/login-gate.ts';

/** Plain data once it is there. Two first requests may both make it; neither waits for a promise of the other's. */
let loaded: App | undefined;

export default {
  async fetch(request, bindings, context) {
    try {
      loaded ??= createApp(await loadDeps(bindings));
    } catch (error) {
      if (error instanceof ConfigError) return refuseToServe(error);
      throw error;
    }
    return loaded.fetch(request, bindings, context);
  },
} satisfies ExportedHandler<Bindings>;

function refuseToServe({ problems }: ConfigError): Response {
  const requestId = crypto.randomUUID();
  console.error(JSON.stringify({ level: 'error', event: 'settings_refused', request_id: requestId, problems }));
  const [status, detail] = ERRORS.SERVICE_UNAVAILABLE;
  return Response.json(
    { detail, error_code: 'SERVICE_UNAVAILABLE' },
    { status, headers: { 'X-Request-Id': requestId, 'Retry-After': String(RETRY_AFTER_SECONDS) } },
  );
}
