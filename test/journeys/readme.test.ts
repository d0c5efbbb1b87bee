// The README's commands against a fresh server.

import { expect, test } from 'vitest';
import { runConsole } from './console.ts';
import { start } from './start.ts';

/** Ids, tokens and times differ from run to run. */
const normalize = (text: string) =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/"eyJ[^"]*"/g, '"TOKEN"')
    .replace(/"UUID\.1\.[^"]*"/g, '"REFRESH"')
    .replace(/"UUID\.[^"]*"/g, '"DEVICE"')
    .replace(/("refresh_expires_in":)\d+/g, '$1N')
    .replace(/"network":"[^"]*"/, '"network":"MASKED"')
    .replace(/"curl [\d.]+"/g, '"curl"')
    .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')
    .replace(/("response_time_ms":)\d+/g, '$1N');

test('the console blocks of the README show what happens', async () => {
  const server = await start();
  try {
    const { commands, said, printed } = await runConsole('README.md', {
      localize: (command) => command.replaceAll(/(?<=curl -s )localhost:8787/g, server.address),
      normalize: (text) => normalize(text).replaceAll(server.address, 'localhost:8787'),
    });
    expect(commands.length).toBeGreaterThan(5);
    expect(printed).toBe(said);
  } finally {
    await server.stop();
  }
});
