// rag-cli as it is installed: one file, run by Node, with a configuration folder of its own for each test.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest';
import { root } from './start.ts';

export const PASSWORD = 'secure_password';
export const address = inject('address');

let bundle = '';

/** Builds the program for the tests of a file. */
export function useCli(): void {
  beforeAll(async () => {
    bundle = join(mkdtempSync(join(tmpdir(), 'rag-cli-')), 'rag-cli.js');
    const build = spawn(process.execPath, [join(root, 'script/build-cli.ts'), bundle], { stdio: 'inherit' });
    await new Promise((resolve) => build.on('exit', resolve));
    symlinkSync(bundle, join(dirname(bundle), 'rag-cli'));
  });
  afterAll(() => rmSync(dirname(bundle), { recursive: true }));
}

export type Run = { code: number | null; stdout: string; stderr: string };
type Options = { env?: Record<string, string>; stdin?: string; preload?: string };

/** A machine of its own: nothing of this one's settings reaches it. */
export function newHome(url = address) {
  const folder = mkdtempSync(join(tmpdir(), 'rag-cli-home-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const tokenFile = join(folder, 'tokens/default.json');
  const path = `${dirname(bundle)}${delimiter}${process.env.PATH}`;
  const environment = { PATH: path, HOME: folder, RAG_CONFIG_DIR: folder, RAG_API_URL: url };

  function launch(args: readonly string[], { env, preload }: Options = {}): ChildProcess {
    const imports = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
    return spawn(process.execPath, [...imports, bundle, ...args], {
      env: { ...environment, ...env },
    });
  }

  async function run(args: readonly string[], options: Options = {}): Promise<Run> {
    const child = launch(args, options);
    child.stdin?.on('error', () => {}); // it may end without reading
    child.stdin?.end(options.stdin ?? '');
    return finish(child);
  }

  /** What it prints when all is well. */
  async function table(...args: string[]): Promise<string> {
    const { stdout, stderr, code } = await run(args);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    return stdout;
  }

  /** With a terminal around it, which `script` of util-linux makes. */
  function launchOnTerminal(args: readonly string[]) {
    const line = [process.execPath, bundle, ...args].map((word) => `'${word}'`).join(' ');
    const command = `stty cols 80 rows 24; ${line}`; // it begins with none
    return spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env: environment });
  }

  /** The answer is typed when the question is there. */
  function runOnTerminal(args: readonly string[], question = '', answer = ''): Promise<Run> {
    const child = launchOnTerminal(args);
    let shown = '';
    child.stdout.on('data', (chunk) => {
      const wasThere = shown.includes(question);
      shown += chunk;
      if (!wasThere && shown.includes(question)) child.stdin.write(answer);
    });
    return finish(child);
  }

  return {
    folder,
    tokenFile,
    environment,
    launch,
    launchOnTerminal,
    runOnTerminal,
    run,
    table,
    json: async (...args: string[]) => JSON.parse(await table(...args, '--output', 'json')),
    readTokens: () => JSON.parse(readFileSync(tokenFile, 'utf8')),
    /** As if it had logged in; `edits` are to what it then remembers. */
    remember(tokens: object, edits: object = {}): void {
      mkdirSync(join(folder, 'tokens'), { recursive: true, mode: 0o700 });
      const stored = { api_url: url, ...tokens, ...edits };
      writeFileSync(tokenFile, JSON.stringify(stored), { mode: 0o600 });
    },
  };
}

export async function finish(child: ChildProcess): Promise<Run> {
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')),
  );
  return { code: await ended, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** From an address of its own, which keeps the others' budget of logins whole. */
const CLIENT = { 'Content-Type': 'application/json', 'CF-Connecting-IP': '198.51.100.44' };

export async function register(username: string, email = `${username}@example.com`): Promise<void> {
  const body = JSON.stringify({ username, password: PASSWORD, email });
  const { status } = await fetch(`${address}/api/auth/register`, { method: 'POST', headers: CLIENT, body });
  if (status !== 201) throw new Error(`register: ${status}`);
}

/** Tokens as they are stored. */
export async function logIn(username: string) {
  const body = JSON.stringify({ username, password: PASSWORD });
  const response = await fetch(`${address}/api/auth/login`, { method: 'POST', headers: CLIENT, body });
  const { access_token, expires_in, refresh_token, refresh_expires_in } = (await response.json()) as {
    access_token: string;
    expires_in: number;
    refresh_token: string;
    refresh_expires_in: number;
  };
  const now = Math.floor(Date.now() / 1000);
  return {
    access_token,
    expires_at: now + expires_in,
    expires_in,
    refresh_token,
    refresh_expires_at: now + refresh_expires_in,
  };
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** Another server, which answers what the real one would not. */
export async function serve(handle: Handler): Promise<string> {
  const server = createServer(async (request, response) => handle(request, response, await text(request)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function answerJson(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Tokens that some other server might have given. */
export const FOREIGN_TOKENS = {
  access_token: 'foreign-access',
  expires_at: Math.floor(Date.now() / 1000) + 3600,
  expires_in: 3600,
  refresh_token: 'foreign-refresh',
  refresh_expires_at: Math.floor(Date.now() / 1000) + 86_400,
};
