// The `console` blocks of a document: its commands, run as they stand there, must print what it says they print.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './start.ts';

type Options = {
  /** What the text of a command is before it runs: the document's server is not the one at hand. */
  localize: (command: string) => string;
  /** What differs from run to run becomes the same. */
  normalize: (text: string) => string;
  env?: Record<string, string>;
};

/** What the document says and what its commands print, to be compared. */
export async function runConsole(document: string, { localize, normalize, env = {} }: Options) {
  const blocks = readFileSync(join(root, document), 'utf8').matchAll(/^```console\n(.*?)^```$/gms);
  const transcript = [...blocks].map(([, block]) => block).join('');
  const commands = transcript.split('\n').filter((line) => line.startsWith('$ '));
  const script = commands.map((line) => `printf '%s\\n' ${quote(line)}\n${localize(line.slice(2))}; echo\n`).join('');
  const folder = mkdtempSync(join(tmpdir(), 'edge-auth-console-'));
  try {
    const options = { cwd: folder, env: { ...process.env, ...env } };
    const { stdout } = await promisify(execFile)('bash', ['-c', script], options);
    const [said, printed] = [transcript, stdout].map((text) => normalize(text.replace(/\n+/g, '\n')));
    return { commands, said, printed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
