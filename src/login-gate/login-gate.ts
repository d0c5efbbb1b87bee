// The Durable Object through which every password passes. It spends the CPU of hashing within an object's own limit
// (30 s on every plan), keeps it in line, and counts what was wrong. It reads no database and knows no user: it gets a
// password, a hash, and in whose name the guess is made.

import { DurableObject } from 'cloudflare:workers';
import { hashPassword, SALT_BYTES } from '../crypto/password.ts';
import { type CheckResult, check } from './check.ts';
import { Ledger } from './ledger.ts';
import { type BUSY, type Line, takeTurn } from './line.ts';

/** All gates of this isolate share its thread, so they share one line. */
const line: Line = [];

const CLEAN_UP_EVERY_MS = 86_400_000;

export type Guess = {
  password: string;
  /** A PHC string, or `undefined` for an unknown name. */
  storedHash: string | undefined;
  iterations: number;
  /** Whose budget it is on. */
  who: string;
  /** Seconds since 1970, by the caller's clock. */
  at: number;
};

/** `hashMs`: how long it was hashed. With `retryAfter`, in seconds, too many were wrong before: nothing was hashed. */
export type GuessResult = CheckResult & { hashMs: number; retryAfter?: number };

export class LoginGate extends DurableObject {
  private readonly ledger = new Ledger(this.ctx.storage.sql);

  /** The PHC string of a new password. */
  async hash(password: string, iterations: number): Promise<string | typeof BUSY> {
    return takeTurn(line, (pause) => hashPassword(password, iterations, randomSalt(), pause), sleep);
  }

  /** Charged before the hash and settled when it was right, one guess at a time: so many at once are not one more. */
  async check({ password, storedHash, iterations, who, at }: Guess): Promise<GuessResult | typeof BUSY> {
    const wait = this.ledger.waitOf(who, at);
    if (wait > 0) return { right: false, hashMs: 0, retryAfter: wait }; // before it joins the line
    await this.scheduleCleanUp();
    return takeTurn<GuessResult>(
      line,
      async (pause) => {
        const waitNow = this.ledger.waitOf(who, at);
        if (waitNow > 0) return { right: false, hashMs: 0, retryAfter: waitNow };
        this.ledger.charge(who, at);
        const startedMs = Date.now();
        const result = await check(password, storedHash, iterations, randomSalt, pause);
        const hashMs = Date.now() - startedMs;
        if (result.right) this.ledger.settle(who);
        return { ...result, hashMs };
      },
      sleep,
    );
  }

  /** The user is gone: so is what was counted. */
  async forget(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  override async alarm(): Promise<void> {
    if (this.ledger.forget(Math.floor(Date.now() / 1000))) await this.scheduleCleanUp();
  }

  private async scheduleCleanUp(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    await this.ctx.storage.setAlarm(Date.now() + CLEAN_UP_EVERY_MS);
  }
}

function randomSalt(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SALT_BYTES));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
