// Passwords that everybody tries first (NIST SP 800-63B-4 §3.1.1.2). The list is a filter that `npm run common-passwords`
// makes; about one other password in 2,200 is refused with them.

import { isInBloom } from '../crypto/bloom.ts';
import bytes from './common-passwords.bin';

const filter = new Uint8Array(bytes);

/** In any case of its letters: a guesser tries those, too. `password` is in NFC. */
export function isCommonPassword(password: string): boolean {
  return isInBloom(filter, password.toLowerCase());
}
