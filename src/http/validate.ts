// What a request brings, body, query and path: read within a limit, parsed strictly, checked by the schema that also
// documents it. Refusals have pydantic's shape and never repeat what was sent.

import type { Context, MiddlewareHandler } from 'hono';
import * as v from 'valibot';
import { decodeUtf8 } from '../crypto/encoding.ts';
import { findFlaw, isObject } from '../crypto/json.ts';
import { AppError, type FieldError } from '../errors.ts';
import { readBody, requireMediaType } from './body.ts';
import type { AppEnv } from './context.ts';

export const AUTH_BODY_LIMIT_BYTES = 16 * 1024;

const JSON_TYPE = /^application\/(json|[\w.+-]+\+json)$/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded$/i;

type Target = 'json' | 'form' | 'query' | 'param';
/** Where pydantic says that a value was found. */
const LOCATION = { json: 'body', form: 'body', query: 'query', param: 'path' } as const;

/** The mark by which the documentation finds what a route takes. */
export const INPUT = Symbol('input');
export type Input = { target: Target; schema: v.GenericSchema; optional: boolean };

type Validated<T extends Target, S extends v.GenericSchema> = {
  in: Record<T, v.InferInput<S>>;
  out: Record<T, v.InferOutput<S>>;
};

/** A JSON object that fits the schema; the handler gets it from `c.req.valid('json')`. */
export function jsonBody<S extends v.GenericSchema>(schema: S, limitBytes = AUTH_BODY_LIMIT_BYTES) {
  return validated('json', schema, async (c) => {
    requireMediaType(c.req.raw, JSON_TYPE);
    const text = await readText(c.req.raw, limitBytes);
    if (text === '') throw invalid([{ type: 'missing', loc: ['body'], msg: 'Field required' }]);
    return parseObject(text);
  });
}

/** As {@link jsonBody}, but no body at all, of whatever type, is an empty object. */
export function optionalJsonBody<S extends v.GenericSchema>(schema: S) {
  const read = async (c: Context<AppEnv>) => {
    const text = await readText(c.req.raw, AUTH_BODY_LIMIT_BYTES);
    if (text === '') return {};
    requireMediaType(c.req.raw, JSON_TYPE);
    return parseObject(text);
  };
  return validated('json', schema, read, true);
}

/** A form, as OAuth's endpoints take it (RFC 6749 appendix B). A wrong one is a plain 400, as those endpoints answer it. */
export function formBody<S extends v.GenericSchema>(schema: S) {
  return validated('form', schema, async (c) => {
    requireMediaType(c.req.raw, FORM_TYPE);
    return readForm(c);
  });
}

/** As {@link formBody}, or the same members as JSON. */
export function oauthBody<S extends v.GenericSchema>(schema: S) {
  return validated('form', schema, async (c) => {
    const isForm = FORM_TYPE.test(c.req.header('Content-Type')?.split(';')[0]?.trim() ?? '');
    if (isForm) return readForm(c);
    requireMediaType(c.req.raw, JSON_TYPE);
    return parseObject(await readText(c.req.raw, AUTH_BODY_LIMIT_BYTES));
  });
}

async function readForm(c: Context<AppEnv>): Promise<Record<string, string>> {
  const text = decodeUtf8(await readBody(c.req.raw, AUTH_BODY_LIMIT_BYTES));
  const pairs = [...new URLSearchParams(text)];
  // RFC 6749 §3.2: parameters must not be included more than once.
  const names = new Set(pairs.map(([name]) => name));
  if (text === undefined || names.size < pairs.length) throw new AppError('BAD_REQUEST', { reason: 'form_ambiguous' });
  return Object.fromEntries(pairs);
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
  optional = false,
): MiddlewareHandler<AppEnv, string, Validated<T, S>> {
  const middleware: MiddlewareHandler<AppEnv, string, Validated<T, S>> = async (c, next) => {
    const result = v.safeParse(schema, await read(c as Context<AppEnv>), { abortPipeEarly: true });
    if (!result.success) {
      if (target === 'form') throw new AppError('BAD_REQUEST', { reason: 'form_incomplete' });
      throw invalid(result.issues.map((issue) => toFieldError(LOCATION[target], issue)));
    }
    c.req.addValidatedData(target, result.output as object);
    await next();
  };
  return Object.assign(middleware, { [INPUT]: { target, schema, optional } satisfies Input });
}

async function readText(request: Request, limitBytes: number): Promise<string> {
  const text = decodeUtf8(await readBody(request, limitBytes));
  if (text === undefined) throw invalid([jsonInvalid(0, 'The body is not UTF-8')]);
  return text;
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

/** A member of the body that only this request needs. */
export function missing(name: string): AppError {
  return invalid([{ type: 'missing', loc: ['body', name], msg: 'Field required' }]);
}

/** A member of the body that cannot be judged by the body alone, in the shape of what a schema's check refuses. */
export function refused(name: string, error: string): AppError {
  return invalid([{ type: 'value_error', loc: ['body', name], msg: `Value error, ${error}`, ctx: { error } }]);
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
    case 'literal': {
      const literal = String(expected).replaceAll('"', "'");
      return { type: 'literal_error', msg: `Input should be ${literal}`, ctx: { expected: literal } };
    }
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
