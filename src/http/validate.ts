// Request bodies: read within a limit, parsed strictly, checked by the schema that also documents them. Refusals have
// pydantic's shape and never repeat what was sent.

import type { MiddlewareHandler } from 'hono';
import { resolver, uniqueSymbol } from 'hono-openapi';
import * as v from 'valibot';
import { decodeUtf8 } from '../crypto/encoding.ts';
import { findFlaw, isObject } from '../crypto/json.ts';
import { AppError, type FieldError } from '../errors.ts';
import type { AppEnv } from './context.ts';

export const AUTH_BODY_LIMIT_BYTES = 16 * 1024;

type JsonInput<S extends v.GenericSchema> = { in: { json: v.InferInput<S> }; out: { json: v.InferOutput<S> } };

/** A JSON object that fits the schema; the handler gets it from `c.req.valid('json')`. */
export function jsonBody<S extends v.GenericSchema>(
  schema: S,
  limitBytes = AUTH_BODY_LIMIT_BYTES,
): MiddlewareHandler<AppEnv, string, JsonInput<S>> {
  const middleware: MiddlewareHandler<AppEnv, string, JsonInput<S>> = async (c, next) => {
    const body = parseObject(await readJsonText(c.req.raw, limitBytes));
    const result = v.safeParse(schema, body, { abortPipeEarly: true });
    if (!result.success) throw invalid(result.issues.map((issue) => toFieldError('body', issue)));
    c.req.addValidatedData('json', result.output as object);
    await next();
  };
  // The mark by which hono-openapi finds what a middleware validates.
  return Object.assign(middleware, { [uniqueSymbol]: { target: 'json', ...resolver(schema) } });
}

async function readJsonText(request: Request, limitBytes: number): Promise<string> {
  const [mediaType = '', ...parameters] = (request.headers.get('Content-Type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (
    !/^application\/(json|[\w.+-]+\+json)$/.test(mediaType.trim()) ||
    (charset && !/^charset="?utf-8"?$/.test(charset))
  ) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  }
  const text = decodeUtf8(await readBytes(request, limitBytes));
  if (text === undefined) throw invalid([jsonInvalid(0, 'The body is not UTF-8')]);
  if (text === '') throw invalid([{ type: 'missing', loc: ['body'], msg: 'Field required' }]);
  return text;
}

/** At most `limitBytes`, whatever Content-Length says or leaves out. */
async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('Content-Length')) > limitBytes) throw new AppError('PAYLOAD_TOO_LARGE');
  const bytes = new Uint8Array(limitBytes);
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      if (length + chunk.length > limitBytes) throw new AppError('PAYLOAD_TOO_LARGE');
      bytes.set(chunk, length);
      length += chunk.length;
    }
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('BAD_REQUEST', { reason: 'body_cut_off' });
  }
  return bytes.subarray(0, length);
}

function parseObject(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw invalid([jsonInvalid(findFlaw(text)?.position ?? 0, 'Expecting JSON')]);
  }
  if (isObject(body)) return body;
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  throw invalid([{ type: 'model_attributes_type', loc: ['body'], msg }]);
}

function jsonInvalid(position: number, error: string): FieldError {
  return { type: 'json_invalid', loc: ['body', position], msg: 'JSON decode error', ctx: { error } };
}

function invalid(fields: readonly FieldError[]): AppError {
  return new AppError('VALIDATION_ERROR', { fields });
}

function toFieldError(source: 'body' | 'query' | 'path', issue: v.BaseIssue<unknown>): FieldError {
  const loc = [source, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  return { loc, ...describe(issue) };
}

function describe({ type, received, requirement, message }: v.BaseIssue<unknown>): Omit<FieldError, 'loc'> {
  switch (type) {
    case 'object':
      return received === 'undefined'
        ? { type: 'missing', msg: 'Field required' }
        : { type: 'dict_type', msg: 'Input should be a valid dictionary' };
    case 'string':
      return { type: 'string_type', msg: 'Input should be a valid string' };
    case 'min_length':
      return {
        type: 'string_too_short',
        msg: `String should have at least ${requirement} characters`,
        ctx: { min_length: requirement },
      };
    case 'max_length':
      return {
        type: 'string_too_long',
        msg: `String should have at most ${requirement} characters`,
        ctx: { max_length: requirement },
      };
    default: // checks of our own, each with its own sentence
      return { type: 'value_error', msg: `Value error, ${message}`, ctx: { error: message } };
  }
}
