// PBKDF2-HMAC-SHA256 (RFC 8018 §5.2) that lets others run. noble's pbkdf2Async pauses by the clock, which stands still
// on Workers while code computes, so there it never pauses; this one pauses by count.

import { hmac } from '@noble/hashes/hmac.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** Lets other events run; awaited between two slices. */
export type Pause = () => Promise<void>;

/** Rounds between two pauses: 5 to 10 ms, the longest that a hash holds anybody up. */
export const ROUNDS_PER_SLICE = 3000;

/** The derived key, 32 bytes: a single block, T_1 = U_1 ^ U_2 ^ … ^ U_c. */
export async function pbkdf2Sha256(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  pause: Pause,
): Promise<Uint8Array> {
  const derived = new Uint8Array(pbkdf2(sha256, password, salt, { c: 1, dkLen: 32 })); // U_1
  const u = derived.slice();
  const { iHash, oHash } = hmac.create(sha256, password);
  const work = iHash.clone();
  for (let done = 1; done < iterations; ) {
    const end = Math.min(iterations, done + ROUNDS_PER_SLICE);
    for (; done < end; done++) {
      iHash._cloneInto(work).update(u).digestInto(u);
      oHash._cloneInto(work).update(u).digestInto(u);
      for (let i = 0; i < derived.length; i++) derived[i] = (derived[i] ?? 0) ^ (u[i] ?? 0);
    }
    if (done < iterations) await pause();
  }
  for (const secret of [iHash, oHash, work]) secret.destroy();
  u.fill(0);
  return derived;
}
