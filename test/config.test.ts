import { expect, test } from 'vitest';
import { ConfigError, readConfig, type Variables } from '../src/config.ts';

const JWT_SECRET_KEY = 'q7Zr2vYw9KcB4nXs8TdG1mLp6HfJ3aEuQ0RtUiOp5sDfGhJkLzXcVbNm-WeAyI_2';
const INTROSPECTION_SECRET = 'Xy7-Pq2.Rt9_Lm4+Kn8=Zw3~Hd6!Vb5#';

function problems(variables: Variables): readonly string[] {
  try {
    readConfig(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('one setting is required; the others have the documented defaults', () => {
  expect(readConfig({ JWT_SECRET_KEY })).toEqual({
    environment: 'production',
    jwt: {
      algorithm: 'HS256',
      secret: JWT_SECRET_KEY,
      previousSecrets: [],
      lifetimeSeconds: 3600,
      issuer: 'rag-modulo',
      audience: undefined,
    },
    session: { idleSeconds: 2_592_000, absoluteSeconds: 31_536_000, graceSeconds: 60 },
    introspectionSecret: undefined,
    passwordMinLength: 15,
    pbkdf2Iterations: 600_000,
    locationHint: undefined,
    corsOrigins: [],
  });
  expect(problems({})).toEqual(['JWT_SECRET_KEY is required']);
  expect(problems({ JWT_SECRET_KEY: '' })).toEqual(['JWT_SECRET_KEY is required']);
});

test('every setting has its effect', () => {
  const config = readConfig({
    JWT_SECRET_KEY,
    JWT_SECRET_KEY_PREVIOUS: ` ${JWT_SECRET_KEY}1 ,${JWT_SECRET_KEY}2`,
    JWT_ALGORITHM: 'HS512',
    JWT_EXPIRATION: '86400',
    JWT_ISSUER: 'https://issuer.example',
    JWT_AUDIENCE: 'edge',
    REFRESH_IDLE_SECONDS: '90000',
    REFRESH_ABSOLUTE_SECONDS: '100000',
    REFRESH_GRACE_SECONDS: '600',
    INTROSPECTION_SECRET,
    PASSWORD_MIN_LENGTH: '8',
    PBKDF2_ITERATIONS: '10',
    LOCATION_HINT: 'weur',
    CORS_ORIGINS: 'https://app.example.com,http://localhost:3000',
    ENVIRONMENT: 'test',
  });
  expect(config).toEqual({
    environment: 'test',
    jwt: {
      algorithm: 'HS512',
      secret: JWT_SECRET_KEY,
      previousSecrets: [`${JWT_SECRET_KEY}1`, `${JWT_SECRET_KEY}2`],
      lifetimeSeconds: 86_400,
      issuer: 'https://issuer.example',
      audience: 'edge',
    },
    session: { idleSeconds: 90_000, absoluteSeconds: 100_000, graceSeconds: 600 },
    introspectionSecret: INTROSPECTION_SECRET,
    passwordMinLength: 8,
    pbkdf2Iterations: 10,
    locationHint: 'weur',
    corsOrigins: ['https://app.example.com', 'http://localhost:3000'],
  });
});

test.for([
  ['JWT_SECRET_KEY', JWT_SECRET_KEY.slice(0, 31)],
  ['JWT_SECRET_KEY', 'your-secret-key-here'],
  ['JWT_SECRET_KEY', 'a-string-secret-at-least-256-bits-long'],
  ['JWT_SECRET_KEY', 'your-256-bit-secret-your-256-bit-secret'],
  ['JWT_SECRET_KEY', 'please-change-me-please-change-me-please'],
  ['JWT_SECRET_KEY', 'dev-secret-key-change-in-production-f8105afa'],
  ['JWT_SECRET_KEY', 'qwertyuiopasdfghjklzxcvbnm123456'],
  ['JWT_SECRET_KEY', 'abababababababababababababababababababab'],
  ['JWT_SECRET_KEY', 42],
  ['JWT_SECRET_KEY', ['a list']],
  ['JWT_SECRET_KEY', '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7'],
  ['JWT_SECRET_KEY', 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'],
  ['JWT_SECRET_KEY', 'passwordpasswordpasswordpassword1234567890'],
  ['JWT_SECRET_KEY', `${JWT_SECRET_KEY},${JWT_SECRET_KEY}`],
  ['JWT_SECRET_KEY', ` ${JWT_SECRET_KEY}`],
  ['JWT_SECRET_KEY', `${JWT_SECRET_KEY}\n`],
  ['JWT_SECRET_KEY_PREVIOUS', `${JWT_SECRET_KEY},short-and-forgotten`],
  ['JWT_ALGORITHM', 'none'],
  ['JWT_ALGORITHM', 'hs256'],
  ['JWT_ALGORITHM', 'RS256'],
  ['JWT_EXPIRATION', '0'],
  ['JWT_EXPIRATION', '86401'],
  ['JWT_EXPIRATION', '1h'],
  ['REFRESH_GRACE_SECONDS', '0'],
  ['REFRESH_GRACE_SECONDS', '601'],
  ['REFRESH_IDLE_SECONDS', '3659'], // a session would expire between two refreshes
  ['REFRESH_IDLE_SECONDS', '31536001'],
  ['REFRESH_ABSOLUTE_SECONDS', '2591999'],
  ['REFRESH_ABSOLUTE_SECONDS', '315360001'],
  ['INTROSPECTION_SECRET', INTROSPECTION_SECRET.slice(1)],
  ['INTROSPECTION_SECRET', 'a secret of words, with spaces in between'],
  ['INTROSPECTION_SECRET', 'kéy-7Zr2vYw9KcB4nXs8TdG1mLp6HfJ3aEu'],
  ['INTROSPECTION_SECRET', JWT_SECRET_KEY],
  ['INTROSPECTION_SECRET', 'your-secret-key-here-your-secret-key-here'],
  ['JWT_EXPIRATION', '3.6e3'],
  ['JWT_EXPIRATION', '-1'],
  ['PASSWORD_MIN_LENGTH', '7'],
  ['PASSWORD_MIN_LENGTH', '65'],
  ['PBKDF2_ITERATIONS', '599999'],
  ['PBKDF2_ITERATIONS', '999999999'],
  ['LOCATION_HINT', 'moon'],
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://www.example.org/'],
  ['CORS_ORIGINS', 'www.example.org'],
  ['CORS_ORIGINS', 'null'],
  ['ENVIRONMENT', 'staging'],
] as const)('%s = %j is refused by name, without its value', ([name, value]) => {
  const found = problems({ JWT_SECRET_KEY, [name]: value });
  expect(found.length).toBeGreaterThan(0);
  for (const problem of found) {
    expect(problem.startsWith(`${name} `)).toBe(true);
    if (String(value).length > 7) expect(problem).not.toContain(String(value));
  }
});

test.for([
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
] as const)('%s needs %i bytes (RFC 7518 §3.2)', ([JWT_ALGORITHM, bytes]) => {
  expect(problems({ JWT_ALGORITHM, JWT_SECRET_KEY: JWT_SECRET_KEY.slice(0, bytes) })).toEqual([]);
  expect(problems({ JWT_ALGORITHM, JWT_SECRET_KEY: JWT_SECRET_KEY.slice(0, bytes - 1) })).toHaveLength(1);
});

test('a number is as good as its digits: wrangler.toml has numbers', () => {
  expect(readConfig({ JWT_SECRET_KEY, JWT_EXPIRATION: 900 }).jwt.lifetimeSeconds).toBe(900);
});

test('every wrong setting is told at once', () => {
  expect(problems({ JWT_EXPIRATION: '0', ENVIRONMENT: 'x', LOCATION_HINT: 'y' })).toHaveLength(4);
});
