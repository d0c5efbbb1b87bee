import { defineConfig } from 'vitest/config';
import { insideWorkerd } from './vitest.config.ts';

/** What takes minutes: `npm run test:soak`. */
export default defineConfig({
  test: {
    testTimeout: 540_000,
    hookTimeout: 120_000,
    onConsoleLog: (text) => text.startsWith('measured'),
    projects: [
      {
        extends: true,
        plugins: [insideWorkerd],
        test: {
          name: 'soak',
          include: ['test/soak/*.test.ts'],
          setupFiles: ['test/support/migrate.ts'],
        },
      },
    ],
  },
});
