// The Durable Object through which every password passes. It spends the CPU of hashing within an object's own limit
// (30 s on every plan) and keeps it in line. It reads no database and knows no user: it gets a password and a hash.

import { DurableObject } from 'cloudflare:workers';
import { hashPassword, SALT_BYTES } from '../crypto/password.ts';
import { type CheckResult, check } from './check.ts';
import { type BUSY, type Line, takeTurn } from './line.ts';

/** All gates of this isolate share its thread, so they share one line. */
const line: Line = [];

export class LoginGate extends DurableObject {
  /** The PHC string of a new password. */
  async hash(password: string, iterations: number): Promise<string | typeof BUSY> {
    return takeTurn(line, (pause) => hashPassword(password, iterations, randomSalt(), pause), sleep);
  }

  async check(
    password: string,
    storedHash: string | undefined,
    iterations: number,
  ): Promise<CheckResult | typeof BUSY> {
    return takeTurn(line, (pause) => check(password, storedHash, iterations, randomSalt, pause), sleep);
  }
}

function randomSalt(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SALT_BYTES));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
