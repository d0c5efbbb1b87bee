// How the Worker reaches a login gate: which one, and what its failures mean to a caller. A gate that is busy or was
// reset is a 503, never a refused password.

import type { Config } from '../config.ts';
import { encodeUtf8 } from '../crypto/encoding.ts';
import { AppError } from '../errors.ts';
import type { CheckResult } from './check.ts';
import { BUSY } from './line.ts';
import type { LoginGate } from './login-gate.ts';

/** Gates that unknown names share: their number bounds what strangers can make us keep. */
const GHOSTS = 1024;

export type Gate = {
  /** The PHC string of a new password, for the user, or for a name that is about to be registered. */
  hash(name: string, password: string, user?: GateUser): Promise<string>;
  /** Whether the password is the user's. For an unknown name (`user` undefined) it costs the same and never is. */
  check(name: string, password: string, user: GateUser | undefined): Promise<CheckResult>;
};

type GateUser = { id: string; passwordHash: string };

export function openGate(namespace: DurableObjectNamespace<LoginGate>, ghostKey: CryptoKey, config: Config): Gate {
  const open = (name: string) =>
    namespace.getByName(name, config.locationHint ? { locationHint: config.locationHint } : {});

  const gateOf = async (name: string, user: GateUser | undefined) => {
    if (user) return open(`user:${user.id}`);
    const mac = await crypto.subtle.sign('HMAC', ghostKey, encodeUtf8(name.toLowerCase()));
    return open(`ghost:${new DataView(mac).getUint16(0) % GHOSTS}`);
  };

  return {
    async hash(name, password, user) {
      const gate = await gateOf(name, user);
      return answered(() => gate.hash(password, config.pbkdf2Iterations));
    },
    async check(name, password, user) {
      const gate = await gateOf(name, user);
      return answered(() => gate.check(password, user?.passwordHash, config.pbkdf2Iterations));
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
