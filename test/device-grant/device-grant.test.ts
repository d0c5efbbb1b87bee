// RFC 8628: a device asks, a person decides, the device polls and gets a session, once.

import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { MAX_WRONG_CODES } from '../../src/device-grant/decide.ts';
import { BURST, MAX_OF_NETWORK } from '../../src/device-grant/queries.ts';
import { makeUserCode, readUserCode } from '../../src/device-grant/user-code.ts';
import { type Answer, mintUser, PASSWORD, type TestUser } from '../support/api.ts';
import { watchD1 } from '../support/d1.ts';
import { type Clock, type Isolate, openClock, openIsolate, openSession, type TokenBody } from '../support/isolate.ts';

type Started = { device_code: string; user_code: string; verification_uri_complete: string };

const cookieOf = ({ access_token }: TokenBody) => `edge_auth_access=${access_token}`;
const OWN = { Origin: 'http://localhost', 'Content-Type': 'application/x-www-form-urlencoded' };

/** Each device in a network of its own. */
let networks = 0;
async function start(isolate: Isolate): Promise<Started> {
  networks += 1;
  const headers = { 'Content-Type': 'application/json', 'CF-Connecting-IP': `10.${networks >> 8}.${networks & 255}.1` };
  const body = JSON.stringify({ client_name: 'rag-cli on a laptop' });
  const answer = await isolate.call('POST', '/api/auth/device/start', { headers, body });
  expect(answer.status).toBe(200);
  return answer.body as Started;
}
const poll = (isolate: Isolate, { device_code }: Pick<Started, 'device_code'>) =>
  isolate.post('/api/auth/device/token', { device_code });

/** The page's answer, which is not JSON. */
async function page(isolate: Isolate, method: string, path: string, headers: HeadersInit, body?: string) {
  const { createApp } = await import('../../src/app.ts');
  const app = createApp(isolate.deps);
  const response = await app.request(`http://localhost${path}`, { method, headers, ...(body ? { body } : {}) });
  return { status: response.status, headers: response.headers, html: await response.text() };
}
const look = (isolate: Isolate, tokens: TokenBody, code: string) =>
  page(isolate, 'GET', `/device?user_code=${encodeURIComponent(code)}`, { Cookie: cookieOf(tokens) });
const decide = (isolate: Isolate, tokens: TokenBody, code: string, decision: string, headers: HeadersInit = OWN) =>
  page(
    isolate,
    'POST',
    '/device/decision',
    { ...headers, Cookie: cookieOf(tokens) },
    `user_code=${code}&decision=${decision}`,
  );

async function setUp(): Promise<{ clock: Clock; isolate: Isolate; user: TestUser; tokens: TokenBody }> {
  const clock = openClock();
  const isolate = await openIsolate(clock);
  const user = await mintUser();
  return { clock, isolate, user, tokens: await openSession(isolate, user) };
}

