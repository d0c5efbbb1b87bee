// `/openapi.json`, from the declarations that the routes are made of: what validates is what is documented. Not a part of
// the Worker: script/build.ts writes the document beside it, so that no request pays for it.

import type { JsonSchema } from '@valibot/to-json-schema';
import { version } from '../../package.json';
import { createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import type { Deps } from '../deps.ts';
import type { ErrorCode } from '../errors.ts';
import { DESCRIPTION, type RouteDescription } from '../http/describe.ts';
import { INPUT, type Input } from '../http/validate.ts';
import { describeErrors } from './errors.ts';
import { type Components, convert, describeAnswer, exampleOf } from './schema.ts';

export type Operation = {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: JsonSchema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema; example: unknown }> };
  responses: Record<string, { $ref: string } | { content?: Record<string, { schema: JsonSchema }> }>;
  security: Record<string, []>[];
};
export type OpenApi = {
  paths: Record<string, Record<string, Operation>>;
  components: Components & { securitySchemes: object };
};

const TAGS: Record<RouteDescription['tag'], string> = {
  Account: 'Who one is: register, read, change, export, delete',
  Session: 'Where one is logged in: tokens, their successors, their end',
  Services: 'For other services, which hold INTROSPECTION_SECRET',
  Collections: 'What belongs to a user',
  Documents: 'Text and Markdown in a collection',
  Search: 'Questions to a collection',
  Service: 'The service itself',
};
const SECURITY: Record<NonNullable<RouteDescription['access']> | 'guarded', Record<string, []>[]> = {
  guarded: [{ bearer: [] }, { cookie: [] }],
  service: [{ service: [] }],
  open: [],
};
const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `access_token` of a login' },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-edge_auth_access',
    description: 'Set by a login with `mode=cookie`',
  },
  service: { type: 'http', scheme: 'bearer', description: 'INTROSPECTION_SECRET' },
};

type Handlers = { method: string; path: string; description?: RouteDescription; inputs: Input[] };

export function describeApi(): OpenApi & Record<string, unknown> {
  const config = readConfig({ JWT_SECRET_KEY: 'only-routes-are-made-no-token-is-signed', ENVIRONMENT: 'test' });
  const components: Components = { schemas: {}, responses: {} };
  const paths: OpenApi['paths'] = {};
  // No handler is called, so nothing but the settings is asked for.
  for (const { method, path, description, inputs } of collect(createApp({ config, limits: {} } as Deps))) {
    if (!description) continue;
    const template = path.replace(/:(\w+)/g, '{$1}');
    // A route of two paths has one operation for each.
    const again = Object.values(paths).some((other) =>
      Object.values(other).some(({ operationId }) => operationId === description.operationId),
    );
    const operationId = again ? `${description.operationId}Alias` : description.operationId;
    const operation = { ...describeOperation(method, description, inputs, components), operationId };
    paths[template] = { ...paths[template], [method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Edge Auth',
      version,
      description: 'Register, log in, and use bearer tokens. Every answer carries `X-Request-Id`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, ...components },
  };
}

function collect(app: ReturnType<typeof createApp>): Handlers[] {
  const found = new Map<string, Handlers>();
  for (const { method, path, handler } of app.routes) {
    if (method === 'ALL') continue;
    const route = found.get(`${method} ${path}`) ?? { method, path, inputs: [] };
    found.set(`${method} ${path}`, route);
    const { [DESCRIPTION]: description, [INPUT]: input } = handler as {
      [DESCRIPTION]?: RouteDescription;
      [INPUT]?: Input;
    };
    if (description) route.description = description;
    if (input) route.inputs.push(input);
  }
  return [...found.values()];
}

function describeOperation(
  method: string,
  { operationId, tag, summary, answer: [status, answer], access, errors = [], failure }: RouteDescription,
  inputs: readonly Input[],
  components: Components,
): Operation & Record<string, unknown> {
  const parameters = inputs.flatMap(describeParameters);
  const body = inputs.find(({ target }) => target === 'json' || target === 'form');
  const targets = new Set(inputs.map(({ target }) => target));
  const codes = new Set<ErrorCode>([
    ...errors,
    ...(access === undefined ? GUARD : []),
    ...(access === undefined && method !== 'GET' ? (['CROSS_ORIGIN'] as const) : []),
    ...(body ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    ...(targets.has('json') || targets.has('query') || targets.has('param') ? (['VALIDATION_ERROR'] as const) : []),
    ...ALWAYS,
  ]);
  const paged = parameters.some(({ name }) => name === 'page');
  return {
    operationId,
    tags: [tag],
    summary,
    security: SECURITY[access ?? 'guarded'],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body ? { requestBody: describeBody(body) } : {}),
    responses: {
      [status]: {
        description: summary,
        ...(paged ? { headers: PAGE_HEADERS } : {}),
        ...(answer ? { content: { 'application/json': describeAnswer(answer, components) } } : {}),
      },
      ...describeErrors([...codes], failure, components),
    },
  };
}

const ALWAYS = ['HTTPS_REQUIRED', 'INTERNAL_ERROR', 'SERVICE_UNAVAILABLE'] as const;
const GUARD = ['NOT_AUTHENTICATED', 'INVALID_TOKEN', 'TOKEN_EXPIRED', 'RATE_LIMIT_EXCEEDED'] as const;
const PAGE_HEADERS = Object.fromEntries(
  ['X-Total-Count', 'X-Page', 'X-Page-Size'].map((name) => [
    name,
    { description: 'Where `page` or `page_size` was given', schema: { type: 'integer' } },
  ]),
);

function describeParameters({ target, schema }: Input) {
  if (target !== 'query' && target !== 'param') return [];
  const { properties = {}, required = [] } = convert(schema, 'input');
  return Object.entries(properties).map(([name, member]) => ({
    name,
    in: target === 'param' ? 'path' : 'query',
    required: required.includes(name),
    schema: member as JsonSchema,
  }));
}

function describeBody({ target, schema: declared, optional }: Input) {
  const schema = convert(declared, 'input');
  const type = target === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  return { required: !optional, content: { [type]: { schema, example: exampleOf(schema) } } };
}
