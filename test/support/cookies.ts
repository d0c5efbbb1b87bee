// The cookies that an answer sets.

import type { Answer } from './api.ts';

export function readAllCookies({ headers }: Answer) {
  return headers.getSetCookie().map((line) => {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    return { name, value, attributes: attributes.toSorted() };
  });
}