test('a device that was approved gets tokens of its person, once', async () => {
  const { clock, isolate, user, tokens } = await setUp();
  const started = await start(isolate);
  expect(started).toEqual({
    device_code: expect.stringMatching(/^[0-9a-f-]{36}\.[\w-]{43}$/),
    user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
    verification_uri: 'http://localhost/device',
    verification_uri_complete: `http://localhost/device?user_code=${started.user_code}`,
    expires_in: 600,
    interval: 5,
  });
  expect(await poll(isolate, started)).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });

  const shown = await look(isolate, tokens, started.user_code.toLowerCase().replace('-', ' '));
  expect(shown.status).toBe(200);
  for (const text of [user.username, 'rag-cli on a laptop', started.user_code, '10.0.'])
    expect(shown.html).toContain(text);
  expect((await decide(isolate, tokens, started.user_code, 'approve')).status).toBe(200);

  clock.advance(5);
  const answers = await Promise.all([poll(isolate, started), poll(isolate, started), poll(isolate, started)]);
  const [got, ...others] = answers.toSorted((a, b) => a.status - b.status);
  for (const answer of others) expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  const { access_token } = (got as Answer).body as TokenBody;
  expect(await isolate.get('/api/auth/me', access_token)).toMatchObject({ status: 200, body: { id: user.id } });
  expect(await poll(isolate, started)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('whoever polls too early is slowed down, by five seconds more each time', async () => {
  const { clock, isolate } = await setUp();
  const started = await start(isolate);
  const errors = [];
  for (const pause of [0, 5, 1, 9, 10, 5, 15]) {
    clock.advance(pause);
    errors.push(((await poll(isolate, started)).body as { error: string }).error);
  }
  const [pending, slow] = ['authorization_pending', 'slow_down'];
  expect(errors).toEqual([pending, pending, slow, pending, pending, slow, pending]);
});

test('a code that was denied, used, forged or is too old opens nothing, and cannot be decided again', async () => {
  const { clock, isolate, tokens } = await setUp();
  const denied = await start(isolate);
  expect((await decide(isolate, tokens, denied.user_code, 'deny')).html).toContain('Denied');
  expect(await poll(isolate, denied)).toMatchObject({ status: 400, body: { error: 'access_denied' } });
  expect((await decide(isolate, tokens, denied.user_code, 'approve')).status).toBe(404);

  const approved = await start(isolate);
  await decide(isolate, tokens, approved.user_code, 'approve');
  expect((await decide(isolate, tokens, approved.user_code, 'deny')).status).toBe(404);

  const [grant = '', mac = ''] = approved.device_code.split('.');
  for (const device_code of [
    `${crypto.randomUUID()}.${mac}`,
    `${grant}.${'A'.repeat(43)}`,
    grant,
    '',
    'x'.repeat(5000),
  ]) {
    expect(await poll(isolate, { device_code })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  }
  expect(await isolate.post('/api/auth/device/token', {})).toMatchObject({
    status: 400,
    body: { error: 'invalid_request' },
  });

  const old = await start(isolate);
  clock.advance(600);
  for (const code of [old, approved]) {
    expect(await poll(isolate, code)).toMatchObject({ status: 400, body: { error: 'expired_token' } });
  }
  expect((await look(isolate, tokens, old.user_code)).status).toBe(404);
});

test('a password that changed after the approval, or a deleted user, opens no session', async () => {
  const { clock, isolate, user, tokens } = await setUp();
  const changed = await start(isolate);
  await decide(isolate, tokens, changed.user_code, 'approve');
  const change = { current_password: PASSWORD, new_password: 'another fine password' };
  const { access_token } = (await isolate.post('/api/auth/change-password', change, tokens.access_token))
    .body as TokenBody;
  expect(await poll(isolate, changed)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });

  const deleted = await start(isolate);
  await decide(isolate, { ...tokens, access_token }, deleted.user_code, 'approve');
  await isolate.del('/api/auth/me', access_token, { password: change.new_password });
  clock.advance(5);
  expect(await poll(isolate, deleted)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(await env.DB.prepare('SELECT count(*) AS n FROM session WHERE user_id = ?').bind(user.id).first('n')).toBe(0);
});

test('a thousand guessed codes find none and are stopped, and so is the right one after them', async () => {
  const { isolate, tokens } = await setUp();
  const waiting = await start(isolate);
  const statuses = new Map<number, number>();
  for (let i = 0; i < 1000; i++) {
    const guess = makeUserCode((length) => crypto.getRandomValues(new Uint8Array(length)));
    const { status } = await look(isolate, tokens, guess);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect(Object.fromEntries(statuses)).toEqual({ 404: MAX_WRONG_CODES, 429: 1000 - MAX_WRONG_CODES });
  expect((await look(isolate, tokens, waiting.user_code)).status).toBe(429);
  expect((await decide(isolate, tokens, waiting.user_code, 'approve')).status).toBe(429);
  expect(await poll(isolate, waiting)).toMatchObject({ body: { error: 'authorization_pending' } });
  expect((await look(isolate, (await setUp()).tokens, waiting.user_code)).status).toBe(200); // nobody else is
});

test('guesses at once are not one more than five', async () => {
  const { isolate, tokens } = await setUp();
  const answers = await Promise.all(Array.from({ length: 30 }, () => look(isolate, tokens, 'BBBB-BBBB')));
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(MAX_WRONG_CODES);
});

test('one network keeps so many devices waiting and no more; their ten minutes over, it may ask again', async () => {
  const { clock, isolate } = await setUp();
  const ask = () => isolate.call('POST', '/api/auth/device/start', { headers: { 'CF-Connecting-IP': '203.0.113.7' } });
  for (let i = 0; i < MAX_OF_NETWORK; i++) expect((await ask()).status).toBe(200);
  expect(await ask()).toMatchObject({ status: 429, body: { error_code: 'RATE_LIMIT_EXCEEDED', retry_after: 60 } });
  expect((await start(isolate)).user_code).toBeTruthy();
  clock.advance(600);
  expect((await ask()).status).toBe(200);
});

test.for(['before', 'after'])(
  'a reply of the database that was lost %s the commit costs no device its session',
  async (when) => {
    const { isolate: quiet, tokens } = await setUp();
    let left = 0;
    const DB = watchD1(async (call, sql) => {
      if (left === 0 || !sql.some((text) => text.startsWith('update "device_grant" set "session_id"'))) return call();
      left -= 1;
      if (when === 'after') await call();
      throw new Error('D1_ERROR: Network connection lost.');
    });
    const isolate = await openIsolate(openClock(), { DB });
    const started = await start(isolate);
    await decide(quiet, tokens, started.user_code, 'approve');
    left = 1;
    const { status, body } = await poll(isolate, started);
    expect(status).toBe(200);
    expect((await isolate.get('/api/auth/me', (body as TokenBody).access_token)).status).toBe(200);
  },
);

test('a decision comes from our own page, by somebody who is logged in', async () => {
  const { isolate, tokens } = await setUp();
  const { user_code } = await start(isolate);
  const foreign = { ...OWN, Origin: 'https://attacker.example' };
  const { Origin: _, ...without } = OWN;
  for (const headers of [foreign, { ...OWN, Origin: 'null' }, without, { ...OWN, 'Sec-Fetch-Site': 'same-site' }]) {
    expect((await decide(isolate, tokens, user_code, 'approve', headers)).status).toBe(403);
  }
  expect((await page(isolate, 'POST', '/device/decision', OWN, `user_code=${user_code}&decision=approve`)).status).toBe(
    401,
  );
  const login = `user_code=${user_code}&username=a&password=b`;
  expect((await page(isolate, 'POST', '/device', foreign, login)).status).toBe(403);
  expect((await look(isolate, tokens, user_code)).status).toBe(200); // still undecided
});

test('the page asks a stranger to log in, says what was wrong, and leads on to the code', async () => {
  const { isolate, user } = await setUp();
  const { user_code } = await start(isolate);
  const form = (password: string) => new URLSearchParams({ user_code, username: user.username, password }).toString();
  const asked = await page(isolate, 'GET', `/device?user_code="><script>`, {});
  expect(asked.html).toContain('value="&quot;&gt;&lt;script&gt;"');
  const wrong = await page(isolate, 'POST', '/device', OWN, form('a wrong password'));
  expect(wrong.status).toBe(401);
  expect(wrong.html).toContain('Invalid credentials');
  expect(wrong.html).not.toContain('a wrong password');
  const right = await page(isolate, 'POST', '/device', OWN, form(PASSWORD));
  expect([right.status, right.headers.get('Location')]).toEqual([303, `/device?user_code=${user_code}`]);
  expect(right.headers.getSetCookie().join()).toContain('edge_auth_access=');
});

test('a code is read in any case and with anything between, and made without a vowel', () => {
  expect(readUserCode(' bcdf.ghjk ')).toBe('BCDFGHJK');
  const code = makeUserCode((length) => Uint8Array.from({ length }, (_, i) => 255 - 9 * i)); // 240 and above are thrown again
  expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
});

test('all networks together start so many in a while and no more', async () => {
  const { clock, isolate } = await setUp();
  clock.advance(86_400); // past what other tests started
  for (let i = 0; i < BURST.grants; i++) await start(isolate);
  const more = () => isolate.post('/api/auth/device/start', {});
  expect(await more()).toMatchObject({ status: 429, body: { error_code: 'RATE_LIMIT_EXCEEDED', retry_after: 60 } });
  clock.advance(BURST.seconds);
  expect(await more()).toMatchObject({ status: 200 });
});
