// `npm run common-passwords`: makes assets/common-passwords.bin, the filter that the Worker asks, from a list that is
// too long to ship. The list's version is pinned, so the same bytes come out until that is raised. `--to` names another
// file.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isInBloom, makeBloom } from '../src/crypto/bloom.ts';

/** The least that PASSWORD_MIN_LENGTH can be: what is shorter is refused for its length. */
const MIN_LENGTH = 8;
/** Each deployment uploads it and each isolate holds it. */
const MAX_BYTES = 64 * 1024;
const MAX_ERROR_RATE = 1 / 2000;
const SAMPLES = 200_000;
/** With it the README and the start script register. */
const MUST_PASS = 'secure_password';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { to: { type: 'string' } } });
const target = values.to ?? join(root, 'assets/common-passwords.bin');

// The data alone: the package's entry is code that unpacks it, and others with it.
const list: string[] = createRequire(import.meta.url)('@zxcvbn-ts/language-common/src/passwords.json');
const folded = list.map((password) => password.normalize('NFC').toLowerCase());
const passwords = [...new Set(folded)].filter((password) => [...password].length >= MIN_LENGTH).sort();
const filter = makeBloom(passwords);

const errors = Array.from({ length: SAMPLES }, (_, i) => `not in the list: ${i}`).filter((text) =>
  isInBloom(filter, text),
).length;
ensure(filter.length <= MAX_BYTES, `the filter has ${filter.length} bytes`);
ensure(errors / SAMPLES <= MAX_ERROR_RATE, `${errors} of ${SAMPLES} foreign texts are found`);
ensure(!isInBloom(filter, MUST_PASS), `${MUST_PASS} is found`);

writeFileSync(target, filter);
console.log(
  `${passwords.length} passwords in ${filter.length} bytes; ${errors} of ${SAMPLES} foreign texts are found.`,
);

function ensure(condition: boolean, otherwise: string): void {
  if (condition) return;
  console.error(`Not written: ${otherwise}.`);
  process.exit(1);
}
