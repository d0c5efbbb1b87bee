// Sessions over real HTTP, on a server whose memory is empty.

import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { start } from './start.ts';

const user = { username: 'ada', email: 'ada@example.com', password: 'secure_password' };

const post = (url: string, body: object) =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

test('clients that leave while the list of revocations is first read leave nobody hanging', async () => {
  const server = await start();
  try {
    await post(`${server.address}/api/auth/register`, user);
    const { access_token } = (await (await post(`${server.address}/api/auth/login`, user)).json()) as {
      access_token: string;
    };
    const me = (signal = AbortSignal.timeout(5000)) =>
      fetch(`${server.address}/api/auth/me`, { headers: { Authorization: `Bearer ${access_token}` }, signal });

    const left = Array.from({ length: 20 }, () =>
      leave(
        server.port,
        `GET /api/auth/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${access_token}\r\n\r\n`,
      ),
    );
    const answers = await Promise.all(Array.from({ length: 50 }, () => me()));
    await Promise.all(left);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));

    const logout = await fetch(`${server.address}/api/auth/logout`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${access_token}` },
    });
    expect(logout.status).toBe(204);
    expect((await me()).status).toBe(401);
  } finally {
    await server.stop();
  }
});

/** Sends a request and hangs up before the answer. */
function leave(port: number, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(request, () => socket.destroy());
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}
