// What rag-cli says when things go wrong, and its exit codes.

import { describe, expect, test } from 'vitest';
import { answerJson, FOREIGN_TOKENS, newHome, serve, useCli } from './cli.ts';

useCli();

const LIST = ['collections', 'list'];
const ID = '5a0e1f0c-7c63-4c1e-9f67-2f1d3b4c5d6e';

describe('exit codes', () => {
  test.each([
    [
      401,
      { detail: 'Invalid authentication credentials' },
      2,
      /^error: The session has ended.\nLog in: rag-cli auth login\n$/,
    ],
    [403, { detail: 'Not allowed for this user' }, 5, /^error: Not allowed for this user \(403\).\nSee who you are: /],
    [404, { detail: 'Collection not found' }, 1, /^error: Collection not found \(404\).\nCheck the id/],
    [409, { detail: 'A collection of this name' }, 1, /^error: A collection of this name \(409\).\nSee what there is/],
    [422, { detail: [{ loc: ['body', 'name'], msg: 'Too long' }] }, 1, /^error: name: Too long\n/],
    [429, { detail: 'Too many requests' }, 1, /^error: Too many requests \(429\).\nTry again in 60 seconds.\n$/],
    [500, { detail: 'Internal server error' }, 1, /^error: Internal server error \(500\).\n/],
    [307, {}, 3, /answered a redirect \(307\)/],
    [200, { not: 'a list' }, 3, /answered something else than it should/],
  ])('an answer of %i %j is a %i', async (status, body, code, message) => {
    const url = await serve((_, response) =>
      answerJson(response, status, body, { 'Retry-After': '60', Location: 'http://127.0.0.1:1/' }),
    );
    const home = newHome(url);
    home.remember(FOREIGN_TOKENS);
    const run = await home.run(LIST);
    expect(run).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
    expect(run.stderr).not.toMatch(/^ +at /m);
  });

  test('a server that is away, or speaks HTML, is a 3; --debug shows where', async () => {
    const away = newHome('http://127.0.0.1:1');
    away.remember(FOREIGN_TOKENS);
    const { code, stderr } = await away.run(LIST);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/^error: No answer from .*\nCheck the API/),
    });
    expect((await away.run([...LIST, '--debug'])).stderr).toMatch(/^ {4}at /m);

    const url = await serve((_, response) => response.end('<html>welcome</html>'));
    const html = newHome(url);
    html.remember(FOREIGN_TOKENS);
    expect(await html.run(LIST)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('other than JSON (status 200)'),
    });
  });

  test.each([
    [[], 'Which command?'],
    [['collections'], 'Which command?'],
    [['collections', 'lst'], 'There is no such command.'],
    [[...LIST, 'x'], 'There is an argument too many.'],
    [[...LIST, '--colour'], 'There is no option --colour.'],
    [[...LIST, '--profile'], '--profile needs a value.'],
    [[...LIST, '--profile', '../../etc/passwd'], 'A profile has 1 to 64 letters'],
    [[...LIST, '--output', 'xml'], 'The output is one of table, json, yaml'],
    [[...LIST, '--api-url', 'ftp://example.com'], 'The API URL is not one that can be used.'],
    [['collections', 'get', '..'], 'That is no id.'],
    [['documents', 'list'], 'Missing required argument: --collection.'],
    [['documents', 'add', 'absent.md', '--collection', ID], 'There is no absent.md.'],
    [['config', 'set', 'api_url', 'http://example.com'], 'is plain http'],
    [['config', 'set', 'output', 'xml'], 'The output is one of'],
    [['config', 'set', 'colour', 'red'], 'There is no such setting.'],
    [['completion', 'tcsh'], 'There is no script for that shell.'],
  ])('%j is a 4', async (args, message) => {
    const home = newHome();
    home.remember(FOREIGN_TOKENS);
    expect(await home.run(args)).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining(message) });
  });
});

test('what will be over soon is repeated three times, and no more', async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked++;
    answerJson(response, asked % 4 === 0 ? 200 : 503, asked % 4 === 0 ? [] : { detail: 'busy' }, {
      'Retry-After': '0',
    });
  });
  const home = newHome(url);
  home.remember(FOREIGN_TOKENS);
  expect(await home.run(LIST)).toMatchObject({ code: 0 });
  expect(asked).toBe(4);
  expect(await home.run(['collections', 'create', 'Notes'])).toMatchObject({ code: 1 });
  expect(asked).toBe(5);
});
