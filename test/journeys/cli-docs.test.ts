// The commands of docs/cli.md, by the program itself.

import { expect, test } from 'vitest';
import { address, newHome, PASSWORD, register, useCli } from './cli.ts';
import { runConsole } from './console.ts';

useCli();

test('the console blocks of docs/cli.md show what happens', async () => {
  await register('ada@example.com', 'ada@example.com');
  const home = newHome('');
  const { commands, said, printed } = await runConsole('docs/cli.md', {
    localize: (command) => command.replaceAll('http://localhost:8787', address),
    normalize: (text) =>
      text
        .replaceAll(address, 'http://localhost:8787')
        .replaceAll(home.folder, '/home/ada/.rag')
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
        .replace(/\d{4}-\d\d-\d\d[T ][\d:]+/g, 'TIME')
        .replace(/ {2,}/g, '  '), // columns are as wide as the address
    env: { ...home.environment, PASSWORD },
  });
  expect(commands.length).toBeGreaterThan(9);
  expect(printed).toBe(said);
});
