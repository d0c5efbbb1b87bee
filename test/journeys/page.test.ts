// The page, from registration to expiry, over real HTTP and with the real cost of a hash.

import * as jose from 'jose';
import { expect, inject, test } from 'vitest';
import { SECRET } from './start.ts';

const address = inject('address');

async function post(path: string, body: object) {
  const response = await fetch(address + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function me(authorization?: string) {
  const response = await fetch(`${address}/api/auth/me`, {
    headers: authorization ? { Authorization: authorization } : {},
  });
  return { status: response.status, challenge: response.headers.get('WWW-Authenticate'), text: await response.text() };
}

const credentials = { username: 'user@example.com', password: 'secure_password' };

test('the page: register, log in, use the token, until it expires', async () => {
  const registered = await post('/api/auth/register', { ...credentials, email: 'user@example.com' });
  expect(registered.status).toBe(201);
  const { user_id } = JSON.parse(registered.text);
  expect(registered.text).toBe(`{"user_id":"${user_id}","username":"user@example.com","email":"user@example.com"}`);
  expect(user_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

  const loggedIn = await post('/api/auth/login', credentials);
  expect(loggedIn.status).toBe(200);
  const { access_token } = JSON.parse(loggedIn.text);
  expect(loggedIn.text).toMatch(`{"access_token":"${access_token}","token_type":"bearer","expires_in":3600,`);

  const own = await me(`Bearer ${access_token}`);
  expect(own.status).toBe(200);
  expect(JSON.parse(own.text)).toMatchObject({ id: user_id, username: 'user@example.com', email: 'user@example.com' });

  // The same token, an hour later: signed anew with the past in it, since no test waits for an hour.
  const claims = jose.decodeJwt(access_token);
  const { kid = '' } = jose.decodeProtectedHeader(access_token);
  const expired = await new jose.SignJWT({ ...claims, iat: (claims.iat ?? 0) - 3600, exp: (claims.iat ?? 0) - 1 })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid })
    .sign(new TextEncoder().encode(SECRET));
  expect(await me(`Bearer ${expired}`)).toEqual({
    status: 401,
    challenge: 'Bearer realm="edge-auth", error="invalid_token", error_description="The access token expired"',
    text: '{"detail":"Token has expired"}',
  });
});

test('the three refusals of the page, byte for byte', async () => {
  expect(await me()).toEqual({
    status: 401,
    challenge: 'Bearer realm="edge-auth"',
    text: '{"detail":"Not authenticated"}',
  });
  expect(await me('Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...')).toEqual({
    status: 401,
    challenge: 'Bearer realm="edge-auth", error="invalid_token", error_description="The access token is invalid"',
    text: '{"detail":"Invalid authentication credentials"}',
  });
});

test('a wrong password costs what a right one costs, and says nothing', async () => {
  const wrong = await post('/api/auth/login', { ...credentials, password: 'wrong_password!' });
  const unknown = await post('/api/auth/login', { ...credentials, username: 'nobody@example.com' });
  for (const { status, text } of [wrong, unknown]) {
    expect(status).toBe(401);
    expect(text).toBe('{"detail":"Invalid credentials","error_code":"INVALID_CREDENTIALS"}');
  }
});
