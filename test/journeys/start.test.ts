// `npm start` as a newcomer meets it: in a folder that holds what the repository holds, and nothing else.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { root, start } from './start.ts';

const clone = mkdtempSync(join(tmpdir(), 'edge-auth-clone-'));
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
for (const file of files.trim().split('\n')) cpSync(join(root, file), join(clone, file));
symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
afterAll(() => rmSync(clone, { recursive: true, force: true }));

const UNSET = { JWT_SECRET_KEY: '' };

test('a first start makes .env with a random key, readable by its owner alone, and serves', async () => {
  const server = await start({ cwd: clone, settings: { ...UNSET, CANARY_OF_THE_SHELL: 'canary-value' } });
  try {
    const env = readFileSync(join(clone, '.env'), 'utf8');
    const secret = /^JWT_SECRET_KEY=([\w-]{64})$/m.exec(env)?.[1] ?? '';
    expect(secret).not.toBe('');
    expect(statSync(join(clone, '.env')).mode & 0o777).toBe(0o600);
    expect(env.replace(secret, '')).toBe(readFileSync(join(root, '.env.example'), 'utf8'));
    expect((await fetch(`${server.address}/health`)).status).toBe(200);
    expect(server.output()).toContain('curl -i');
    expect(server.output()).not.toContain(secret);
    expect(server.output()).not.toContain('CANARY_OF_THE_SHELL'); // wrangler lists whatever reaches the Worker
  } finally {
    await server.stop();
  }
});

test('what the shell exports wins over .env, whatever characters it holds', async () => {
  writeFileSync(join(clone, '.env'), 'JWT_SECRET_KEY=this one is in the file and is not used!\nJWT_EXPIRATION=60\n');
  const server = await start({
    cwd: clone,
    settings: { JWT_SECRET_KEY: `it's $HOME "quoted" \\n #1 \${PATH} =`, ENVIRONMENT: 'test', PBKDF2_ITERATIONS: '10' },
  });
  try {
    const user = { username: 'somebody', email: 'somebody@example.com', password: 'secure_password' };
    const post = (path: string) =>
      fetch(server.address + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(user),
      });
    expect((await post('/api/auth/register')).status).toBe(201);
    const { access_token, expires_in } = (await (await post('/api/auth/login')).json()) as Record<string, unknown>;
    expect(expires_in).toBe(60);
    const { jwtVerify } = await import('jose');
    const { payload } = await jwtVerify(
      String(access_token),
      new TextEncoder().encode(`it's $HOME "quoted" \\n #1 \${PATH} =`),
    );
    expect(payload.username).toBe('somebody');
  } finally {
    await server.stop();
  }
});

test('whoever stops npm stops the server', async () => {
  const server = await start({ cwd: clone });
  process.kill(server.pid, 'SIGTERM'); // npm alone, as a process manager does
  await vi.waitUntil(
    () =>
      fetch(`${server.address}/health`).then(
        () => false,
        () => true,
      ),
    { timeout: 10_000 },
  );
  await server.stop();
});

test('settings that cannot be used stop the start: which and why, never the value', async () => {
  writeFileSync(join(clone, '.env'), 'JWT_SECRET_KEY=canary-too-short\nJWT_ALGORITHM=none\n');
  const error = await start({ cwd: clone, settings: UNSET }).then(
    async (server) => {
      await server.stop();
      throw new Error('it started');
    },
    (reason: Error) => reason.message,
  );
  expect(error).toContain('JWT_SECRET_KEY must have at least 32 bytes for HS256');
  expect(error).toContain('JWT_ALGORITHM must be one of HS256, HS384, HS512');
  expect(error).not.toContain('canary');
});
