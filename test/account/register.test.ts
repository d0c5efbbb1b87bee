import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { get, login, mintUser, PASSWORD, post } from '../support/api.ts';

const fields = (body: unknown) => (body as { detail: { type: string; loc: unknown[]; msg: string }[] }).detail;

test("the page's registration answers 201 with the id, the name and the e-mail, and nothing else", async () => {
  const { status, headers, body } = await post('/api/auth/register', {
    username: 'user@example.com',
    password: 'secure_password',
    email: 'user@example.com',
  });
  expect(status).toBe(201);
  expect(body).toEqual({
    user_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    username: 'user@example.com',
    email: 'user@example.com',
  });
  expect(headers.get('Cache-Control')).toBe('no-store');
});

test('the database holds the hash of the password, and nothing else of it', async () => {
  const password = 'canary-in-the-coal-mine';
  const { id } = await mintUser({ password });
  const row = await env.DB.prepare('SELECT * FROM user WHERE id = ?').bind(id).first();
  expect(row?.password_hash).toMatch(/^\$pbkdf2-sha256\$i=1000\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(JSON.stringify(row)).not.toContain(password);
});

test('two users with one password have different hashes', async () => {
  const [first, second] = [await mintUser(), await mintUser()];
  const { results } = await env.DB.prepare('SELECT DISTINCT password_hash FROM user WHERE id IN (?, ?)')
    .bind(first.id, second.id)
    .all();
  expect(results).toHaveLength(2);
});

test('a name or an e-mail is taken in any case of its letters', async () => {
  const { username, email } = await mintUser({ username: 'Ada.Lovelace', email: 'ada@example.com' });
  const taken = { status: 409, body: { detail: 'Username or email already registered', error_code: 'DUPLICATE_USER' } };
  const body = (overrides: object) => ({
    username: 'other-ada',
    email: 'other-ada@example.com',
    password: PASSWORD,
    ...overrides,
  });
  expect(await post('/api/auth/register', body({ username: username.toUpperCase() }))).toMatchObject(taken);
  expect(await post('/api/auth/register', body({ email: email.toUpperCase() }))).toMatchObject(taken);
  expect(await post('/api/auth/register', body({}))).toMatchObject({ status: 201 });
});

test('of 50 simultaneous registrations of one name in mixed case, exactly one succeeds', async () => {
  const spellings = Array.from({ length: 50 }, (_, i) =>
    [...'racing-name'].map((letter, position) => ((i >> (position % 6)) & 1 ? letter.toUpperCase() : letter)).join(''),
  );
  const statuses = await Promise.all(
    spellings.map(async (username, i) => {
      while (true) {
        const { status } = await post('/api/auth/register', {
          username,
          email: `race-${i}@example.com`,
          password: PASSWORD,
        });
        if (status !== 503) return status;
      }
    }),
  );
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  expect(statuses.filter((status) => status === 409)).toHaveLength(49);
  const { results } = await env.DB.prepare("SELECT id FROM user WHERE username = 'RACING-NAME'").all();
  expect(results).toHaveLength(1);
});

test('unknown members are ignored and have no effect', async () => {
  const user = await mintUser({ ...{ role: 'admin', id: '123e4567-e89b-12d3-a456-426614174000', is_admin: true } });
  expect(user.id).not.toBe('123e4567-e89b-12d3-a456-426614174000');
  expect((await get('/api/auth/me', await login(user))).body).toMatchObject({ id: user.id, role: 'user' });
});

test.for([
  ['username', 'ab', 'string_too_short', 'String should have at least 3 characters'],
  ['username', 'a'.repeat(255), 'string_too_long', 'String should have at most 254 characters'],
  ['username', '.hidden', 'value_error', 'Value error, Username must begin with'],
  ['username', 'two words', 'value_error', 'Value error, Username must begin with'],
  ['username', 'sn\u00f6w', 'value_error', 'Value error, Username must begin with'],
  ['username', 'kelvin\u212a', 'value_error', 'Value error, Username must begin with'],
  ['username', 'line\nfeed', 'value_error', 'Value error, Username must begin with'],
  [
    'username',
    'someone@else.com',
    'value_error',
    "Value error, Username with an @ must be the account's own e-mail address",
  ],
  ['username', 7, 'string_type', 'Input should be a valid string'],
  ['username', null, 'string_type', 'Input should be a valid string'],
  ['username', undefined, 'missing', 'Field required'],
  ['username', ['x'], 'string_type', 'Input should be a valid string'],
  ['password', 'fourteen chars', 'string_too_short', 'String should have at least 15 characters'],
  ['password', '\u{1f511}'.repeat(14), 'string_too_short', 'String should have at least 15 characters'],
  ['password', 'e\u0301'.repeat(14), 'string_too_short', 'String should have at least 15 characters'],
  ['password', 'x'.repeat(1025), 'value_error', 'Value error, Password must have at most 1024 bytes of UTF-8'],
  ['password', 'secure\0password..', 'value_error', 'Value error, Password must not contain NUL'],
  ['password', 'secure\udc00password..', 'value_error', 'Value error, Password must be well-formed Unicode'],
  ['password', undefined, 'missing', 'Field required'],
  ['password', 123456789012345, 'string_type', 'Input should be a valid string'],
  ['email', 'nobody', 'value_error', 'Value error, Email must be a valid e-mail address'],
  ['email', 'a@localhost', 'value_error', 'Value error, Email must be a valid e-mail address'],
  ['email', 'a..b@example.com', 'value_error', 'Value error, Email must be a valid e-mail address'],
  ['email', '.a@example.com', 'value_error', 'Value error, Email must be a valid e-mail address'],
  ['email', `${'a'.repeat(65)}@example.com`, 'value_error', 'Value error, Email must be a valid e-mail address'],
  ['email', 'a@ex\u00e4mple.com', 'value_error', 'Value error, Email must be a valid e-mail address'],
  ['email', 'a@example.com\n', 'value_error', 'Value error, Email must be a valid e-mail address'],
  ['email', `a@${'b'.repeat(250)}.com`, 'string_too_long', 'String should have at most 254 characters'],
] as const)('refused: %s = %j is %s', async ([name, value, type, msg]) => {
  const sound = { username: 'somebody', email: 'somebody@example.com', password: 'a sound password' };
  const { status, body } = await post('/api/auth/register', { ...sound, [name]: value });
  expect(status).toBe(422);
  expect(body).toEqual({ detail: expect.anything(), error_code: 'VALIDATION_ERROR' });
  expect(fields(body)).toHaveLength(1);
  expect(fields(body)[0]).toMatchObject({ type, loc: ['body', name], msg: expect.stringContaining(msg) });
  expect(Object.keys(fields(body)[0] ?? {}).every((key) => ['type', 'loc', 'msg', 'ctx'].includes(key))).toBe(true);
});

test('every wrong member is told at once', async () => {
  const { body } = await post('/api/auth/register', { username: 'x', password: 1 });
  expect(fields(body).map(({ type, loc }) => [type, ...loc])).toEqual([
    ['string_too_short', 'body', 'username'],
    ['string_type', 'body', 'password'],
    ['missing', 'body', 'email'],
  ]);
});
