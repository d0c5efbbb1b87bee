// Every error that a caller can get: the code fixes the status and the sentence. What really happened goes to the log as
// a reason, never to the caller.

export const ERRORS = {
  BAD_REQUEST: [400, 'Bad Request'],
  AUTHORIZATION_PENDING: [400, 'Nobody has approved this device yet'],
  SLOW_DOWN: [400, 'Polled too early: wait five seconds longer from now on'],
  ACCESS_DENIED: [400, 'This device was denied'],
  EXPIRED_TOKEN: [400, 'The device code has expired'],
  INVALID_GRANT: [400, 'The device code is unknown or was used'],
  NOT_AUTHENTICATED: [401, 'Not authenticated'],
  INVALID_TOKEN: [401, 'Invalid authentication credentials'],
  TOKEN_EXPIRED: [401, 'Token has expired'],
  INVALID_CREDENTIALS: [401, 'Invalid credentials'],
  INVALID_REFRESH_TOKEN: [401, 'Invalid refresh token'],
  FORBIDDEN: [403, 'Not allowed for this user'],
  CROSS_ORIGIN: [403, 'Cross-origin request refused'],
  HTTPS_REQUIRED: [403, 'HTTPS required'],
  NOT_FOUND: [404, 'Not Found'],
  USER_CODE_UNKNOWN: [404, 'No device waits under this code'],
  SESSION_NOT_FOUND: [404, 'Session not found'],
  COLLECTION_NOT_FOUND: [404, 'Collection not found'],
  DOCUMENT_NOT_FOUND: [404, 'Document not found'],
  METHOD_NOT_ALLOWED: [405, 'Method Not Allowed'],
  DUPLICATE_USER: [409, 'Username or email already registered'],
  DUPLICATE_COLLECTION: [409, 'A collection of this name already exists'],
  COLLECTION_FULL: [409, 'The collection holds as many documents as it can'],
  PAYLOAD_TOO_LARGE: [413, 'Request body too large'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'Content-Type must be application/json, or a form for the routes that take one'],
  VALIDATION_ERROR: [422, 'Validation failed'],
  RATE_LIMIT_EXCEEDED: [429, 'Too many requests, please retry later'],
  INTERNAL_ERROR: [500, 'Internal server error'],
  SERVICE_UNAVAILABLE: [503, 'Service temporarily unavailable, please retry'],
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** One entry of a 422, as pydantic writes it. There is no `input`: it would return a password. */
export type FieldError = {
  type: string;
  loc: (string | number)[];
  msg: string;
  ctx?: Record<string, unknown>;
};

type AppErrorOptions = { reason?: string; fields?: readonly FieldError[]; retryAfter?: number; limit?: number };

/** Thrown by any verb; `http/respond.ts` turns it into the answer. `reason` is for the log: a word, never a value. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly fields: readonly FieldError[];
  /** Seconds, where the caller shall come back. */
  readonly retryAfter: number | undefined;
  /** How often a minute it may come. */
  readonly limit: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(code);
    this.code = code;
    this.reason = options.reason;
    this.fields = options.fields ?? [];
    this.retryAfter = options.retryAfter;
    this.limit = options.limit;
  }
}
