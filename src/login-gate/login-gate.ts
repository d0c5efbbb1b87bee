// The Durable Object through which every password passes. It spends the CPU of hashing within an object's own limit
// (30 s on every plan) and keeps it in line. It reads no database and knows no user: it gets a password and a hash.

import { DurableObject } from 'cloudflare:workers';
import { checkPassword, hashPassword, parsePhc, SALT_BYTES } from '../crypto/password.ts';
import { type BUSY, type Line, takeTurn } from './line.ts';

export type CheckResult = {
  right: boolean;
  /** The password hashed anew, where the stored hash costs less than the setting now asks. */
  upgradedHash?: string;
};

/** All gates of this isolate share its thread, so they share one line. */
const line: Line = [];

export class LoginGate extends DurableObject {
  /** The PHC string of a new password. */
  async hash(password: string, iterations: number): Promise<string | typeof BUSY> {
    return takeTurn(line, (pause) => hashPassword(password, iterations, randomSalt(), pause), sleep);
  }

  /** Checks a password against a PHC string; `undefined`, for an unknown name, costs the same and is never right. */
  async check(
    password: string,
    storedHash: string | undefined,
    iterations: number,
  ): Promise<CheckResult | typeof BUSY> {
    const stored = storedHash === undefined ? undefined : parsePhc(storedHash);
    const compared = stored ?? { iterations, salt: randomSalt(), hash: new Uint8Array(32) };
    return takeTurn(
      line,
      async (pause) => {
        const right = (await checkPassword(password, compared, pause)) && stored !== undefined;
        if (!right || compared.iterations >= iterations) return { right };
        return { right, upgradedHash: await hashPassword(password, iterations, randomSalt(), pause) };
      },
      sleep,
    );
  }
}

function randomSalt(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SALT_BYTES));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
