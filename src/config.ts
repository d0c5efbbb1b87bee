// Settings: environment variables in, one frozen Config out, or a refusal that names each setting and never its value.
// It imports nothing, so that the start script can run the same checks before the Worker does.

export type Environment = 'production' | 'development' | 'test';

export type Config = {
  readonly environment: Environment;
  readonly jwt: {
    readonly algorithm: 'HS256' | 'HS384' | 'HS512';
    readonly secret: string;
    readonly previousSecrets: readonly string[];
    /** Lifetime of an access token. */
    readonly lifetimeSeconds: number;
    readonly issuer: string;
    readonly audience: string | undefined;
  };
  readonly session: {
    /** A session that was not refreshed for this long cannot be. */
    readonly idleSeconds: number;
    /** Nor can one that is this old, however busy. */
    readonly absoluteSeconds: number;
    /** For this long after a rotation the token before it is still answered: a lost reply, two tabs. */
    readonly graceSeconds: number;
  };
  /** What services send to introspect and revoke tokens; without it those two routes do not exist. */
  readonly introspectionSecret: string | undefined;
  readonly passwordMinLength: number;
  readonly pbkdf2Iterations: number;
  /** Where login gates are created (Durable Objects, `locationHint`). */
  readonly locationHint: LocationHint | undefined;
  readonly corsOrigins: readonly string[];
};

/** Every setting there is; the start script passes these to the Worker by name, and nothing else. */
export const SETTINGS = [
  'JWT_SECRET_KEY',
  'JWT_SECRET_KEY_PREVIOUS',
  'JWT_ALGORITHM',
  'JWT_EXPIRATION',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'REFRESH_IDLE_SECONDS',
  'REFRESH_ABSOLUTE_SECONDS',
  'REFRESH_GRACE_SECONDS',
  'INTROSPECTION_SECRET',
  'PASSWORD_MIN_LENGTH',
  'PBKDF2_ITERATIONS',
  'LOCATION_HINT',
  'CORS_ORIGINS',
  'ENVIRONMENT',
] as const;

export type Setting = (typeof SETTINGS)[number];
export type Variables = Readonly<Partial<Record<Setting, unknown>>>;

/** The settings cannot be used. `problems` has a line for each that is missing or wrong, without its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const ENVIRONMENTS = ['production', 'development', 'test'] as const;
const ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;
const LOCATION_HINTS = ['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'] as const;
type LocationHint = (typeof LOCATION_HINTS)[number];

/** A key is at least as long as the hash's output (RFC 7518 §3.2). */
const MIN_SECRET_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const;
/** Characters that a random secret has in any case, and a pattern typed to fill the length has not. */
const MIN_DISTINCT_CHARACTERS = 10;
/** Secrets that stand in documentation, tutorials and templates, or are built from their phrases. */
const WELL_KNOWN_SECRET =
  /09d25e094faa|AyM1SysPpbyDfgZ|(password){2}|secret[-_ ]?key|your[-_ ].*(secret|key)|string[-_ ]secret|bit[-_ ]secret|super[-_ ]?secret|change[-_ ]?(me|this|it|in)|replace[-_ ]?(me|this)|(dev|test|example|default|my)[-_ ](jwt[-_ ])?(secret|key)|qwertyuiop|0123456789abcdef0123|abcdefghijklmnopqrstuvwxyz/i;

const MINUTE = 60;
const DAY = 86_400;
const YEAR = 365 * DAY;
const MIN_INTROSPECTION_SECRET_BYTES = 32;

const DEFAULT_ITERATIONS = 600_000; // OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA256
/** A login gate has 30 s of CPU for a check and a re-hash; this much leaves it room on a slow machine. */
const MAX_ITERATIONS = 5_000_000;

