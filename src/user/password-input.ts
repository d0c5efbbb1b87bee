// A password as it arrives in a body: text that can be hashed. A new one must not be what a guesser tries first, either.

import * as v from 'valibot';
import { findPasswordFlaw, MAX_PASSWORD_BYTES, normalizePassword, type PasswordFlaw } from '../crypto/password.ts';
import { minCodePoints, refused } from '../http/validate.ts';
import type { IsCommonPassword } from './common-password.ts';
import { isMadeOfOwnWords, type Owner } from './own-words.ts';

const SENTENCES: Record<PasswordFlaw, string> = {
  lone_surrogate: 'Password must be well-formed Unicode',
  nul: 'Password must not contain NUL',
  too_long: `Password must have at most ${MAX_PASSWORD_BYTES} bytes of UTF-8`,
};

const sound = v.check<string, (issue: v.CheckIssue<string>) => string>(
  (text) => findPasswordFlaw(text) === undefined,
  ({ input }) => SENTENCES[findPasswordFlaw(input) ?? 'too_long'],
);
const normalized = v.transform(normalizePassword);

export const password = v.pipe(v.string(), v.examples(['secure_password']), sound, normalized);

export function newPassword(minLength: number) {
  return v.pipe(
    v.string(),
    v.metadata({ minLength, examples: ['secure_password'] }), // documented is what stands before a transformation
    sound,
    normalized,
    minCodePoints(minLength),
  );
}

const COMMON = 'Password is one of the most common ones and would be guessed';
const OWN_WORDS = 'Password must not be made of your name, your e-mail address or the name of this service';

/**
 * `member` is where the body has the new password.
 * @throws AppError VALIDATION_ERROR
 */
export async function refuseGuessable(
  isCommonPassword: IsCommonPassword,
  member: string,
  text: string,
  owner: Owner,
): Promise<void> {
  if (isMadeOfOwnWords(text, owner)) throw refused(member, OWN_WORDS);
  if (await isCommonPassword(text)) throw refused(member, COMMON);
}
