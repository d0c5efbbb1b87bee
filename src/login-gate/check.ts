// One password against one stored hash, at a cost that tells nothing: not whether there is a hash, and not how old it is.

import { checkPassword, hashPassword, parsePhc } from '../crypto/password.ts';
import type { Pause } from '../crypto/pbkdf2.ts';

export type CheckResult = {
  right: boolean;
  /** The password hashed anew, where the stored hash costs less than the setting now asks. */
  upgradedHash?: string;
};

/**
 * `storedHash` is a PHC string, or `undefined` for an unknown name, which costs the same and is never right.
 * Only a setting that was lowered shows: hashes of before then cost more than those of unknown names.
 */
export async function check(
  password: string,
  storedHash: string | undefined,
  iterations: number,
  newSalt: () => Uint8Array,
  pause: Pause,
): Promise<CheckResult> {
  const stored = storedHash === undefined ? undefined : parsePhc(storedHash);
  const compared = stored ?? { iterations, salt: newSalt(), hash: new Uint8Array(32) };
  const right = (await checkPassword(password, compared, pause)) && stored !== undefined;
  const missing = iterations - compared.iterations;
  if (missing <= 0) return { right };
  if (right) return { right, upgradedHash: await hashPassword(password, iterations, newSalt(), pause) };
  await hashPassword(password, missing, compared.salt, pause); // the rest of what an unknown name costs
  return { right };
}
