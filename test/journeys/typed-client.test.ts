// The package as another one has it: packed, unpacked, beside hono and nothing else of ours.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { root } from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'edge-auth-client-'));
const packages = join(folder, 'node_modules');
const example = readFileSync(join(root, 'examples/typed-client.ts'), 'utf8');

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  execFileSync('tar', ['-xzf', join(folder, packed.trim().split('\n').at(-1) ?? ''), '-C', folder]);
  mkdirSync(join(packages, '@types'), { recursive: true });
  cpSync(join(folder, 'package'), join(packages, 'edge-auth'), { recursive: true });
  for (const name of ['hono', '@types/node', 'undici-types']) {
    symlinkSync(join(root, 'node_modules', name), join(packages, name));
  }
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a strict compiler says of this source, libraries checked as well. */
function compile(source: string): string {
  writeFileSync(join(folder, 'example.ts'), source);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const options = ['--strict', '--noEmit', '--target', 'esnext', '--module', 'nodenext', '--types', 'node'];
  return spawnSync(process.execPath, [tsc, ...options, 'example.ts'], { cwd: folder, encoding: 'utf8' }).stdout;
}

test('the example compiles, and runs', async () => {
  expect(compile(example)).toBe('');
  const user = { username: `typed-${crypto.randomUUID()}`, password: 'secure_password' };
  const registered = await fetch(`${inject('address')}/api/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '10.77.0.1' },
    body: JSON.stringify({ ...user, email: `${user.username}@example.com` }),
  });
  expect(registered.status).toBe(201);
  const args = ['example.ts', inject('address'), user.username, user.password];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe(`${user.username} has 1 collection: Notes of ${user.username}\n`);
});

test.for([
  ['a route that does not exist', 'client.api.auth.me', 'client.api.auth.you'],
  ['a body of another shape', 'json: { username, password }', 'json: { name: username, password }'],
  ['a member that no answer has', 'collection.name', 'collection.title'],
] as const)('%s does not compile', ([, right, wrong]) => {
  expect(compile(example.replace(right, wrong))).toContain('error TS');
});
