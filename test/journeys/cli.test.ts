// Every command of rag-cli, as a person and as a program reads it.

import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { isCommand } from '../../cli/command.ts';
import { root } from '../../cli/commands/root.ts';
import { address, answerJson, FOREIGN_TOKENS, logIn, newHome, register, serve, useCli } from './cli.ts';

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

useCli();
let tokens: object;
beforeAll(async () => {
  await register('cli');
  tokens = await logIn('cli');
});

function loggedInHome() {
  const home = newHome();
  home.remember(tokens);
  return home;
}

test('status and whoami tell user, session and server', async () => {
  const { json, table } = loggedInHome();
  expect(await table('auth', 'status')).toMatch(
    /^✅ Authenticated\nUser: cli \(cli@example.com\)\nExpires: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(in 1 hour\)\nProfile: default\n$/,
  );
  expect(await json('auth', 'status')).toMatchObject({
    authenticated: true,
    user: { username: 'cli' },
    profile: 'default',
    api_url: address,
  });
  expect(await json('auth', 'whoami')).toEqual({
    user: expect.objectContaining({ id: expect.stringMatching(UUID), email: 'cli@example.com', name: 'cli' }),
    session: expect.objectContaining({ current: true }),
    backend: { url: address, status: 'healthy', version: '0.1.0' },
  });
  expect(await table('auth', 'whoami')).toMatch(/^User: +cli\nE-mail: +cli@example.com\n/);
});

test('a collection, its documents, and a search, from making to deleting', async () => {
  const { json, table, folder } = loggedInHome();
  const { id } = await json('collections', 'create', 'Notes', '--description', 'What I learnt');
  expect(await table('collections', 'get', id)).toMatch(`Id:          ${id}\nName:        Notes\n`);
  expect(await json('collections', 'get', id)).toMatchObject({ id, description: 'What I learnt', document_count: 0 });
  expect(await table('documents', 'list', '--collection', id)).toMatch('No documents yet.');

  const file = join(folder, 'notes.md');
  writeFileSync(file, 'The weather was fine. Machine learning is the study of programs that improve.');
  const document = await json('documents', 'add', file, '--collection', id);
  expect(document).toMatchObject({ filename: 'notes.md', collection_id: id, chunk_count: 1 });
  expect(await table('documents', 'add', file, '--collection', id)).toMatch(/^Id: +\S+\nFile: +notes.md\n/);
  expect(await json('documents', 'list', '--collection', id)).toHaveLength(2);
  expect(await table('documents', 'list', '--collection', id)).toMatch(/^ID +FILE +CHUNKS +CREATED\n\S+ +notes.md +1 /);
  expect(await table('documents', 'delete', document.id)).toBe(`Deleted document ${document.id}.\n`);
  expect(await table('collections', 'list')).toMatch(new RegExp(`${id} +Notes +1 `));
  expect(await json('collections', 'list')).toEqual([expect.objectContaining({ id, document_count: 1 })]);

  const question = ['search', 'What is machine learning?', '--collection', id];
  expect(await table(...question)).toBe(
    'Machine learning is the study of programs that improve.\n\nSources:\n1. notes.md (1.00)\n',
  );
  expect(await json(...question)).toMatchObject({
    answer: 'Machine learning is the study of programs that improve.',
    sources: [{ score: 1, metadata: { filename: 'notes.md' } }],
  });
  expect(await table(...question, '--output', 'yaml')).toMatch(/^answer: Machine learning is .*\nsources:\n {2}- /);

  expect(await json('collections', 'delete', id)).toEqual({ id, deleted: true });
  expect(await table('collections', 'list')).toMatch('No collections yet.');
});

test.each([
  ['collections list', ['--verbose'], /^GET http:\S+\/api\/collections 200 \d+ ms\n$/],
  [
    'collections list',
    ['--debug'],
    /^GET .* ms\n> Accept: application\/json\n(.*\n)*> Authorization: \*\*\*\n(< .*\n)+$/,
  ],
  ['collections list', ['--quiet'], /^$/],
])('%s %j tells of its requests on stderr, and no token', async (command, options, expected) => {
  const { stdout, stderr } = await loggedInHome().run([...command.split(' '), ...options]);
  expect(stderr).toMatch(expected);
  expect(stdout + stderr).not.toMatch(/eyJ/);
});

test('options may stand anywhere', async () => {
  const { run } = loggedInHome();
  for (const line of ['--output json auth status', 'auth --output=json status', 'auth status --output json']) {
    expect(JSON.parse((await run(line.split(' '))).stdout), line).toMatchObject({ authenticated: true });
  }
});

