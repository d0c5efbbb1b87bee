// Bodies as attackers and slow phones send them. The routes that read one: all of them behave alike.

import { describe, expect, test } from 'vitest';
import { call } from '../support/api.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const send = (path: string, body: BodyInit | null, headers: Record<string, string> = JSON_TYPE) =>
  call('POST', path, { headers, body });

const invalid = (...detail: object[]) => ({ status: 422, body: { detail, error_code: 'VALIDATION_ERROR' } });
const UNSUPPORTED = {
  status: 415,
  body: {
    detail: 'Content-Type must be application/json, or a form for the routes that take one',
    error_code: 'UNSUPPORTED_MEDIA_TYPE',
  },
};
const TOO_LARGE = { status: 413, body: { detail: 'Request body too large', error_code: 'PAYLOAD_TOO_LARGE' } };
const NOT_AN_OBJECT = invalid({
  type: 'model_attributes_type',
  loc: ['body'],
  msg: 'Input should be a valid dictionary or object to extract fields from',
});
const brokenAt = (position: number, error = 'Expecting JSON') =>
  invalid({ type: 'json_invalid', loc: ['body', position], msg: 'JSON decode error', ctx: { error } });

describe.for(['/api/auth/register', '/api/auth/login'])('%s', (path) => {
  test.for([
    ['{', 1],
    ['{"username": }', 13],
    ["{'username': 'x'}", 1],
    ['username=x&password=y', 0],
    ['{"username":"x",}', 16],
    ['{"username":"x"} {}', 17],
    ['{"a":NaN}', 5],
    ['\ufeff{}', 0],
  ] as const)('broken JSON is told by position: %j', async ([text, position]) => {
    expect(await send(path, text)).toMatchObject(brokenAt(position));
  });

  test.for(['[]', 'null', '"text"', '7', 'true', '[{"username":"x"}]'])('no object: %s', async (text) => {
    expect(await send(path, text)).toMatchObject(NOT_AN_OBJECT);
  });

  test('an empty body is a missing body', async () => {
    const missing = invalid({ type: 'missing', loc: ['body'], msg: 'Field required' });
    expect(await send(path, '')).toMatchObject(missing);
    expect(await send(path, null)).toMatchObject(missing);
  });

  test('bytes that are not UTF-8 are refused', async () => {
    expect(await send(path, new Uint8Array([0x7b, 0xff, 0x7d]))).toMatchObject(brokenAt(0, 'The body is not UTF-8'));
  });

  test.for([
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=latin1',
    'application/json; charset = latin1',
    'application/jsonp',
    'json',
  ])('no JSON: Content-Type %j', async (type) => {
    const headers: Record<string, string> = type === '' ? {} : { 'Content-Type': type };
    expect(await send(path, new TextEncoder().encode('{}'), headers)).toMatchObject(UNSUPPORTED);
  });

  test.for([
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/json;charset="UTF-8"',
    'application/vnd.api+json',
    'application/problem+json; v=1',
  ])('JSON: Content-Type %j', async (type) => {
    expect((await send(path, '{}', { 'Content-Type': type })).status).toBe(422);
  });

  test('more than 16 KB is refused, with a length or without, before anything is hashed', async () => {
    const megabyte = `{"username":"somebody","email":"a@b.example","password":"${'x'.repeat(1 << 20)}"}`;
    expect(await send(path, megabyte)).toMatchObject(TOO_LARGE);
    expect(await send(path, new Blob([megabyte]).stream())).toMatchObject(TOO_LARGE);
    const fits = `{"padding":"${'x'.repeat(16 * 1024 - 14)}"}`;
    expect(fits.length).toBe(16 * 1024);
    expect((await send(path, fits)).status).toBe(422);
    expect(await send(path, `${fits} `)).toMatchObject(TOO_LARGE);
  });

  test('a length of a gigabyte is a 413 before a byte of it is read', async () => {
    const unread = new ReadableStream({ pull: () => new Promise(() => {}) });
    expect(await send(path, unread, { ...JSON_TYPE, 'Content-Length': '1073741824' })).toMatchObject(TOO_LARGE);
  });

  test('a body in many pieces is one body', async () => {
    const pieces = [...'{"username":"x"}'].map((letter) => new TextEncoder().encode(letter));
    const stream = new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    expect((await send(path, stream)).body).toMatchObject({ error_code: 'VALIDATION_ERROR' });
  });

  test('names of the prototype are members like any other', async () => {
    for (const text of [
      '{"__proto__":{"username":"x","password":"y"}}',
      '{"constructor":{"prototype":{}}}',
      '{"toString":1,"hasOwnProperty":2}',
    ]) {
      const { status, body } = await send(path, text);
      expect(status).toBe(422);
      expect((body as { detail: object[] }).detail).toContainEqual({
        type: 'missing',
        loc: ['body', 'username'],
        msg: 'Field required',
      });
    }
  });

  test('JSON as deep as fits is refused like any other', async () => {
    expect(await send(path, '['.repeat(16_000))).toMatchObject(brokenAt(16_000));
    expect(await send(path, `${'['.repeat(8000)}${']'.repeat(8000)}`)).toMatchObject(NOT_AN_OBJECT);
  });
});

test('a login with a password that nobody can have is told so, before any hash', async () => {
  for (const password of ['x'.repeat(1025), 'nul\0', 'surrogate\ud800']) {
    const { status, body } = await send('/api/auth/login', JSON.stringify({ username: 'somebody', password }));
    expect(status).toBe(422);
    expect(body).toMatchObject({ detail: [{ type: 'value_error', loc: ['body', 'password'] }] });
  }
});
