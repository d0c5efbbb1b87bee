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

/**
 * Writes an ASCII text into `target` and returns the part that it fills; `undefined` where it is not ASCII or does not fit.
 * Allocating costs more than encoding here, so hot paths bring their own buffer.
 */
export function encodeAsciiInto(text: string, target: Uint8Array): Uint8Array | undefined {
  const { read, written } = utf8.encodeInto(text, target);
  return read === text.length && written === text.length ? target.subarray(0, written) : undefined;
}

/** base64url without padding (RFC 4648 §5, RFC 7515 §2). */
export function encodeBase64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** The bytes of unpadded base64url, or `undefined`: a foreign character, padding, an impossible length, a pad bit set. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  return decodeInto(text, new Uint8Array(decodedLength(text)), 'base64url');
}

/** {@link decodeBase64url} into the start of `target`; `undefined`, too, where it does not fit. */
export function decodeBase64urlInto(text: string, target: Uint8Array): Uint8Array | undefined {
  return decodeInto(text, target, 'base64url');
}

/** base64 without padding, as PHC strings use it. */
export function encodeBase64(bytes: Uint8Array): string {
  return bytes.toBase64({ omitPadding: true });
}

/** The bytes of unpadded base64, or `undefined`, as {@link decodeBase64url}. */
export function decodeBase64(text: string): Uint8Array | undefined {
  return decodeInto(text, new Uint8Array(decodedLength(text)), 'base64');
}

function decodedLength(text: string): number {
  return (text.length * 3) >> 2;
}

/** Last characters whose pad bits are zero, by the length of the last group: two characters make a byte, three make two. */
const PAD_BITS_ZERO = [undefined, '', 'AQgw', 'AEIMQUYcgkosw048'] as const;

function decodeInto(text: string, target: Uint8Array, alphabet: 'base64' | 'base64url'): Uint8Array | undefined {
  const allowed = PAD_BITS_ZERO[text.length & 3];
  if (allowed !== undefined && !allowed.includes(text.at(-1) ?? '')) return undefined;
  try {
    const { written } = target.setFromBase64(text, { alphabet });
    // White space and padding, which the platform skips, show in the length.
    return written === decodedLength(text) ? target.subarray(0, written) : undefined;
  } catch {
    return undefined;
  }
}
