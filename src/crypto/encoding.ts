// Bytes and text. Decoders refuse what has more than one spelling, so that nothing is accepted twice under two names.

const utf8 = new TextEncoder();
// ignoreBOM keeps a byte order mark in the text, where JSON.parse refuses it.
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array {
  return utf8.encode(text);
}

/** The text, or `undefined` where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** base64url without padding (RFC 4648 §5, RFC 7515 §2). */
export function encodeBase64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** The bytes of unpadded base64url, or `undefined`: a foreign character, padding, an impossible length, a pad bit set. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  return decodeStrict(text, /^[\w-]*$/, 'base64url');
}

/** base64 without padding, as PHC strings use it. */
export function encodeBase64(bytes: Uint8Array): string {
  return bytes.toBase64({ omitPadding: true });
}

/** The bytes of unpadded base64, or `undefined`, as {@link decodeBase64url}. */
export function decodeBase64(text: string): Uint8Array | undefined {
  return decodeStrict(text, /^[A-Za-z0-9+/]*$/, 'base64');
}

function decodeStrict(text: string, alphabetOnly: RegExp, alphabet: 'base64' | 'base64url'): Uint8Array | undefined {
  // fromBase64 skips white space, hence the pattern; its strict mode refuses set pad bits, and wants padding in return.
  if (!alphabetOnly.test(text)) return undefined;
  try {
    return Uint8Array.fromBase64(text + '='.repeat(-text.length & 3), { alphabet, lastChunkHandling: 'strict' });
  } catch {
    return undefined;
  }
}
