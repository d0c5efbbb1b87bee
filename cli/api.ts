// One request and its answer. What is not an answer of the service, by its form, is as good as none.

import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import pkg from '../package.json' with { type: 'json' };
import type { Context } from './context.ts';
import { EXIT, type ExitCode, Failure, LOG_IN } from './failure.ts';
import { toApiUrl } from './settings.ts';

const CHECK_SERVER = 'Check the API URL and the server: rag-cli config validate';
const TIMEOUT_MS = 30_000;
const MAX_REPEATS = 3;
const MAX_RETRY_AFTER_SECONDS = 5;

export type Request<S> = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** What a success looks like. */
  answer: S;
  body?: object;
  token?: string;
  timeoutMs?: number;
  /** Whether a 429 or 503 is repeated when it says that it will be over soon. */
  repeat?: boolean;
};

/** The service's refusal, in the shapes of its contract. `error` is RFC 8628's. */
const Refusal = v.object({
  detail: v.optional(v.union([v.string(), v.array(v.object({ loc: v.array(v.unknown()), msg: v.string() }))])),
  error: v.optional(v.string()),
  error_description: v.optional(v.string()),
  error_code: v.optional(v.string()),
});

export class ApiFailure extends Failure {
  override readonly name = 'ApiFailure';
  readonly status: number;
  /** RFC 8628 §3.5. */
  readonly error: string | undefined;

  constructor(status: number, refusal: v.InferOutput<typeof Refusal>, retryAfter: string | null) {
    super(exitCodeOf(status), describeRefusal(status, refusal), adviseOn(status, refusal.error_code, retryAfter));
    this.status = status;
    this.error = refusal.error;
  }
}

export async function send<const S extends v.GenericSchema>(
  context: Context,
  request: Request<S>,
): Promise<v.InferInput<S>> {
  const url = toApiUrl(context.settings.api_url.value) + request.path;
  const { repeat = request.method === 'GET' } = request;
  for (let repeats = 0; ; repeats++) {
    const { response, text } = await exchange(context, url, request);
    const retryAfter = response.headers.get('Retry-After');
    if (repeat && repeats < MAX_REPEATS && isOverSoon(response.status, retryAfter)) {
      await sleep(Number(retryAfter) * 1000);
      continue;
    }
    if (response.status >= 300 && response.status < 400) throw notTheService(url, `a redirect (${response.status})`);
    if (response.status === 204) return readAnswer(request.answer, undefined, url);
    const json = parseJson(text, response, url);
    if (response.ok) return readAnswer(request.answer, json, url);
    throw new ApiFailure(response.status, v.is(Refusal, json) ? json : {}, retryAfter);
  }
}

async function exchange(
  context: Context,
  url: string,
  { method, body, token, timeoutMs = TIMEOUT_MS }: Request<unknown>,
) {
  const headers = {
    Accept: 'application/json',
    'User-Agent': `rag-cli/${pkg.version}`,
    ...(body ? { 'Content-Type': 'application/json' } : {}),
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
  };
  const cameMs = performance.now();
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      redirect: 'manual', // a redirected login would take the password along
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    context.trace({ method, url, status: response.status, ms: performance.now() - cameMs, headers, response });
    return { response, text };
  } catch (error) {
    context.trace({ method, url, status: 'no answer', ms: performance.now() - cameMs, headers });
    throw new Failure(EXIT.network, `No answer from ${url}: ${nameTrouble(error)}.`, CHECK_SERVER, { cause: error });
  }
}

function isOverSoon(status: number, retryAfter: string | null): boolean {
  return (
    (status === 429 || status === 503) &&
    /^\d+$/.test(retryAfter ?? '') &&
    Number(retryAfter) <= MAX_RETRY_AFTER_SECONDS
  );
}

function parseJson(text: string, { status }: Response, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notTheService(url, `something other than JSON (status ${status})`);
  }
}

function readAnswer<const S extends v.GenericSchema>(schema: S, json: unknown, url: string): v.InferInput<S> {
  if (v.is(schema, json)) return json; // as the API gives it: its order, and members of later versions
  throw notTheService(url, 'something else than it should');
}

function notTheService(url: string, what: string): Failure {
  return new Failure(EXIT.network, `${url} answered ${what}.`, CHECK_SERVER);
}

const TROUBLES: Record<string, string> = {
  ECONNREFUSED: 'nothing serves there',
  ECONNRESET: 'the connection broke',
  ENOTFOUND: 'there is no such host',
  TimeoutError: 'it took too long',
};

/** fetch says that it failed, and its cause why. */
function nameTrouble(error: unknown): string {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  return TROUBLES[code] ?? TROUBLES[cause.name] ?? cause.message;
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401) return EXIT.authentication;
  return status === 403 ? EXIT.permission : EXIT.general;
}

function describeRefusal(status: number, { detail, error_description }: v.InferOutput<typeof Refusal>): string {
  if (typeof detail === 'string') return `${detail} (${status}).`;
  if (detail) return detail.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ');
  return `${error_description ?? 'The service refused'} (${status}).`;
}

function adviseOn(status: number, code: string | undefined, retryAfter: string | null): string {
  if (code === 'INVALID_CREDENTIALS') return 'Check the user name and the password.';
  if (status === 401) return LOG_IN;
  if (status === 403) return 'See who you are: rag-cli auth whoami';
  if (status === 404) return 'Check the id, and the API URL: rag-cli config show';
  if (status === 429 || status === 503) return `Try again in ${retryAfter ?? 'some'} seconds.`;
  if (status >= 500) return 'Try again; if it stays, tell whoever runs the service.';
  return status === 409 ? 'See what there is: rag-cli collections list' : 'Change that, and repeat the command.';
}
