// A password as it arrives in a body: text that can be hashed. What a new one needs besides is told to its chooser alone.

import * as v from 'valibot';
import { findPasswordFlaw, MAX_PASSWORD_BYTES, normalizePassword, type PasswordFlaw } from '../crypto/password.ts';
import { minCodePoints } from '../http/validate.ts';

const SENTENCES: Record<PasswordFlaw, string> = {
  lone_surrogate: 'Password must be well-formed Unicode',
  nul: 'Password must not contain NUL',
  too_long: `Password must have at most ${MAX_PASSWORD_BYTES} bytes of UTF-8`,
};

export const password = v.pipe(
  v.string(),
  v.check(
    (text) => findPasswordFlaw(text) === undefined,
    ({ input }) => SENTENCES[findPasswordFlaw(input) ?? 'too_long'],
  ),
  v.transform(normalizePassword),
);

export function newPassword(minLength: number) {
  return v.pipe(password, minCodePoints(minLength), v.metadata({ examples: ['secure_password'] }));
}
