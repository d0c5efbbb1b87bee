// The filter of common passwords is a binary file, which no review can read: it has to be what the script makes.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from './start.ts';

test('the filter of common passwords is, byte for byte, what the script makes of the pinned list', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edge-auth-common-passwords-'));
  try {
    const made = join(folder, 'common-passwords.bin');
    const script = join(root, 'script/common-passwords.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--to', made]);
    expect(stdout).toMatch(/^\d+ passwords in \d+ bytes/);
    const kept = readFileSync(join(root, 'assets/common-passwords.bin'));
    expect(readFileSync(made).equals(kept)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
