import { expect, test } from 'vitest';
import { call } from '../support/api.ts';

test('the policy tells the settings and the constants that the service runs on', async () => {
  const { status, body } = await call('GET', '/.well-known/auth-policy');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    access_token: { algorithm: 'HS256', lifetime_seconds: 3600 },
    session: { idle_seconds: 2_592_000, refresh_grace_seconds: 60, max_per_user: 100 },
    revocation: { bound_seconds: 5, bound_seconds_while_database_away: 60 },
    password: { min_length: 15, max_bytes: 1024, hash: { algorithm: 'pbkdf2-sha256', iterations: 1000 } },
    guesses: { free_failures: 5, max_consecutive: 60, max_in_all: 100 },
    requests_per_minute: { login: 30, register: 10, refresh: 60, user: 100, search: 20 },
    audit: { retention_seconds: 180 * 86_400 },
  });
});
