// A server as a person starts it: `npm start`, on a free port, with a database of its own.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const SECRET = 'Jz4mQw8TbXc2Rf6YnLs0Vd7KpGh3UaEi'; // of the servers of these journeys

export type Server = {
  address: string;
  port: number;
  output: () => string;
  pid: number;
  kill: () => Promise<void>;
  stop: () => Promise<void>;
};

/** `folder` has the database of an earlier server, or will have this one's: its maker removes it. */
export type StartOptions = { cwd?: string; settings?: Record<string, string>; folder?: string };

/** Resolves when the server has said that it serves; rejects with its output when it ends before. */
export async function start(options: StartOptions = {}): Promise<Server> {
  const { cwd = root, settings = { JWT_SECRET_KEY: SECRET } } = options;
  const port = await freePort();
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'edge-auth-')));
  const args = ['start', '--', '--port', String(port), '--persist-to', folder, '--inspector-port', '0'];
  const child = spawn('npm', args, { cwd, env: { ...process.env, ...settings }, detached: true });
  let output = '';
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      if (output.includes('Edge Auth serves on')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', () => reject(new Error(output)));
  });
  return {
    address: `http://localhost:${port}`,
    port,
    output: () => output,
    pid: child.pid ?? 0,
    /** As a power cut does it: the whole group at once, in the middle of whatever it does. */
    async kill() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
    async stop() {
      const runs = child.exitCode === null && child.signalCode === null;
      if (child.pid !== undefined && runs) process.kill(-child.pid, 'SIGTERM');
      await ended;
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