describe('settings', () => {
  const shown = async (home: ReturnType<typeof newHome>, args: string[], env = {}) =>
    JSON.parse((await home.run(['config', 'show', '--output', 'json', ...args], { env })).stdout).api_url;
  const set = async (home: ReturnType<typeof newHome>, ...args: string[]) =>
    expect(await home.run(['config', ...args])).toMatchObject({ code: 0, stderr: '' });

  test('flag, environment, profile, file, default: the first that says something', async () => {
    const home = newHome('');
    expect(await shown(home, [])).toEqual({ value: 'http://localhost:8787', source: 'default' });
    await set(home, 'set', 'api_url', 'https://global.example.com/');
    expect(await shown(home, [])).toEqual({ value: 'https://global.example.com', source: 'global' });
    await set(home, 'set', 'api_url', 'https://work.example.com', '--profile', 'work');
    await set(home, 'set', 'profile', 'work');
    expect(await shown(home, [])).toEqual({ value: 'https://work.example.com', source: 'profile' });
    const env = { RAG_API_URL: 'https://env.example.com' };
    expect(await shown(home, [], env)).toEqual({ value: env.RAG_API_URL, source: 'environment' });
    const flag = ['--api-url', 'https://flag.example.com'];
    expect(await shown(home, flag, env)).toEqual({ value: flag[1], source: 'flag' });

    await set(home, 'unset', 'api_url', '--profile', 'work');
    expect(await shown(home, [])).toEqual({ value: 'https://global.example.com', source: 'global' });
    await set(home, 'unset', 'api_url');
    expect(await shown(home, [])).toEqual({ value: 'http://localhost:8787', source: 'default' });
    expect(JSON.parse(readFileSync(join(home.folder, 'config.json'), 'utf8'))).toEqual({
      profile: 'work',
      profiles: { work: {} },
    });
    expect(statSync(join(home.folder, 'config.json')).mode & 0o777).toBe(0o600);
  });

  test('config show says in a table what it says in JSON', async () => {
    const { stdout } = await newHome().run(['config', 'show'], { env: { RAG_PROFILE: 'work' } });
    expect(stdout).toBe(
      `SETTING  VALUE${' '.repeat(address.length - 5)}  SOURCE
profile  work${' '.repeat(address.length - 4)}  environment
api_url  ${address}  environment
output   table${' '.repeat(address.length - 5)}  default
`,
    );
  });

  test('config validate finds each thing that is wrong', async () => {
    const home = loggedInHome();
    expect(await home.table('config', 'validate')).toMatch(/^(✅ .*\n){4}$/);
    expect(await home.json('config', 'validate')).toMatchObject({ valid: true });

    const plain = await home.run(['config', 'validate', '--api-url', 'http://example.com']);
    expect(plain).toMatchObject({
      code: 4,
      stdout: expect.stringContaining('❌ API URL: http://example.com is plain http'),
    });
    const away = await home.run(['config', 'validate'], { env: { RAG_API_URL: 'http://127.0.0.1:1' } });
    expect(away).toMatchObject({ code: 3, stdout: expect.stringContaining('❌ server: No answer') });
    writeFileSync(join(home.folder, 'config.json'), '{"output": "xml"}');
    expect(await home.run(['config', 'validate'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('output:'),
    });
  });
});

test('every command explains itself, with an example', async () => {
  const { run } = newHome();
  const lines: string[] = [];
  const walk = (node: Parameters<typeof isCommand>[0], path: string) => {
    lines.push(path);
    if (!isCommand(node)) for (const [name, child] of Object.entries(node.commands)) walk(child, `${path} ${name}`);
  };
  walk(root, '');
  const helps = await Promise.all(lines.map((line) => run([...line.trim().split(' ').filter(Boolean), '--help'])));
  helps.forEach(({ code, stdout, stderr }, i) => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout, lines[i]).toMatch(new RegExp(`\\(rag-cli${lines[i]}\\)[^]*EXAMPLES\n\n {2}\\$ .*rag-cli`));
    expect(stdout).not.toContain('\x1b');
  });
});

describe('completion', () => {
  test.each([
    ['rag-cli ', ['auth', 'collections', 'documents', 'search', 'config', 'completion']],
    ['rag-cli auth l', ['login', 'logout']],
    ['rag-cli --profile auth config s', ['show', 'set']],
    ['rag-cli auth login --no', ['--non-interactive', '--no-browser']],
    ['rag-cli search anything --c', ['--collection']],
    ['rag-cli collections list --output ', ['table', 'json', 'yaml']],
    ['rag-cli auth whoami --profile ', []],
  ])('bash completes %j', async (line, expected) => {
    const script = await newHome().table('completion', 'bash');
    const words = line.split(' ').map((word) => `'${word}'`);
    const ask = `COMP_WORDS=(${words.join(' ')}) COMP_CWORD=${words.length - 1}; _rag_cli; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', `${script}${ask}`]);
    expect(stdout.split('\n').filter(Boolean)).toEqual(expected);
  });

  test.each(['zsh', 'fish'])('%s is told of every command', async (shell) => {
    const script = await newHome().table('completion', shell);
    for (const words of ['rag-cli auth login', 'rag-cli collections delete', 'rag-cli search', 'rag-cli config']) {
      expect(script).toContain(words);
    }
  });
});

test('control characters of a server do not reach the terminal', async () => {
  const url = await serve((_, response) =>
    answerJson(response, 200, [
      { id: '1', name: 'a\x1b[2Jb\x07c\x9bd\ne', description: null, document_count: 0, status: 'x', created_at: 'y' },
    ]),
  );
  const home = newHome(url);
  home.remember(FOREIGN_TOKENS);
  const { stdout } = await home.run(['collections', 'list']);
  expect(stdout).toMatch(/\n1 +abcd e +0 /);
  expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
  for (const format of ['json', 'yaml']) {
    const { stdout } = await home.run(['collections', 'list', '--output', format]);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    // YAML 1.2 reads JSON as well.
    expect(parseYaml(stdout)[0].name).toBe('a\x1b[2Jb\x07c\x9bd\ne');
  }
});
