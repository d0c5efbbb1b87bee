import { defineConfig } from 'vitest/config';
import { insideWorkerd } from './vitest.config.ts';

/** What takes minutes: `npm run test:soak`. What measures comes last and has the machine to itself. */
const MEASURING = ['test/soak/latency.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 540_000,
    hookTimeout: 120_000,
    maxWorkers: '100%',
    onConsoleLog: (text) => text.startsWith('measured'),
    projects: [
      {
        extends: true,
        plugins: [insideWorkerd],
        test: {
          name: 'soak',
          include: ['test/soak/*.test.ts'],
          exclude: MEASURING,
          setupFiles: ['test/support/migrate.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        plugins: [insideWorkerd],
        test: {
          name: 'latency',
          include: MEASURING,
          setupFiles: ['test/support/migrate.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'server', include: ['test/journeys/*.soak.test.ts'], sequence: { groupOrder: 2 } },
      },
    ],
  },
});