/** @throws ConfigError */
export function readConfig(variables: Variables): Config {
  const problems: string[] = [];
  const refuse = (name: Setting, rule: string) => problems.push(`${name} ${rule}`);

  // An empty variable is an unset one: that is how `.env` files and shells say it.
  const text = (name: Setting): string | undefined => {
    const value = variables[name];
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value); // TOML has numbers
    refuse(name, 'must be text');
    return undefined;
  };
  const oneOf = <T extends string>(name: Setting, allowed: readonly T[]): T | undefined => {
    const value = text(name);
    const found = allowed.find((option) => option === value);
    if (value !== undefined && found === undefined) refuse(name, `must be one of ${allowed.join(', ')}`);
    return found;
  };
  const integer = (name: Setting, fallback: number, least: number, most: number): number => {
    const value = text(name) ?? String(fallback);
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    refuse(name, `must be a whole number from ${least} to ${most}`);
    return fallback;
  };
  const list = (name: Setting): string[] =>
    (text(name)?.split(',') ?? []).map((item) => item.trim()).filter((item) => item !== '');

  const environment = oneOf('ENVIRONMENT', ENVIRONMENTS) ?? 'production';
  const algorithm = oneOf('JWT_ALGORITHM', ALGORITHMS) ?? 'HS256';
  const secret = text('JWT_SECRET_KEY');
  if (secret === undefined) refuse('JWT_SECRET_KEY', 'is required');
  else for (const flaw of keyFlaws(secret, algorithm)) refuse('JWT_SECRET_KEY', flaw);
  const previousSecrets = list('JWT_SECRET_KEY_PREVIOUS');
  for (const old of previousSecrets) {
    for (const flaw of keyFlaws(old, algorithm)) refuse('JWT_SECRET_KEY_PREVIOUS', `has a key that ${flaw}`);
  }
  const lifetimeSeconds = integer('JWT_EXPIRATION', 3600, 1, DAY);

  const graceSeconds = integer('REFRESH_GRACE_SECONDS', MINUTE, 1, 10 * MINUTE);
  const idleSeconds = integer('REFRESH_IDLE_SECONDS', 30 * DAY, MINUTE, YEAR);
  const absoluteSeconds = integer('REFRESH_ABSOLUTE_SECONDS', YEAR, MINUTE, 10 * YEAR);
  // A client refreshes when its access token runs out, and a refresh within the grace does not count as use.
  if (idleSeconds < lifetimeSeconds + graceSeconds) {
    refuse('REFRESH_IDLE_SECONDS', 'must be at least JWT_EXPIRATION and REFRESH_GRACE_SECONDS together');
  }
  if (absoluteSeconds < idleSeconds) refuse('REFRESH_ABSOLUTE_SECONDS', 'must be at least REFRESH_IDLE_SECONDS');

  const introspectionSecret = text('INTROSPECTION_SECRET');
  if (introspectionSecret !== undefined) {
    for (const flaw of secretFlaws(introspectionSecret, MIN_INTROSPECTION_SECRET_BYTES)) {
      refuse('INTROSPECTION_SECRET', flaw);
    }
    if (!/^[!-~]+$/.test(introspectionSecret)) {
      refuse('INTROSPECTION_SECRET', 'must consist of visible ASCII characters, to fit a header');
    }
    if ([secret, ...previousSecrets].includes(introspectionSecret)) {
      refuse('INTROSPECTION_SECRET', 'must not be a key that signs tokens: services must not be able to');
    }
  }

  const corsOrigins = list('CORS_ORIGINS');
  if (!corsOrigins.every(isOrigin)) {
    refuse('CORS_ORIGINS', 'must be exact origins (https://app.example.com), separated by commas');
  }

  const config: Config = {
    environment,
    jwt: {
      algorithm,
      secret: secret ?? '',
      previousSecrets,
      lifetimeSeconds,
      issuer: text('JWT_ISSUER') ?? 'rag-modulo',
      audience: text('JWT_AUDIENCE'),
    },
    session: { idleSeconds, absoluteSeconds, graceSeconds },
    introspectionSecret,
    passwordMinLength: integer('PASSWORD_MIN_LENGTH', 15, 8, 64),
    pbkdf2Iterations: integer(
      'PBKDF2_ITERATIONS',
      DEFAULT_ITERATIONS,
      environment === 'test' ? 1 : DEFAULT_ITERATIONS,
      MAX_ITERATIONS,
    ),
    locationHint: oneOf('LOCATION_HINT', LOCATION_HINTS),
    corsOrigins,
  };
  if (problems.length > 0) throw new ConfigError(problems);
  Object.freeze(config.jwt);
  Object.freeze(config.session);
  return Object.freeze(config);
}

function* keyFlaws(secret: string, algorithm: Config['jwt']['algorithm']): Generator<string> {
  yield* secretFlaws(secret, MIN_SECRET_BYTES[algorithm], ` for ${algorithm} (RFC 7518 §3.2)`);
  if (/,|^\s|\s$/.test(secret)) yield 'must have no comma and no white space at its ends, so that it can be rotated';
}

function* secretFlaws(secret: string, leastBytes: number, why = ''): Generator<string> {
  if (new TextEncoder().encode(secret).length < leastBytes) yield `must have at least ${leastBytes} bytes${why}`;
  if (WELL_KNOWN_SECRET.test(secret)) yield 'must not be a well-known example';
  else if (new Set(secret).size < MIN_DISTINCT_CHARACTERS) yield 'must be random: it repeats a few characters';
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
