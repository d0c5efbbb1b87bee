// What the verbs need from outside, and the only place where the real things are named. Tests hand in their own.

import { type Config, readConfig, type Variables } from './config.ts';
import { importKeyring, type Keyring } from './crypto/keyring.ts';
import { type Database, openDatabase } from './db/client.ts';
import { type Gate, openGate } from './login-gate/gate.ts';
import type { LoginGate } from './login-gate/login-gate.ts';

export type Bindings = Variables & {
  DB: D1Database;
  LOGIN_GATE: DurableObjectNamespace<LoginGate>;
};

export type Deps = {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly db: Database;
  readonly gate: Gate;
  /** Whole seconds since 1970. */
  readonly now: () => number;
  readonly randomId: () => string;
};

/** @throws ConfigError */
export async function loadDeps(bindings: Bindings): Promise<Deps> {
  const config = readConfig(bindings);
  const keyring = await importKeyring(config.jwt.algorithm, config.jwt.secret, config.jwt.previousSecrets);
  return {
    config,
    keyring,
    db: openDatabase(bindings.DB),
    gate: openGate(bindings.LOGIN_GATE, keyring.ghost, config),
    now: () => Math.floor(Date.now() / 1000),
    randomId: () => crypto.randomUUID(),
  };
}
