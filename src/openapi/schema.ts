// From a valibot schema to JSON Schema 2020-12, and from that to a value that fits it.

import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';

/** What is said once and referred to. */
export type Components = { schemas: Record<string, JsonSchema>; responses: Record<string, object> };

export function convert(schema: v.GenericSchema, typeMode: 'input' | 'output'): JsonSchema {
  // Checks by a function have no counterpart: their sentences are the documentation, in the answer to who fails them.
  const { $schema, ...converted } = toJsonSchema(schema, {
    typeMode,
    errorMode: 'ignore',
    target: 'draft-2020-12',
  });
  return converted;
}

export function describeAnswer(declared: v.GenericSchema, { schemas }: Components) {
  const schema = convert(declared, 'output');
  return { schema: liftTitled(schema, schemas), example: exampleOf(schema) };
}

/** Schemas with a title become components, wherever they stand. */
export function liftTitled(schema: JsonSchema, schemas: Components['schemas']): JsonSchema {
  const lift = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(lift);
    if (typeof value !== 'object' || value === null) return value;
    const lifted = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, lift(member)]));
    if (typeof lifted.title !== 'string') return lifted;
    const { title, ...rest } = lifted;
    schemas[title] = rest as JsonSchema;
    return { $ref: `#/components/schemas/${title}` };
  };
  return lift(schema) as JsonSchema;
}

/** Of members that must be there, and of those that have an example of their own. */
export function exampleOf(schema: JsonSchema): unknown {
  if (schema.examples?.length) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [first] = schema.anyOf ?? [];
  if (typeof first === 'object') return exampleOf(first);
  if (schema.format === 'uuid') return 'd50f8f4f-06c0-4b23-a9a7-b59a61b7a5c7';
  const { properties = {}, required = [], items } = schema;
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(properties).flatMap(([name, member]) =>
          typeof member === 'object' && (required.includes(name) || member.examples) ? [[name, exampleOf(member)]] : [],
        ),
      );
    case 'array':
      return typeof items === 'object' && !Array.isArray(items) ? [exampleOf(items)] : [];
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    default:
      return 'text';
  }
}
