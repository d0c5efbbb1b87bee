// The served document as a client reads it: references resolved, schemas compiled, requests made from them.

import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';

export type Schema = {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
};
type Media = { schema: Schema; example?: unknown; examples?: Record<string, { value: unknown }> };
type Content = Record<string, Media>;
export type Operation = {
  method: string;
  path: string;
  operationId: string;
  security: Record<string, unknown>[];
  parameters?: { name: string; in: 'path' | 'query'; schema: Schema }[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { content?: Content }>;
};

type Node = { [name: string]: unknown };

export async function readOperations(address: string): Promise<Operation[]> {
  const document = (await (await fetch(`${address}/openapi.json`)).json()) as Node;
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    if ('$ref' in value) {
      const steps = String(value.$ref).split('/').slice(1);
      return resolve(steps.reduce<Node | undefined>((found, step) => found?.[step] as Node, document));
    }
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member)]));
  };
  const paths = resolve(document.paths) as Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
  );
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i);
ajv.addFormat('email', /^[^@\s]+@[^@\s]+$/);
const compiled = new WeakMap<Schema, ReturnType<typeof ajv.compile>>();

/** What is wrong with an answer; a member that the document does not name is wrong, too. */
export function findFlaws(schema: Schema, value: unknown): string | undefined {
  const validate = compiled.get(schema) ?? ajv.compile(seal(schema));
  compiled.set(schema, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

function seal(schema: Schema): Schema {
  return {
    ...schema,
    ...(schema.properties
      ? { additionalProperties: false, properties: mapValues(schema.properties, seal) }
      : schema.items
        ? { items: seal(schema.items) }
        : {}),
    ...(schema.anyOf ? { anyOf: schema.anyOf.map(seal) } : {}),
  };
}

const mapValues = <From, To>(object: Record<string, From>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));

/** Values that the schema takes. */
export function valid(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valid));
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'email') return fc.emailAddress();
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern));
  const { minLength = 0, maxLength = minLength + 40, minimum = 0, maximum = 100 } = schema;
  switch (schema.type) {
    case 'string':
      return fc.string({ unit: 'grapheme-ascii', minLength, maxLength: Math.min(maxLength, minLength + 40) });
    case 'integer':
    case 'number':
      return fc.integer({ min: minimum, max: maximum });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid(schema.items ?? {}), { maxLength: 3 });
    case 'object': {
      const { properties = {}, required = [] } = schema;
      if (Object.keys(properties).length === 0) return fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
      return fc.record(mapValues(properties, valid), { requiredKeys: required });
    }
    default:
      return fc.jsonValue();
  }
}

/** Values of which some member is missing, of another type, or one too many. */
export function broken(schema: Schema): fc.Arbitrary<unknown> {
  const names = Object.keys(schema.properties ?? {});
  const anything = fc.jsonValue({ maxDepth: 3 });
  if (names.length === 0) return anything;
  return fc.oneof(
    anything,
    fc
      .tuple(valid(schema), fc.constantFrom(...names, 'extra'), fc.oneof(fc.constant(undefined), anything))
      .map(([value, name, other]) => ({ ...(value as object), [name]: other })),
  );
}
