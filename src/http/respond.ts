// From an error to its answer. What is not an AppError tells the caller nothing but its request id, and the log nothing
// but its kind and where it was thrown: messages of database and JSON errors hold passwords, hashes and SQL.

import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { isDatabaseAway } from '../db/client.ts';
import { AppError, ERRORS, type ErrorCode } from '../errors.ts';
import type { AppEnv } from './context.ts';

/** When to come back after a 503. RAG Modulo's CLI repeats by itself, so this must never be above five. */
export const RETRY_AFTER_SECONDS = 2;

const REALM = 'Bearer realm="edge-auth"';

/** RFC 6750 §3: no error code where no credentials came, `invalid_token` where those that came do not serve. */
const CHALLENGES: Partial<Record<ErrorCode, string>> = {
  NOT_AUTHENTICATED: REALM,
  INVALID_CREDENTIALS: REALM,
  INVALID_REFRESH_TOKEN: REALM,
  INVALID_TOKEN: `${REALM}, error="invalid_token", error_description="The access token is invalid"`,
  TOKEN_EXPIRED: `${REALM}, error="invalid_token", error_description="The access token expired"`,
};

/** The words of OAuth's clients (RFC 6749 §5.2, RFC 8628 §3.5). */
const OAUTH_ERRORS: Partial<Record<ErrorCode, string>> = {
  BAD_REQUEST: 'invalid_request',
  AUTHORIZATION_PENDING: 'authorization_pending',
  SLOW_DOWN: 'slow_down',
  ACCESS_DENIED: 'access_denied',
  EXPIRED_TOKEN: 'expired_token',
  INVALID_GRANT: 'invalid_grant',
};

/** The page documents these three bodies to the letter: a detail and nothing else. */
const WITHOUT_CODE: readonly ErrorCode[] = ['NOT_AUTHENTICATED', 'INVALID_TOKEN', 'TOKEN_EXPIRED'];

export function respondError(thrown: unknown, c: Context<AppEnv>): Response {
  const error = toAppError(thrown);
  if (error.code === 'INTERNAL_ERROR') logUnforeseen(thrown, c.get('requestId'));
  c.set('reason', error.reason ?? error.code.toLowerCase());
  return errorResponse(error, c);
}

/** The answer to an error, and nothing else: middleware that must return instead of throwing calls this. */
export function errorResponse(error: AppError, c: Context<AppEnv>): Response {
  const { code, retryAfter, limit } = error;
  const [status] = ERRORS[code];
  const challenge = CHALLENGES[code];
  if (challenge) c.header('WWW-Authenticate', challenge);
  if (status === 503) c.header('Retry-After', String(RETRY_AFTER_SECONDS));
  if (retryAfter !== undefined) c.header('Retry-After', String(retryAfter));
  if (limit !== undefined) c.header('X-RateLimit-Limit', String(limit));
  return c.json(errorBody(error, c.get('requestId')), status satisfies ContentfulStatusCode);
}

export function errorBody({ code, fields, retryAfter }: AppError, requestId: string) {
  return {
    detail: code === 'VALIDATION_ERROR' ? fields : ERRORS[code][1],
    ...(WITHOUT_CODE.includes(code) ? {} : { error_code: code }),
    ...(code in OAUTH_ERRORS ? { error: OAUTH_ERRORS[code] } : {}),
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    ...(code === 'INTERNAL_ERROR' ? { request_id: requestId } : {}),
  };
}

function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isDatabaseAway(thrown)) return new AppError('SERVICE_UNAVAILABLE', { reason: 'database_away' });
  return new AppError('INTERNAL_ERROR');
}

function logUnforeseen(thrown: unknown, requestId: string): void {
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  const frames = thrown instanceof Error ? readFrames(thrown) : [];
  console.error(JSON.stringify({ level: 'error', event: 'unforeseen', request_id: requestId, kind, frames }));
}

/** A stack begins with the message, whose lines may look like frames: only what stands behind it is read. */
function readFrames({ message, stack = '' }: Error): string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  const lines = stack.slice(start + message.length).split('\n');
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
