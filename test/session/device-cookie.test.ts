import { expect, test } from 'vitest';
import { mintUser } from '../support/api.ts';
import { readAllCookies } from '../support/cookies.ts';
import { openClock, openIsolate } from '../support/isolate.ts';

const HTTPS = 'https://edge.example';

test('a device stays known by its cookie, through a logout, and gets in while strangers are stopped', async () => {
  const isolate = await openIsolate(openClock());
  const user = await mintUser();
  const logIn = (password = user.password, cookie = '') =>
    isolate.call(
      'POST',
      '/api/auth/login?mode=cookie',
      {
        headers: { 'Content-Type': 'application/json', Cookie: cookie, Origin: HTTPS },
        body: JSON.stringify({ username: user.username, password }),
      },
      HTTPS,
    );
  const [device] = readAllCookies(await logIn()).filter(({ name }) => name.endsWith('_device'));
  expect(device).toEqual({
    name: '__Host-edge_auth_device',
    value: expect.stringMatching(/^[0-9a-f-]{36}\.[\w-]{43}$/),
    attributes: ['HttpOnly', 'Max-Age=31536000', 'Path=/', 'SameSite=Lax', 'Secure'],
  });
  for (let i = 0; i < 5; i++) expect((await logIn('wrong password!')).status).toBe(401);
  expect((await logIn()).status).toBe(429);
  const known = await logIn(user.password, `${device?.name}=${device?.value}`);
  expect(known.status).toBe(200);
});
