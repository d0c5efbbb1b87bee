// Passwords: what may be one, and how it is kept. No password and no hash leaves here in an error.

import { decodeBase64, encodeBase64, encodeUtf8 } from './encoding.ts';
import { type Pause, pbkdf2Sha256 } from './pbkdf2.ts';

/** Longest password, in bytes of UTF-8: enough for any phrase, too little to make hashing its first block costly. */
export const MAX_PASSWORD_BYTES = 1024;
export const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Why a text cannot be anybody's password. How long one must be is a matter of registration alone. */
export type PasswordFlaw = 'lone_surrogate' | 'nul' | 'too_long';

/** NFC, so that one password typed on two keyboards is one password (NIST SP 800-63B-4 §3.1.1.2, RFC 8265 §4.2). */
export function normalizePassword(password: string): string {
  return password.normalize('NFC');
}

export function findPasswordFlaw(password: string): PasswordFlaw | undefined {
  if (!password.isWellFormed()) return 'lone_surrogate';
  if (password.includes('\0')) return 'nul';
  return encodeUtf8(normalizePassword(password)).length > MAX_PASSWORD_BYTES ? 'too_long' : undefined;
}

/** Shape of a stored hash: `$pbkdf2-sha256$i=600000$salt$hash`, base64 without padding (PHC string format). */
export type PasswordHash = { iterations: number; salt: Uint8Array; hash: Uint8Array };

const PHC = /^\$pbkdf2-sha256\$i=([1-9]\d{0,8})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export function formatPhc({ iterations, salt, hash }: PasswordHash): string {
  return `$pbkdf2-sha256$i=${iterations}$${encodeBase64(salt)}$${encodeBase64(hash)}`;
}

/** `undefined` for anything that {@link formatPhc} would not have written. */
export function parsePhc(phc: string): PasswordHash | undefined {
  const [, iterations, salt, hash] = PHC.exec(phc) ?? [];
  const saltBytes = salt && decodeBase64(salt);
  const hashBytes = hash && decodeBase64(hash);
  if (!saltBytes || !hashBytes || hashBytes.length !== HASH_BYTES) return undefined;
  return { iterations: Number(iterations), salt: saltBytes, hash: hashBytes };
}

/** The PHC string of a password. `salt` is {@link SALT_BYTES} random bytes. */
export async function hashPassword(
  password: string,
  iterations: number,
  salt: Uint8Array,
  pause: Pause,
): Promise<string> {
  const hash = await pbkdf2Sha256(encodeUtf8(normalizePassword(password)), salt, iterations, pause);
  return formatPhc({ iterations, salt, hash });
}

/** Whether the password is the one that was hashed; compared in constant time. */
export async function checkPassword(password: string, stored: PasswordHash, pause: Pause): Promise<boolean> {
  const hash = await pbkdf2Sha256(encodeUtf8(normalizePassword(password)), stored.salt, stored.iterations, pause);
  return crypto.subtle.timingSafeEqual(hash, stored.hash);
}
