// What one writes in an afternoon: Hono, D1, hono/jwt, and the hash of the password made in the request.

import { pbkdf2Async } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { Hono } from 'hono';
import { jwt, sign } from 'hono/jwt';
import { SECRET } from '../workers/settings.ts';

type Env = { Bindings: { DB: D1Database }; Variables: { jwtPayload: { sub: string } } };
type Credentials = { username: string; email: string; password: string };

const hash = async (password: string, salt: string) =>
  (await pbkdf2Async(sha256, password, salt, { c: 600_000, dkLen: 32 })).toHex();

const app = new Hono<Env>();
app.post('/api/auth/register', async (c) => {
  const { username, email, password } = await c.req.json<Credentials>();
  await c.env.DB.exec('CREATE TABLE IF NOT EXISTS user (username TEXT PRIMARY KEY, email TEXT, salt TEXT, hash TEXT)');
  const salt = crypto.randomUUID();
  const insert = c.env.DB.prepare('INSERT INTO user VALUES (?, ?, ?, ?)');
  await insert.bind(username, email, salt, await hash(password, salt)).run();
  return c.json({ username, email }, 201);
});
app.post('/api/auth/login', async (c) => {
  const { username, password } = await c.req.json<Credentials>();
  const select = c.env.DB.prepare('SELECT salt, hash FROM user WHERE username = ?');
  const user = await select.bind(username).first<{ salt: string; hash: string }>();
  if (!user || (await hash(password, user.salt)) !== user.hash) return c.json({ detail: 'Invalid credentials' }, 401);
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return c.json({ access_token: await sign({ sub: username, exp }, SECRET) });
});
app.use(jwt({ secret: SECRET, alg: 'HS256' }));
app.get('/api/auth/me', async (c) => {
  const select = c.env.DB.prepare('SELECT username, email FROM user WHERE username = ?');
  return c.json(await select.bind(c.get('jwtPayload').sub).first());
});

export default app;
