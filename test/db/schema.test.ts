import { env } from 'cloudflare:workers';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import * as schema from '../../src/db/schema.ts';

test.for(Object.values(schema).map((table) => getTableConfig(table)))(
  'the table $name is declared as the migrations made it',
  async ({ name, columns }) => {
    const { results } = await env.DB.prepare(`PRAGMA table_info(${name})`).all<{
      name: string;
      type: string;
      notnull: number;
      pk: number;
    }>();
    expect(results.map((row) => [row.name, row.type, row.notnull === 1 || row.pk === 1])).toEqual(
      columns.map((column) => [column.name, column.getSQLType().toUpperCase(), column.notNull]),
    );
  },
);
