// What a request brings, body, query and path: read within a limit, parsed strictly, checked by the schema that also
// documents it. Refusals have pydantic's shape and never repeat what was sent.

import type { Context, MiddlewareHandler } from 'hono';
import { resolver, uniqueSymbol } from 'hono-openapi';
import * as v from 'valibot';
import { decodeUtf8 } from '../crypto/encoding.ts';
import { findFlaw, isObject } from '../crypto/json.ts';
import { AppError, type FieldError } from '../errors.ts';
import type { AppEnv } from './context.ts';

export const AUTH_BODY_LIMIT_BYTES = 16 * 1024;

type Target = 'json' | 'query' | 'param';
/** Where pydantic says that a value was found. */
const LOCATION = { json: 'body', query: 'query', param: 'path' } as const;

type Validated<T extends Target, S extends v.GenericSchema> = {
  in: Record<T, v.InferInput<S>>;
  out: Record<T, v.InferOutput<S>>;
};

/** A JSON object that fits the schema; the handler gets it from `c.req.valid('json')`. */
export function jsonBody<S extends v.GenericSchema>(schema: S, limitBytes = AUTH_BODY_LIMIT_BYTES) {
  return validated('json', schema, async (c) => parseObject(await readJsonText(c.req.raw, limitBytes)));
}

/** Query parameters; of one that is given twice, the first counts. */
export function query<S extends v.GenericSchema>(schema: S) {
  return validated('query', schema, (c) => c.req.query());
}

/** Path parameters, as `c.req.valid('param')`. */
export function path<S extends v.GenericSchema>(schema: S) {
  return validated('param', schema, (c) => c.req.param());
}

function validated<T extends Target, S extends v.GenericSchema>(
  target: T,
  schema: S,
  read: (c: Context<AppEnv>) => unknown,
): MiddlewareHandler<AppEnv, string, Validated<T, S>> {
  const middleware: MiddlewareHandler<AppEnv, string, Validated<T, S>> = async (c, next) => {
    const result = v.safeParse(schema, await read(c as Context<AppEnv>), { abortPipeEarly: true });
    if (!result.success) throw invalid(result.issues.map((issue) => toFieldError(LOCATION[target], issue)));
    c.req.addValidatedData(target, result.output as object);
    await next();
  };
  // The mark by which hono-openapi finds what a middleware validates.
  return Object.assign(middleware, { [uniqueSymbol]: { target, ...resolver(schema) } });
}

async function readJsonText(request: Request, limitBytes: number): Promise<string> {
  const type = request.headers.get('Content-Type') ?? '';
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^\s*application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type) || charset.toLowerCase() !== 'utf-8') {
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
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.length;
      if (length > limitBytes) throw new AppError('PAYLOAD_TOO_LARGE');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('BAD_REQUEST', { reason: 'body_cut_off' });
  }
  return new Blob(chunks).bytes();
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

function describe({ type, expected, received, requirement, message }: v.BaseIssue<unknown>): Omit<FieldError, 'loc'> {
  switch (type) {
    case 'object':
      return received === 'undefined'
        ? { type: 'missing', msg: 'Field required' }
        : { type: 'dict_type', msg: 'Input should be a valid dictionary' };
    case 'string':
      return { type: 'string_type', msg: 'Input should be a valid string' };
    case 'loose_object':
    case 'record':
      return { type: 'dict_type', msg: 'Input should be a valid dictionary' };
    case 'number':
    case 'integer':
      return { type: 'int_type', msg: 'Input should be a valid integer' };
    case 'digits':
      return { type: 'int_parsing', msg: 'Input should be a valid integer, unable to parse string as an integer' };
    case 'strict_object':
      return expected === 'never'
        ? { type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }
        : { type: 'missing', msg: 'Field required' };
    case 'uuid': {
      const error = 'not 32 hexadecimal digits in five groups';
      return { type: 'uuid_parsing', msg: `Input should be a valid UUID, ${error}`, ctx: { error } };
    }
    case 'min_value': {
      const msg = `Input should be greater than or equal to ${requirement}`;
      return { type: 'greater_than_equal', msg, ctx: { ge: requirement } };
    }
    case 'max_value': {
      const msg = `Input should be less than or equal to ${requirement}`;
      return { type: 'less_than_equal', msg, ctx: { le: requirement } };
    }
    case 'min_length': {
      const msg = `String should have at least ${requirement} character${requirement === 1 ? '' : 's'}`;
      return { type: 'string_too_short', msg, ctx: { min_length: requirement } };
    }
    case 'max_length': {
      const msg = `String should have at most ${requirement} characters`;
      return { type: 'string_too_long', msg, ctx: { max_length: requirement } };
    }
    // Checks that come with a sentence of ours; valibot's own sentences repeat what was sent.
    case 'regex':
    case 'rfc_email':
    case 'check':
    case 'partial_check':
      return { type: 'value_error', msg: `Value error, ${message}`, ctx: { error: message } };
    default:
      return { type: 'value_error', msg: 'Value error, Input is not valid', ctx: { error: 'Input is not valid' } };
  }
}

/** Length in code points, as people and pydantic count it; valibot's own `minLength` counts UTF-16 units. */
export function minCodePoints(requirement: number) {
  return countCodePoints(v.minLength<string, number>(requirement), (length) => length >= requirement);
}

/** As {@link minCodePoints}. */
export function maxCodePoints(requirement: number) {
  return countCodePoints(v.maxLength<string, number>(requirement), (length) => length <= requirement);
}

function countCodePoints<
  Rule extends v.MinLengthAction<string, number, undefined> | v.MaxLengthAction<string, number, undefined>,
>(rule: Rule, fits: (length: number) => boolean): Rule {
  const run: Rule['~run'] = (dataset, config) => {
    if (dataset.typed && !fits([...dataset.value].length)) v._addIssue(counting, 'length', dataset, config);
    return dataset;
  };
  const counting = { ...rule, '~run': run };
  return counting;
}
