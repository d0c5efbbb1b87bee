// A password as it arrives in a body: text that can be hashed. What a new one needs besides is told to its chooser alone.

import * as v from 'valibot';
import {
  findPasswordFlaw,
  MAX_PASSWORD_BYTES,
  normalizePassword,
  type PasswordFlaw,
  passwordLength,
} from '../crypto/password.ts';

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

/** Length in code points of the normalized text, not in UTF-16 units as valibot's own minLength counts. */
export function newPassword(minLength: number) {
  const rule = v.minLength<string, number>(minLength);
  return v.pipe(
    password,
    {
      ...rule,
      '~run'(dataset, config) {
        if (dataset.typed && passwordLength(dataset.value) < minLength) v._addIssue(this, 'length', dataset, config);
        return dataset;
      },
    } satisfies typeof rule,
    v.metadata({ examples: ['secure_password'] }),
  );
}
