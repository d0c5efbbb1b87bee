// How the Worker reaches a login gate: which one, on whose budget, and what its refusals mean to a caller. A gate that is
// busy or was reset is a 503, never a refused password; one that has heard too many wrong ones is a 429.

import type { Config } from '../config.ts';
import { encodeBase64url, encodeUtf8 } from '../crypto/encoding.ts';
import { AppError } from '../errors.ts';
import type { STRANGERS } from './ledger.ts';
import { BUSY } from './line.ts';
import type { GuessResult, LoginGate } from './login-gate.ts';

/** Gates that unknown names share: their number bounds what strangers can make us keep. */
export const GHOSTS = 1024;

/** Who guesses: a stranger, a device that has logged in before, or an authenticated session. */
export type Guesser = typeof STRANGERS | `device:${string}` | `session:${string}`;

type GateUser = { id: string; passwordHash: string; gateEpoch: number };

export type PasswordGuess = {
  /** As it was given; an unknown one counts by itself. */
  name: string;
  password: string;
  user: GateUser | undefined;
  guesser: Guesser;
  at: number;
};

export type Gate = {
  /** The PHC string of a new password, for the user, or for a name that is about to be registered. */
  hash(name: string, password: string, user?: GateUser): Promise<string>;
  /** Whether the password is the user's. For an unknown name (`user` undefined) it costs the same and never is. */
  check(guess: PasswordGuess): Promise<GuessResult>;
  /** Forgets what was counted for a user who is gone. */
  forget(user: GateUser): Promise<void>;
};

export function openGate(namespace: DurableObjectNamespace<LoginGate>, ghostKey: CryptoKey, config: Config): Gate {
  const open = (name: string) =>
    namespace.getByName(name, config.locationHint ? { locationHint: config.locationHint } : {});

  const find = async (name: string, user: GateUser | undefined) => {
    if (user) return { gate: open(`user:${user.id}:${user.gateEpoch}`), mark: '' };
    const mac = await crypto.subtle.sign('HMAC', ghostKey, encodeUtf8(name.toLowerCase()));
    const ghost = open(`ghost:${new DataView(mac).getUint16(0) % GHOSTS}`);
    return { gate: ghost, mark: `:${encodeBase64url(new Uint8Array(mac, 0, 16))}` };
  };

  return {
    async hash(name, password, user) {
      const { gate } = await find(name, user);
      return answered(() => gate.hash(password, config.pbkdf2Iterations));
    },
    async check({ name, password, user, guesser, at }) {
      const { gate, mark } = await find(name, user);
      const result = await answered(() =>
        gate.check({
          password,
          storedHash: user?.passwordHash,
          iterations: config.pbkdf2Iterations,
          who: guesser + mark,
          at,
        }),
      );
      if (result.retryAfter === undefined) return result;
      throw new AppError('RATE_LIMIT_EXCEEDED', { reason: 'guesses_spent', retryAfter: result.retryAfter });
    },
    async forget(user) {
      const { gate } = await find('', user);
      await gate.forget();
    },
  };
}

async function answered<T>(call: () => Promise<T | typeof BUSY>): Promise<T> {
  let answer: T | typeof BUSY;
  try {
    answer = await call();
  } catch (error) {
    if (isReset(error)) throw new AppError('SERVICE_UNAVAILABLE', { reason: 'gate_reset' });
    throw error;
  }
  if (answer === BUSY) throw new AppError('SERVICE_UNAVAILABLE', { reason: 'gate_busy' });
  return answer;
}

/** The platform marks what it broke itself; what the gate threw is `remote` and nothing else, and is a mistake of ours. */
function isReset(error: unknown): boolean {
  const marks = error as { remote?: boolean; retryable?: boolean; overloaded?: boolean; durableObjectReset?: boolean };
  return !marks.remote || Boolean(marks.retryable || marks.overloaded || marks.durableObjectReset);
}
