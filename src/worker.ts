// The Worker's faces. Settings and keys are read once per isolate; where they cannot be used, every answer is a 503.

import { type App, createApp, createRefusingApp } from './app.ts';
import { ConfigError } from './config.ts';
import { type Bindings, loadDeps } from './deps.ts';

export { LoginGate } from './login-gate/login-gate.ts';

/** Plain data once it is there. Two first requests may both make it; neither waits for a promise of the other's. */
let loaded: App | undefined;

export default {
  async fetch(request, bindings, context) {
    try {
      loaded ??= createApp(await loadDeps(bindings));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      console.error(JSON.stringify({ level: 'error', event: 'settings_refused', problems: error.problems }));
      return createRefusingApp().fetch(request, bindings, context);
    }
    return loaded.fetch(request, bindings, context);
  },
} satisfies ExportedHandler<Bindings>;
