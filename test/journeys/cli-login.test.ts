// The ways in to rag-cli, and out.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openContext } from '../../cli/context.ts';
import { logInByDevice } from '../../cli/device-flow.ts';
import { address, answerJson, FOREIGN_TOKENS, logIn, newHome, PASSWORD, register, serve, useCli } from './cli.ts';

useCli();
beforeAll(() => register('cli-login'));

const TOKENS = {
  access_token: 'an-access-token',
  token_type: 'bearer',
  expires_in: 3600,
  refresh_token: 'a-refresh-token',
  refresh_expires_in: 86_400,
  device_token: 'a-device-token',
};
const USER = { id: '1', username: 'eve', email: 'eve@example.com', name: 'eve' };

test('log in by stdin, then by the environment: tokens for nobody else, the device known again, no secret shown', async () => {
  const home = newHome();
  const first = await home.run(['auth', 'login', '--username', 'cli-login', '--password-stdin', '--debug'], {
    stdin: `${PASSWORD}\n`,
  });
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^✅ Authenticated\nUser: cli-login /) });
  const tokens = home.readTokens();
  expect(tokens).toMatchObject({ api_url: address, expires_in: 3600 });
  expect(statSync(home.tokenFile).mode & 0o777).toBe(0o600);
  expect(statSync(join(home.folder, 'tokens')).mode & 0o777).toBe(0o700);
  const device = readFileSync(join(home.folder, 'devices/default.json'), 'utf8');

  expect(await home.table('auth', 'logout')).toBe('Logged out.\n');
  expect(existsSync(home.tokenFile)).toBe(false);
  const me = await fetch(`${address}/api/auth/me`, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
  expect(me.status).toBe(401);

  const env = { RAG_USERNAME: 'cli-login', RAG_PASSWORD: PASSWORD };
  const second = await home.run(['auth', 'login', '--non-interactive', '--output', 'json', '--debug'], { env });
  expect(JSON.parse(second.stdout)).toMatchObject({ authenticated: true, user: { username: 'cli-login' } });
  const deviceId = (text: string) => /"device_token": "([^.]+)\./.exec(text)?.[1];
  expect(deviceId(readFileSync(join(home.folder, 'devices/default.json'), 'utf8'))).toBe(deviceId(device));

  for (const secret of [PASSWORD, 'eyJ', tokens.refresh_token, deviceId(device)]) {
    expect(JSON.stringify([first, second])).not.toContain(secret);
  }
});

test.each([
  [['--password', 'x'], {}, /A password is not taken as an argument.*\nUse --password-stdin/],
  [['--password=x'], {}, /A password is not taken as an argument/],
  [[], {}, /no terminal to show a code on.*\nUse --username NAME --password-stdin/],
  [['--username', 'eve'], {}, /no terminal to ask for the password on.*\n.*--password-stdin/],
  [['--password-stdin'], {}, /--password-stdin needs --username/],
  [['--username', 'eve', '--password-stdin'], {}, /password is empty/],
  [['--non-interactive'], {}, /Nobody says who logs in.*\nSet RAG_USERNAME and RAG_PASSWORD/],
  [[], { RAG_NON_INTERACTIVE: '1', RAG_USERNAME: 'eve' }, /password is empty.*\nSet RAG_PASSWORD/],
  [['--api-url', 'http://example.com', '--username', 'eve', '--password-stdin'], {}, /plain http.*\nUse https/],
  [['--username', '--password-stdin'], {}, /--username needs a value/],
])('auth login %j with %j is refused with what to do instead', async (args, env, message) => {
  const refused = await newHome().run(['auth', 'login', ...args], { env });
  expect(refused).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(message) });
});

test('a wrong password is a 2 that says so, and leaves nothing', async () => {
  const home = newHome();
  const args = ['auth', 'login', '--username', 'cli-nobody', '--password-stdin'];
  expect(await home.run(args, { stdin: 'a wrong password' })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: Invalid credentials (401).\nCheck the user name and the password.\n',
  });
  expect(readdirSync(home.folder)).toEqual([]);
});

