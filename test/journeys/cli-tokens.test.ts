// The tokens that rag-cli keeps: renewed in time, by one process at a time, and never half written.

import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  address,
  answerJson,
  FOREIGN_TOKENS,
  finish,
  logIn,
  newHome,
  PASSWORD,
  register,
  serve,
  useCli,
} from './cli.ts';

useCli();
beforeAll(() => register('cli-tokens'));

const EXPIRED = { expires_at: 1 };
const LIST = ['collections', 'list'];
const REFRESHED = { access_token: 'next', expires_in: 3600, refresh_token: 'next-refresh', refresh_expires_in: 86_400 };

function serveRefresh(onRefresh: () => void = () => {}): Promise<string> {
  return serve(({ url: path }, response) => {
    if (path !== '/api/auth/refresh') return answerJson(response, 200, []);
    onRefresh();
    answerJson(response, 200, REFRESHED);
  });
}

/** Small files, as a lock is one, still find room. */
const FULL_DISK = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { writeFileSync } = fs;
  fs.writeFileSync = (file, text) => {
    if (text.length < 100) return writeFileSync(file, text);
    writeFileSync(file, text.slice(0, 100));
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  syncBuiltinESMExports();
`;

describe('renewal', () => {
  test('expired tokens are renewed unnoticed', async () => {
    const home = newHome();
    const tokens = await logIn('cli-tokens');
    home.remember(tokens, EXPIRED);
    expect(await home.table(...LIST)).toMatch('No collections yet.');
    expect(home.readTokens().access_token).not.toBe(tokens.access_token);
    expect(home.readTokens().expires_at).toBeGreaterThan(Date.now() / 1000 + 3500);
    expect(readdirSync(join(home.folder, 'tokens'))).toEqual(['default.json']);
  });

  test('auth refresh renews tokens that are not due', async () => {
    const home = newHome();
    const tokens = await logIn('cli-tokens');
    home.remember(tokens);
    expect(await home.table('auth', 'refresh')).toMatch(/^✅ Renewed\nExpires: .* UTC \(in 1 hour\)$/m);
    expect(home.readTokens().access_token).not.toBe(tokens.access_token);
    expect(await home.table(...LIST)).toMatch('No collections yet.');
  });

  test.each([
    [3600, 330, 0],
    [3600, 299, 1],
    [400, 230, 0],
    [400, 199, 1],
  ])('of a life of %i s, %i are left: %i renewals', async (expires_in, left, renewals) => {
    let renewed = 0;
    const url = await serve(({ url: path }, response) => {
      if (path === '/api/auth/refresh') renewed++;
      answerJson(response, 200, path === '/api/auth/refresh' ? REFRESHED : []);
    });
    const home = newHome(url);
    home.remember(FOREIGN_TOKENS, { expires_in, expires_at: Math.ceil(Date.now() / 1000) + left });
    await home.table(...LIST);
    expect(renewed).toBe(renewals);
  });

  test('of many processes at once one renews', async () => {
    const home = newHome();
    home.remember(await logIn('cli-tokens'), EXPIRED);
    const runs = await Promise.all(Array.from({ length: 5 }, () => home.run([...LIST, '--verbose'])));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(runs.flatMap(({ stderr }) => stderr.match(/^POST .*\/refresh 200/gm) ?? [])).toHaveLength(1);
  });

  test.each([
    ['of a process that is gone', { pid: 999_999_999, at: Date.now() }],
    ['of half a minute ago', { pid: process.pid, at: Date.now() - 31_000 }],
  ])('a lock %s is taken over', async (_, holder) => {
    const home = newHome(await serveRefresh());
    home.remember(FOREIGN_TOKENS, EXPIRED);
    writeFileSync(join(home.folder, 'tokens/default.lock'), JSON.stringify(holder));
    await home.table(...LIST);
    expect(readdirSync(join(home.folder, 'tokens'))).toEqual(['default.json']);
  });

  test('an answer that gets lost is asked for again, with the same token', async () => {
    const asked: string[] = [];
    const url = await serve(({ url: path }, response, body) => {
      if (path !== '/api/auth/refresh') return answerJson(response, 200, []);
      asked.push(body);
      if (asked.length === 1) response.destroy();
      else answerJson(response, 200, REFRESHED);
    });
    const home = newHome(url);
    home.remember(FOREIGN_TOKENS, EXPIRED);
    await home.table(...LIST);
    expect(asked).toEqual(Array(2).fill('{"refresh_token":"foreign-refresh"}'));
  });

  test('a session that the server ended is forgotten', async () => {
    const home = newHome();
    const tokens = await logIn('cli-tokens');
    const headers = { Authorization: `Bearer ${tokens.access_token}` };
    await fetch(`${address}/api/auth/logout`, { method: 'POST', headers });
    home.remember(tokens, EXPIRED);
    const ended = { code: 2, stdout: '', stderr: 'error: The session has ended.\nLog in: rag-cli auth login\n' };
    expect(await home.run(LIST)).toEqual(ended);
    expect(readdirSync(join(home.folder, 'tokens'))).toEqual([]);
  });
});

describe('token files', () => {
  test('one that others can read is refused', async () => {
    const home = newHome();
    home.remember(FOREIGN_TOKENS);
    chmodSync(home.tokenFile, 0o644);
    const refused = { code: 4, stdout: '', stderr: expect.stringContaining(`Run: chmod 600 ${home.tokenFile}`) };
    expect(await home.run(LIST)).toEqual(refused);
    expect(await home.run(['config', 'validate'])).toMatchObject({
      code: 4,
      stdout: expect.stringContaining('chmod 600'),
    });
  });

  test('tokens go to no other server than their own', async () => {
    const seen: string[] = [];
    const url = await serve(({ method }, response) => {
      seen.push(String(method));
      answerJson(response, 200, []);
    });
    const home = newHome();
    home.remember(FOREIGN_TOKENS);
    for (const command of [LIST, ['auth', 'refresh'], ['auth', 'logout'], ['auth', 'whoami']]) {
      expect(await home.run([...command, '--api-url', url])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`is logged in to ${address}, and its tokens go nowhere else`),
      });
    }
    expect(seen).toEqual([]);
  });

  test('Ctrl-C in the middle of a renewal leaves the tokens as they were, and no lock', async () => {
    let hangs = () => {};
    const hanging = new Promise<void>((resolve) => {
      hangs = resolve;
    });
    const home = newHome(await serve(() => hangs()));
    home.remember(FOREIGN_TOKENS, EXPIRED);
    const before = readFileSync(home.tokenFile, 'utf8');
    const child = home.launch(LIST);
    const run = finish(child);
    await hanging;
    expect(readdirSync(join(home.folder, 'tokens'))).toContain('default.lock');
    child.kill('SIGINT');
    expect(await run).toEqual({ code: 130, stdout: '', stderr: '' });
    expect(readdirSync(join(home.folder, 'tokens'))).toEqual(['default.json']);
    expect(JSON.parse(readFileSync(home.tokenFile, 'utf8'))).toEqual(JSON.parse(before));
  });

  test('a full disk keeps the tokens of before, and the server is not asked for others', async () => {
    let asked = 0;
    const home = newHome(await serveRefresh(() => asked++));
    home.remember(FOREIGN_TOKENS, EXPIRED);
    const before = readFileSync(home.tokenFile, 'utf8');
    const { code, stderr } = await home.run(LIST, { preload: FULL_DISK });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(
        `The disk is full: ${home.tokenFile} could not be written, and what was there before`,
      ),
    });
    expect(asked).toBe(0);
    expect(readFileSync(home.tokenFile, 'utf8')).toBe(before);
    expect(readdirSync(join(home.folder, 'tokens'))).toEqual(['default.json']);
  });

  test('tokens that find no room at login open no session', async () => {
    const paths: string[] = [];
    const url = await serve(({ url: path }, response) => {
      paths.push(String(path));
      answerJson(response, 200, { ...REFRESHED, device_token: 'device' });
    });
    const home = newHome(url);
    const args = ['auth', 'login', '--username', 'eve', '--password-stdin'];
    const { code, stderr } = await home.run(args, { stdin: PASSWORD, preload: FULL_DISK });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('The disk is full') });
    expect(paths).toEqual(['/api/auth/login', '/api/auth/logout']);
    expect(readdirSync(join(home.folder, 'tokens'))).toEqual([]);
  });
});
