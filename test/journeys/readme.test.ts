// The README's commands, run as they stand there against a fresh server, must print what it says they print.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root, start } from './start.ts';

const blocks = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```console\n(.*?)^```$/gms);
const transcript = [...blocks].map(([, block]) => block).join('');

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
  const folder = mkdtempSync(join(tmpdir(), 'edge-auth-readme-'));
  try {
    const commands = transcript.split('\n').filter((line) => line.startsWith('$ '));
    expect(commands.length).toBeGreaterThan(5);
    const script = commands.map((line) => `printf '%s\\n' ${quote(line)}\n${line.slice(2)}; echo\n`).join('');
    const { stdout } = await promisify(execFile)(
      'bash',
      ['-c', script.replaceAll(/(?<=curl -s )localhost:8787/g, server.address)],
      {
        cwd: folder,
      },
    );
    expect(normalize(withoutEmptyLines(stdout)).replaceAll(server.address, 'localhost:8787')).toBe(
      normalize(withoutEmptyLines(transcript)),
    );
  } finally {
    rmSync(folder, { recursive: true });
    await server.stop();
  }
});

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function withoutEmptyLines(text: string): string {
  return text.replace(/\n+/g, '\n');
}
