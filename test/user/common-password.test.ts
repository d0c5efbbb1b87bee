import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInBloom, makeBloom } from '../../src/crypto/bloom.ts';
import { isMadeOfOwnWords } from '../../src/user/own-words.ts';
import { type Answer, mintUser, PASSWORD } from '../support/api.ts';
import { openClock, openIsolate, openSession } from '../support/isolate.ts';

const COMMON = 'Password is one of the most common ones and would be guessed';
const OWN_WORDS = 'Password must not be made of your name, your e-mail address or the name of this service';

/** Few common passwords have the 15 characters of the default. */
const isolate = await openIsolate(openClock(), { PASSWORD_MIN_LENGTH: '8' });
const user = await mintUser({ username: 'ada.lovelace', email: 'ada.byron@example.com' });
const { access_token } = await openSession(isolate, user);

const register = (password: string, owner = { username: 'somebody', email: 'someone@example.com' }) =>
  isolate.post('/api/auth/register', { ...owner, password });
const change = (new_password: string) =>
  isolate.post('/api/auth/change-password', { current_password: PASSWORD, new_password }, access_token);
/** The whole answer but its headers: nothing of the password is in it. */
const answerOf = ({ status, body }: Answer) => ({ status, body });
const refusal = (member: string, error: string) => ({
  status: 422,
  body: {
    detail: [{ type: 'value_error', loc: ['body', member], msg: `Value error, ${error}`, ctx: { error } }],
    error_code: 'VALIDATION_ERROR',
  },
});

describe('a common password', () => {
  test.for([
    'password',
    'password1',
    'PassWord1',
    '12345678',
    'iloveyou',
    'ILOVEYOU',
    'qwertyuiop',
    '1QAZ2wsx',
    'trustno1',
    'passwordpassword',
    '123456789987654321',
  ])('is refused at registration and as a new one: %s', async (password) => {
    expect(answerOf(await register(password))).toEqual(refusal('password', COMMON));
    expect(answerOf(await change(password))).toEqual(refusal('new_password', COMMON));
  });

  test('is told apart from a short one, which is told its length alone', async () => {
    expect(await register('dragon')).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'string_too_short', loc: ['body', 'password'] }] },
    });
  });

  test('cannot be told while the list is away: nobody registers, and the next try reads it again', async () => {
    const answers = [new Response('', { status: 500 }), new Response(new Uint8Array(8))];
    const ASSETS = { fetch: async () => answers.shift() } as unknown as Fetcher;
    const { post } = await openIsolate(openClock(), { ASSETS });
    const asked = { username: 'patient', email: 'patient@example.com', password: PASSWORD };
    expect(await post('/api/auth/register', asked)).toMatchObject({
      status: 503,
      body: { error_code: 'SERVICE_UNAVAILABLE' },
    });
    expect((await post('/api/auth/register', asked)).status).toBe(201);
  });

  test('still logs in whoever has it from before', async () => {
    const owner = await mintUser({ username: 'early-bird', email: 'early-bird@example.com' });
    const hash = await isolate.deps.gate.hash(owner.username, 'password1');
    await env.DB.prepare('UPDATE user SET password_hash = ? WHERE id = ?').bind(hash, owner.id).run();
    await openSession(isolate, { ...owner, password: 'password1' });
  });

  test.for(['secure_password', 'a sound password', 'correct horse battery staple', 'password-of-nobody-else'])(
    'is not: %s',
    async (password) => {
      expect(await isolate.deps.isCommonPassword(password)).toBe(false);
    },
  );

  test('is hardly ever seen in a random one: at most one in a thousand', async () => {
    const texts = new Set(fc.sample(fc.string({ minLength: 8, maxLength: 40 }), { numRuns: 20_000, seed: 8 }));
    expect(texts.size).toBeGreaterThan(19_900);
    const found = await Promise.all([...texts].map(isolate.deps.isCommonPassword));
    expect(found.filter(Boolean).length).toBeLessThanOrEqual(20);
  });
});

test('whatever was put into a filter is found in it', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (texts) => {
      const filter = makeBloom(texts);
      return texts.every((text) => isInBloom(filter, text));
    }),
  );
  expect(isInBloom(makeBloom([]), 'anything')).toBe(false);
});

describe("a password of the user's own words", () => {
  test.for([
    'ada.lovelace',
    'AdaLovelace',
    '*ada* lovelace!',
    'adalovelace ADALOVELACE',
    'ada.lovelace1815',
    '1815 ada.lovelace',
    '12adalovelace34',
    'ada.byron',
    'AdaByron-adabyron',
    'ada.byron@example.com',
    'edge-auth',
    'Edge Auth',
    'edge_auth 2026',
    'edgeauthedgeauth',
    'ada.lovelace @ edge-auth 1',
  ])('is refused at registration and as a new one: %s', async (password) => {
    expect(isMadeOfOwnWords(password, user)).toBe(true);
    const another = { username: 'Ada-Lovelace', email: 'Ada.Byron@example.com' };
    expect(answerOf(await register(password, another))).toEqual(refusal('password', OWN_WORDS));
    expect(answerOf(await change(password))).toEqual(refusal('new_password', OWN_WORDS));
  });

  test.for([
    ['another word', 'ada.lovelace is me'],
    ['one letter more', 'adalovelaces'],
    ['one letter less', 'ada.lovelac'],
    ['a part of the name', 'lovelace'],
    ['digits within the name', 'ada 1815 lovelace'],
    ['digits between the names', 'adalovelace 1815 adalovelace'],
    ['the domain alone', 'example.com'],
    ['a longer word than the service', 'edge-author'],
    ['a part of the service', 'edge edge edge'],
    ['digits alone', '18151210'],
    ['signs alone', '!?!?!?!?!?'],
    ['another script', '\u30d1\u30b9\u30ef\u30fc\u30c9\u30d1\u30b9\u30ef\u30fc\u30c9'],
  ] as const)('is not: %s', ([, password]) => {
    expect(isMadeOfOwnWords(password, user)).toBe(false);
  });

  test.for(['adaadaadaada', 'bob.bob.bob', 'ada-bob-1815'])('is not, for words of three letters: %s', (password) => {
    expect(isMadeOfOwnWords(password, { username: 'ada', email: 'bob@example.com' })).toBe(false);
  });

  test.for(['2fast4you', '2fast4you2fast4you', '12 2fast4you 34'])(
    'is seen where the name begins with a digit: %s',
    (password) => {
      expect(isMadeOfOwnWords(password, { username: '2fast4you', email: 'a@example.com' })).toBe(true);
    },
  );

  test('is judged at once, however many ways there are to split it', () => {
    const owner = { username: 'aaaa', email: 'aaaaa@example.com' };
    expect(isMadeOfOwnWords('a'.repeat(1024), owner)).toBe(true);
    expect(isMadeOfOwnWords(`${'a'.repeat(1023)}b`, owner)).toBe(false);
  });

  test('is refused only to whoever knows the current one', async () => {
    const members = { current_password: 'a wrong password', new_password: 'ada.lovelace' };
    expect((await isolate.post('/api/auth/change-password', members, access_token)).status).toBe(401);
  });
});

test("the page's password registers, and can be the new one", async () => {
  expect((await register(PASSWORD)).status).toBe(201);
  expect((await change(PASSWORD)).status).toBe(200);
});
