// A route's documentation: what it answers, and which of the errors table it can end in.

import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { ERRORS, type ErrorCode } from '../errors.ts';

export type RouteDescription = {
  operationId: string;
  tag: string;
  summary: string;
  answer: readonly [status: 200 | 201, schema: v.GenericSchema] | readonly [status: 204];
  errors?: readonly ErrorCode[];
};

const ErrorAnswer = v.object({ detail: v.string(), error_code: v.optional(v.string()) });

export function describe({ operationId, tag, summary, answer: [status, schema], errors = [] }: RouteDescription) {
  const failures = errors.map((code) => {
    const [failure, description] = ERRORS[code];
    return [failure, { description, content: { 'application/json': { schema: resolver(ErrorAnswer) } } }] as const;
  });
  return describeRoute({
    operationId,
    tags: [tag],
    summary,
    responses: {
      [status]: {
        description: summary,
        ...(schema ? { content: { 'application/json': { schema: resolver(schema) } } } : {}),
      },
      ...Object.fromEntries(failures),
    },
  });
}
