// The limits as wrangler.toml binds them, over real HTTP.

import { expect, inject, test } from 'vitest';

const REGISTRATIONS = 10; // a minute and address

test('who registers too often is told when to come back', async () => {
  // Cloudflare sets the address itself; a local server believes its client, which keeps the other journeys' budget whole.
  const ask = () =>
    fetch(`${inject('address')}/api/auth/register`, { method: 'POST', headers: { 'CF-Connecting-IP': '203.0.113.7' } });
  const answers: Response[] = [];
  // The minutes are the clock's: so many requests within two of them are too many for one.
  for (let i = 0; i < 2 * REGISTRATIONS + 1; i++) answers.push(await ask());
  expect(answers.slice(0, REGISTRATIONS).map(({ status }) => status)).toEqual(Array(REGISTRATIONS).fill(415));
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers.get('X-RateLimit-Limit')).toBe(String(REGISTRATIONS));
  expect(refused?.headers.get('Retry-After')).toBe('60');
  expect(await refused?.text()).toBe(
    '{"detail":"Too many requests, please retry later","error_code":"RATE_LIMIT_EXCEEDED","retry_after":60}',
  );
});
