// What a backup holds goes into an empty database and is the same, the search's index included.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { root } from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'edge-auth-backup-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [from, to, file] = [join(folder, 'from'), join(folder, 'to'), join(folder, 'backup.sql')];

const run = async (program: string, ...args: string[]) =>
  (await promisify(execFile)(process.execPath, [join(root, program), ...args], { cwd: root })).stdout;
const d1 = (persistTo: string, ...args: string[]) =>
  run('node_modules/wrangler/bin/wrangler.js', 'd1', ...args, '--local', '--persist-to', persistTo);
const backUp = (persistTo: string) => run('script/backup.ts', '--local', '--persist-to', persistTo);

test('a backup restores every row, whatever its texts hold, and the search finds them', {
  timeout: 120_000,
}, async () => {
  await d1(from, 'migrations', 'apply', 'edge-auth');
  const rows = join(folder, 'rows.sql');
  writeFileSync(
    rows,
    `INSERT INTO user (id, username, email, password_hash, created_at) VALUES ('u', 'eve', 'o''hara@example.com', '$h', 7);
    INSERT INTO session (id, user_id, created_at, rotated_at) VALUES ('s', 'u', 1, 2);
    INSERT INTO collection (id, user_id, name, description, metadata, created_at, updated_at) VALUES ('c', 'u', 'It''s; -- a "name"', NULL, '{"a":[1]}', 1, 1);
    INSERT INTO document (id, collection_id, user_id, filename, metadata, chunk_count, created_at) VALUES ('d', 'c', 'u', 'x.md', '{}', 1, 1);
    INSERT INTO chunk (document_id, position, scope, content) VALUES ('d', 0, 'uc', 'Zebras'' stripes' || char(10) || 'are 斑 1;');
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
      INSERT INTO revocation (session_id, expires_at) SELECT 's' || i, i FROM n;`,
  );
  await d1(from, 'execute', 'edge-auth', '--file', rows);

  const backup = await backUp(from);
  writeFileSync(file, backup);
  await d1(to, 'migrations', 'apply', 'edge-auth');
  await d1(to, 'execute', 'edge-auth', '--file', file);
  expect(await backUp(to)).toBe(backup);
  expect(backup.match(/^INSERT INTO revocation/gm)).toHaveLength(600);
  const sql = "SELECT content FROM chunk_index WHERE chunk_index MATCH 'zebras'";
  expect(await d1(to, 'execute', 'edge-auth', '--command', sql, '--json')).toContain('stripes');
});
