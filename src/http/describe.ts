// A route's documentation, beside the route: what it answers, who may ask, and which of the errors table it can end in.
// src/openapi adds what follows from that: what the body's schema demands, what the guard refuses.

import type { MiddlewareHandler } from 'hono';
import type * as v from 'valibot';
import type { ErrorCode } from '../errors.ts';

export type RouteDescription = {
  operationId: string;
  tag: 'Account' | 'Session' | 'Services' | 'Collections' | 'Documents' | 'Search' | 'Service';
  summary: string;
  answer: readonly [status: 200 | 201, schema: v.GenericSchema] | readonly [status: 204];
  /** Without it, a bearer token or a session's cookie. */
  access?: 'open' | 'service';
  errors?: readonly ErrorCode[];
  /** A body of its own instead of the table's. */
  failure?: readonly [status: 503, schema: v.GenericSchema];
};

/** The mark by which a route's description is found among its handlers. */
export const DESCRIPTION = Symbol('description');

export function describe(description: RouteDescription): MiddlewareHandler & { [DESCRIPTION]: RouteDescription } {
  const pass: MiddlewareHandler = (_c, next) => next();
  return Object.assign(pass, { [DESCRIPTION]: description });
}
