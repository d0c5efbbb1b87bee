// `npm run -s backup -- --remote > backup.sql` (or `--local`): every row as SQL, for a database that has the migrations and
// nothing else. `wrangler d1 export` refuses databases with an FTS5 table; here the index is left out, and grows again
// from the triggers while the rows go in. Pages are read one by one: what is written meanwhile may be there or not.

import { execute, isWhere, quote, type Row } from './d1.ts';

const PAGE_ROWS = 500;
/** Whoever is referred to comes first; beside each its primary key, along which it is read. */
const TABLES = [
  ['user', 'id'],
  ['session', 'id'],
  ['revocation', 'seq'],
  ['audit_event', 'id'],
  ['device_grant', 'id'],
  ['collection', 'id'],
  ['document', 'id'],
  ['chunk', 'seq'],
] as const;

const where = process.argv.slice(2);
if (!isWhere(where)) {
  console.error('Usage: npm run -s backup -- --local|--remote > backup.sql');
  process.exit(2);
}

console.log('PRAGMA defer_foreign_keys = TRUE;');
for (const [table, key] of TABLES) {
  let after = '';
  for (let page: Row[]; ; ) {
    page = execute(`SELECT * FROM ${table} ${after} ORDER BY ${key} LIMIT ${PAGE_ROWS}`, where);
    for (const row of page) {
      const values = Object.values(row).map(quote).join(', ');
      console.log(`INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${values});`);
      after = `WHERE ${key} > ${quote(row[key] ?? null)}`;
    }
    if (page.length < PAGE_ROWS) break;
  }
}
// Triggers have counted each document once more.
console.log(
  'UPDATE collection SET document_count = (SELECT count(*) FROM document WHERE collection_id = collection.id);',
);
