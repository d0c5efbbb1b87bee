// Passwords made of what anybody knows who knows the account (NIST SP 800-63B-4 §3.1.1.2, context-specific words).

const SERVICE = 'edge-auth';
/** Shorter words are found in too much that has nothing to do with them. */
const MIN_WORD_LENGTH = 4;

export type Owner = { readonly username: string; readonly email: string };

/**
 * Whether nothing remains of the password beside its owner's name, the e-mail address or its local part, and the
 * service's name, whichever of them, however often, in any case, with any signs between and any digits around.
 */
export function isMadeOfOwnWords(password: string, { username, email }: Owner): boolean {
  const words = [username, email, email.slice(0, email.lastIndexOf('@')), SERVICE]
    .map(toLettersAndDigits)
    .filter((word) => word.length >= MIN_WORD_LENGTH);
  return isSequenceOf(words, toLettersAndDigits(password));
}

function toLettersAndDigits(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{Nd}]/gu, '');
}

/**
 * At each place it is known whether words end there, however many ways lead to it. A regular expression would try each
 * way, and a name of two overlapping words makes them too many to ever end.
 */
function isSequenceOf(words: readonly string[], text: string): boolean {
  const leading = /^\p{Nd}*/u.exec(text)?.[0].length ?? 0;
  // The look-behind lets each run of digits be tried once, and not from each of its digits.
  const trailing = /(?<!\p{Nd})\p{Nd}*$/u.exec(text)?.[0].length ?? 0;
  const ends = new Set<number>();
  for (let place = 0; place < text.length; place++) {
    if (place > leading && !ends.has(place)) continue;
    for (const word of words) if (text.startsWith(word, place)) ends.add(place + word.length);
  }
  return [...ends].some((end) => end >= text.length - trailing);
}
