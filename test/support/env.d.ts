import type { D1Migration } from 'cloudflare:test';
import type { Bindings } from '../../src/deps.ts';

declare global {
  namespace Cloudflare {
    interface Env extends Bindings {
      MIGRATIONS: D1Migration[];
      LOW_LIMIT: RateLimit;
    }
    interface GlobalProps {
      mainModule: typeof import('../../src/worker.ts');
    }
  }
}
