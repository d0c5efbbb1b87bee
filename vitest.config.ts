import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { unstable_readConfig } from 'wrangler';

// The settings of the tests stand below: a developer's own .env has no say in them.
process.env.CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV = 'false';

const migrations = await readD1Migrations('migrations');

const limitTo = (limit: number, namespace_id: string) => ({ namespace_id, simple: { limit, period: 60 as const } });
/** Nearly all tests ask from one address, so the limits are out of reach; those that are about them bring their own. */
const liftedLimits = Object.fromEntries(
  unstable_readConfig({ config: 'wrangler.toml' }).ratelimits.map(({ name }: { name: string }) => [
    name,
    limitTo(1_000_000, name),
  ]),
);

/** A workerd of its own, with real D1 and Durable Objects. Hashes are cheap here; their real cost has its own tests. */
export const insideWorkerd = cloudflareTest({
  wrangler: { configPath: './wrangler.toml' },
  miniflare: {
    bindings: {
      ENVIRONMENT: 'test',
      JWT_SECRET_KEY: 'q7Zr2vYw9KcB4nXs8TdG1mLp6HfJ3aEu',
      JWT_SECRET_KEY_PREVIOUS: 'Wd5tRk0PzUo8yNbVe2CxQi7MhSg4LjAf',
      PBKDF2_ITERATIONS: '1000',
      MIGRATIONS: migrations,
    },
    ratelimits: { ...liftedLimits, LOW_LIMIT: limitTo(2, 'LOW_LIMIT') },
  },
});

const workerdTests = ['test/**/*.test.ts'];
/** Journeys have a project of their own, what takes minutes a config (vitest.soak.config.ts). */
const elsewhere = ['test/journeys/**', 'test/soak/**'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: '100%', // by default one core of two stays idle
    onConsoleLog: () => false, // the request log; tests that judge it read it themselves
    projects: [
      {
        extends: true,
        plugins: [insideWorkerd],
        test: { name: 'workerd', include: workerdTests, exclude: elsewhere, setupFiles: ['test/support/migrate.ts'] },
      },
      {
        // The same tests under the two limits of production that a local workerd does not have.
        extends: true,
        plugins: [insideWorkerd],
        test: {
          name: 'production-profile',
          include: workerdTests,
          exclude: [...elsewhere, '**/*.uncapped.test.ts'],
          setupFiles: ['test/support/migrate.ts', 'test/support/production-profile.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          exclude: ['**/*.soak.test.ts'],
          globalSetup: ['test/journeys/server.ts'],
        },
      },
    ],
  },
});
