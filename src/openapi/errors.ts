// What a route answers when it cannot: the errors table, by status.

import type { JsonSchema } from '@valibot/to-json-schema';
import { AppError, ERRORS, type ErrorCode } from '../errors.ts';
import type { RouteDescription } from '../http/describe.ts';
import { errorBody } from '../http/respond.ts';
import { type Components, describeAnswer, exampleOf } from './schema.ts';

/** Errors of one status share a response, routes with the same errors too; each is an example of its own. */
export function describeErrors(
  codes: readonly ErrorCode[],
  failure: RouteDescription['failure'],
  components: Components,
) {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => {
      const own = failure?.[0] === status ? describeAnswer(failure[1], components).schema : undefined;
      const table = errorSchema(all);
      const content = {
        schema: own ? { anyOf: [own, table] } : table,
        examples: Object.fromEntries(all.map((code) => [code, { value: errorExample(code) }])),
      };
      const description = all.map((code) => ERRORS[code][1]).join('; ');
      const name = [...all, ...(own ? ['OWN'] : [])].join('.');
      components.responses[name] = { description, content: { 'application/json': content } };
      return [status, { $ref: `#/components/responses/${name}` }];
    }),
  );
}

function errorExample(code: ErrorCode) {
  const msg = 'Field required';
  const fields = code === 'VALIDATION_ERROR' ? [{ type: 'missing', loc: ['body', 'password'], msg }] : [];
  const retry = code === 'RATE_LIMIT_EXCEEDED' ? { retryAfter: 60 } : {};
  return errorBody(new AppError(code, { fields, ...retry }), exampleOf({ format: 'uuid' }) as string);
}

/** What {@link errorBody} makes, for any of these codes. */
function errorSchema(codes: readonly ErrorCode[]): JsonSchema {
  const bodies = codes.map(errorExample);
  const detail: JsonSchema = codes.includes('VALIDATION_ERROR')
    ? {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            type: { type: 'string' },
            loc: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
            msg: { type: 'string' },
            ctx: { type: 'object' },
          },
          required: ['type', 'loc', 'msg'],
        },
      }
    : { type: 'string', enum: [...new Set(codes.map((code) => ERRORS[code][1]))] };
  const oauth = bodies.flatMap((body) => body.error ?? []);
  const known = bodies.flatMap((body) => body.error_code ?? []);
  return {
    type: 'object',
    properties: {
      detail,
      ...(known.length > 0 ? { error_code: { type: 'string', enum: known } } : {}),
      ...(oauth.length > 0 ? { error: { type: 'string', enum: oauth } } : {}),
      ...(codes.includes('RATE_LIMIT_EXCEEDED') ? { retry_after: { type: 'integer' } } : {}),
      ...(codes.includes('INTERNAL_ERROR') ? { request_id: { type: 'string' } } : {}),
    },
    required: ['detail', ...(known.length === bodies.length ? ['error_code'] : [])],
  };
}
