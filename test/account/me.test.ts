import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { get, login, mintUser } from '../support/api.ts';

test('me and userinfo show the user of the token', async () => {
  const { id, username, email, ...credentials } = await mintUser();
  const token = await login({ username, ...credentials });
  expect((await get('/api/auth/me', token)).body).toEqual({
    id,
    uuid: id,
    user_id: id,
    username,
    email,
    name: username,
    role: 'user',
  });
  expect((await get('/api/auth/userinfo', token)).body).toEqual({
    sub: id,
    name: username,
    email,
    uuid: id,
    role: 'user',
  });
});

test('the token of a deleted user is refused', async () => {
  const user = await mintUser();
  const token = await login(user);
  await env.DB.prepare('DELETE FROM user WHERE id = ?').bind(user.id).run();
  expect(await get('/api/auth/me', token)).toMatchObject({
    status: 401,
    body: { detail: 'Invalid authentication credentials' },
  });
});
