// What a user name and an e-mail address may look like.

import * as v from 'valibot';

export const MAX_NAME_LENGTH = 254;
const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._+@-]*$/;

export const username = v.pipe(
  v.string(),
  v.minLength(3),
  v.maxLength(MAX_NAME_LENGTH),
  v.regex(USERNAME, 'Username must begin with a letter or digit and consist of letters, digits and . _ + - @'),
  v.metadata({ examples: ['user@example.com'] }),
);

/** RFC 5321 in ASCII: at most 64 characters before the `@`, no empty label on either side, a domain with a dot. */
export const email = v.pipe(
  v.string(),
  v.maxLength(MAX_NAME_LENGTH),
  v.rfcEmail('Email must be a valid e-mail address'),
  v.regex(/^[^@]{1,64}@[^@]+\.[^@.]+$/, 'Email must be a valid e-mail address'),
  v.check((text) => !/^\.|\.\.|\.@/.test(text), 'Email must be a valid e-mail address'),
  v.metadata({ examples: ['user@example.com'] }),
);
