// Passwords that everybody tries first (NIST SP 800-63B-4 §3.1.1.2). The list is a filter that `npm run common-passwords`
// makes; about one other password in 2,200 is refused with them. It lies beside the Worker, since few requests need it.

import { isInBloom } from '../crypto/bloom.ts';
import { AppError } from '../errors.ts';

export type IsCommonPassword = (password: string) => Promise<boolean>;

/** The answer is for a password in NFC, in any case of its letters: a guesser tries those, too. */
export function openCommonPasswords(assets: Fetcher): IsCommonPassword {
  let filter: Uint8Array | undefined;
  return async (password) => {
    filter ??= await readFilter(assets);
    return isInBloom(filter, password.toLowerCase());
  };
}

async function readFilter(assets: Fetcher): Promise<Uint8Array> {
  const response = await assets.fetch('https://assets/common-passwords.bin');
  if (!response.ok) throw new AppError('SERVICE_UNAVAILABLE', { reason: 'common_passwords_away' });
  return new Uint8Array(await response.arrayBuffer());
}