test('status without a login says how to log in; --quiet by its exit code alone', async () => {
  const home = newHome();
  const stdout = '❌ Not authenticated\nNot logged in (profile default).\nLog in: rag-cli auth login\n';
  expect(await home.run(['auth', 'status'])).toEqual({ code: 2, stdout, stderr: '' });
  const asJson = await home.run(['auth', 'status', '--output', 'json']);
  expect(JSON.parse(asJson.stdout)).toEqual({ authenticated: false, profile: 'default', api_url: address });
  expect(await home.run(['auth', 'status', '--quiet'])).toEqual({ code: 1, stdout: '', stderr: '' });
  home.remember(await logIn('cli-login'));
  expect(await home.run(['auth', 'status', '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('logging out while the server is away removes the tokens and says that the session is still open', async () => {
  const home = newHome('http://127.0.0.1:1');
  home.remember(FOREIGN_TOKENS);
  const { code, stderr } = await home.run(['auth', 'logout']);
  expect(code).toBe(3);
  expect(stderr).toMatch(/the session is still open at http:\/\/127.0.0.1:1\.\nIt ends \d{4}-/);
  expect(existsSync(home.tokenFile)).toBe(false);
  expect(await home.table('auth', 'logout')).toBe('Logged out.\n');
});

test('the device flow waits as it is told, slows down, backs off, and gets the tokens', async () => {
  const answers = [
    { error: 'authorization_pending' },
    { error: 'slow_down' },
    { error: 'authorization_pending' },
    'no answer',
    TOKENS,
  ];
  const url = await serve(({ url: path }, response, body) => {
    if (path === '/api/auth/device/start') {
      expect(JSON.parse(body).client_name).toMatch(/^rag-cli on /);
      return answerJson(response, 200, deviceStart(url));
    }
    expect({ path, body }).toEqual({ path: '/api/auth/device/token', body: '{"device_code":"a-device-code"}' });
    const answer = answers.shift();
    if (typeof answer === 'object') answerJson(response, 'error' in answer ? 400 : 200, answer);
    else response.destroy();
  });
  const home = newHome(url);
  const flags = { api_url: url, verbose: false, quiet: false, debug: false };
  const context = openContext(flags, { RAG_CONFIG_DIR: home.folder });
  const told: string[] = [];
  const waits: number[] = [];
  const opened: string[] = [];
  const tokens = await logInByDevice(
    { ...context, output: { ...context.output, tell: (text) => told.push(text) } },
    { sleep: async (ms) => waits.push(ms / 1000), openBrowser: (page) => opened.push(page) },
  );
  expect(tokens).toEqual(TOKENS);
  expect(waits).toEqual([0, 0, 5, 5, 10]);
  expect(opened).toEqual([`${url}/device?user_code=BCDF-GHJK`]);
  expect(told.join()).toContain(`Open ${url}/device\nand enter the code BCDF-GHJK`);
});

const deviceStart = (url: string) => ({
  device_code: 'a-device-code',
  user_code: 'BCDF-GHJK',
  verification_uri: `${url}/device`,
  verification_uri_complete: `${url}/device?user_code=BCDF-GHJK`,
  expires_in: 600,
  interval: 0,
});

describe.skipIf(process.platform !== 'linux')('on a terminal', () => {
  test.each([
    [[TOKENS], 0, /✅ Authenticated\s+User: eve/],
    [[{ error: 'authorization_pending' }, { error: 'access_denied' }], 2, /The login was denied/],
    [[{ error: 'expired_token' }], 2, /The code expired/],
  ])('the device flow that is answered %j ends in %i', async (answers, code, shown) => {
    const left: object[] = [...answers];
    const url = await serve(({ url: path }, response) => {
      if (path === '/api/auth/device/start') return answerJson(response, 200, deviceStart(url));
      if (path === '/api/auth/me') return answerJson(response, 200, USER);
      const answer = left.shift() ?? {};
      answerJson(response, answer === TOKENS ? 200 : 400, answer);
    });
    const run = await newHome(url).runOnTerminal(['auth', 'login', '--no-browser']);
    expect(run.stdout).toMatch(/enter the code BCDF-GHJK/);
    expect(run.stdout).toMatch(shown);
    expect(run.code).toBe(code);
  });

  test('the password is asked for, and not shown', async () => {
    const bodies: string[] = [];
    const url = await serve(({ url: path }, response, body) => {
      if (path === '/api/auth/login') bodies.push(body);
      answerJson(response, 200, path === '/api/auth/login' ? TOKENS : USER);
    });
    const args = ['auth', 'login', '--username', 'eve'];
    const { stdout } = await newHome(url).runOnTerminal(args, 'Password of eve', `${PASSWORD}\r`);
    expect(stdout).toMatch(/✅ Authenticated\s+User: eve/);
    expect(stdout).not.toContain(PASSWORD);
    expect(bodies).toEqual([JSON.stringify({ username: 'eve', password: PASSWORD })]);
  });
});
