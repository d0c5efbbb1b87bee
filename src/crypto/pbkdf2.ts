// PBKDF2-HMAC-SHA256 (RFC 8018 §5.2) that lets others run. noble's pbkdf2Async pauses by the clock, which stands still
// on Workers while code computes, so there it never pauses; this one pauses by count.

import { hmac } from '@noble/hashes/hmac.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { _SHA256, sha256 } from '@noble/hashes/sha2.js';

/** Lets other events run; awaited between two slices. */
export type Pause = () => Promise<void>;

/** Rounds between two pauses: 4 to 8 ms, the longest that a hash holds anybody up. */
export const ROUNDS_PER_SLICE = 3000;

/** The derived key, 32 bytes: a single block, T_1 = U_1 ^ U_2 ^ … ^ U_c. */
export async function pbkdf2Sha256(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  pause: Pause,
): Promise<Uint8Array> {
  const first = pbkdf2(sha256, password, salt, { c: 1, dkLen: 32 }); // U_1
  const derived = new DataView(new Uint8Array(first).buffer);
  const block = toLastBlock(first);
  const { iHash, oHash } = hmac.create(sha256, password);
  const [inner, outer] = [new KeyedSha256(iHash), new KeyedSha256(oHash)];
  for (let done = 1; done < iterations; ) {
    const end = Math.min(iterations, done + ROUNDS_PER_SLICE);
    for (; done < end; done++) {
      inner.digestBlock(block);
      outer.digestBlock(block);
      for (let at = 0; at < 32; at += 4) derived.setUint32(at, derived.getUint32(at) ^ block.getUint32(at));
    }
    if (done < iterations) await pause();
  }
  for (const secret of [iHash, oHash, inner, outer]) secret.destroy();
  new Uint8Array(block.buffer).fill(0);
  return new Uint8Array(derived.buffer);
}

/**
 * One half of an HMAC, its key's block hashed in already (RFC 2104 §4). The 32 bytes that each round adds fill a single
 * block, so a digest is one run of noble's compression; noble's own keeps books besides, for a quarter more time.
 */
class KeyedSha256 extends _SHA256 {
  readonly #keyed: ReturnType<_SHA256['get']>;

  constructor(half: _SHA256) {
    super();
    half._cloneInto(this);
    this.#keyed = this.get();
  }

  /** Hashes the block, and leaves the hash in its first 32 bytes. */
  digestBlock(block: DataView): void {
    this.set(...this.#keyed);
    this.process(block, 0);
    let at = 0;
    for (const word of this.get()) {
      block.setUint32(at, word);
      at += 4;
    }
  }

  override destroy(): void {
    super.destroy();
    this.roundClean();
    this.#keyed.fill(0);
  }
}

/** A hash behind a block of its own: a one bit, zeros, and the length of both in bits (RFC 6234 §4.1). */
function toLastBlock(hash: Uint8Array): DataView {
  const bytes = new Uint8Array(64);
  bytes.set(hash);
  bytes[hash.length] = 0x80;
  const block = new DataView(bytes.buffer);
  block.setUint32(60, (64 + hash.length) * 8);
  return block;
}
