// What no well-behaved client sends: written to the socket as it is.

import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, inject, test } from 'vitest';

const address = inject('address');
const port = inject('port');

const HEAD =
  'POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n';
const BODY = '{"username":"nobody","password":"wrong_password!"}';

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** The whole answer to what was written, the connection then closed by the server. */
async function exchange(request: string, { hangUp = false } = {}): Promise<string> {
  const socket = await open();
  if (hangUp) socket.end(request);
  else socket.write(request);
  return text(socket);
}

test('a chunked body without a length is read like any other', async () => {
  const half = BODY.length >> 1;
  const chunks = [BODY.slice(0, half), BODY.slice(half), ''].map(
    (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
  );
  const answer = await exchange(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}`);
  expect(answer).toContain('HTTP/1.1 401');
  expect(answer).toContain('INVALID_CREDENTIALS');
});

test('a chunked body of more than 16 KB is a 413', async () => {
  const chunk = 'x'.repeat(1024);
  const body = `${`400\r\n${chunk}\r\n`.repeat(17)}0\r\n\r\n`;
  expect(await exchange(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${body}`)).toContain('HTTP/1.1 413');
});

test('a length that promises too little cuts the body off', async () => {
  expect(await exchange(`${HEAD}Content-Length: ${BODY.length - 1}\r\n\r\n${BODY}`)).toMatch(
    /HTTP\/1.1 422.*json_invalid/s,
  );
});

test('a length that promises too much ends with the connection, and the server lives', async () => {
  await exchange(`${HEAD}Content-Length: ${BODY.length + 10}\r\n\r\n${BODY}`, { hangUp: true });
  expect((await fetch(`${address}/health`)).status).toBe(200);
});

test('a length that is no number is refused by the server', async () => {
  expect(await exchange(`${HEAD}Content-Length: many\r\n\r\n${BODY}`)).toContain('HTTP/1.1 400');
});

test('a client that leaves in the middle of its login delays nobody for more than 3 s', async () => {
  const request = `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;
  const logIn = async () => {
    const started = performance.now();
    const response = await fetch(`${address}/api/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: BODY,
    });
    return { status: response.status, milliseconds: performance.now() - started };
  };
  const alone = await logIn();
  expect(alone.status).toBe(401);

  // One is hashing and one is waiting when both hang up.
  for (const socket of [await open(), await open()]) {
    socket.write(request);
    await fetch(`${address}/health`); // an answer to what came later: the login has begun
    socket.destroy();
  }
  const behind = await logIn();
  expect(behind.status).toBe(401);
  // Hashes that were begun may still finish: three of them, and the three seconds.
  expect(behind.milliseconds).toBeLessThan(3 * alone.milliseconds + 3000);
});
