// The Worker's faces. Settings and keys are read once per isolate; where they cannot be used, every answer is a 503.

import { type App, createApp, createRefusingApp } from './app.ts';
import { ConfigError } from './config.ts';
import { type Bindings, type Deps, loadDeps } from './deps.ts';
import { cleanUp } from './session/cleanup.ts';

export { LoginGate } from './login-gate/login-gate.ts';

/** Plain data once it is there. Two first requests may both make it; neither waits for a promise of the other's. */
let loaded: { app: App; deps: Deps } | undefined;

async function load(bindings: Bindings) {
  if (!loaded) {
    const deps = await loadDeps(bindings);
    loaded ??= { app: createApp(deps), deps };
  }
  return loaded;
}

export default {
  async fetch(request, bindings, context) {
    try {
      const { app } = await load(bindings);
      return app.fetch(request, bindings, context);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      console.error(JSON.stringify({ level: 'error', event: 'settings_refused', problems: error.problems }));
      return createRefusingApp().fetch(request, bindings, context);
    }
  },

  async scheduled(_controller, bindings) {
    const { deps } = await load(bindings);
    console.log(JSON.stringify({ level: 'info', event: 'cleaned_up', ...(await cleanUp(deps)) }));
  },
} satisfies ExportedHandler<Bindings>;
