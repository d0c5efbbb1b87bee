// What the verbs need from outside, and the only place where the real things are named. Tests hand in their own.

import { waitUntil } from 'cloudflare:workers';
import { type Config, readConfig, type Variables } from './config.ts';
import { importKeyring, type Keyring } from './crypto/keyring.ts';
import { type Database, openDatabase } from './db/client.ts';
import type { LimitBindings, Limiters } from './http/rate-limit.ts';
import { type Gate, openGate } from './login-gate/gate.ts';
import type { LoginGate } from './login-gate/login-gate.ts';
import { selectRevocations } from './session/queries.ts';
import { openRevocationList, type RevocationList } from './session/revocation-list.ts';
import { type IsCommonPassword, openCommonPasswords } from './user/common-password.ts';

export type Bindings = Variables &
  LimitBindings & {
    DB: D1Database;
    ASSETS: Fetcher;
    LOGIN_GATE: DurableObjectNamespace<LoginGate>;
  };

export type Deps = {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly db: Database;
  readonly gate: Gate;
  readonly revocations: RevocationList;
  readonly limits: Limiters;
  readonly isCommonPassword: IsCommonPassword;
  /** The files that lie beside the Worker. */
  readonly assets: Fetcher;
  /** Milliseconds since 1970; on Workers it stands still while code computes. */
  readonly nowMs: () => number;
  /** Whole seconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly randomId: () => string;
};

/** What the platform does: all of it can be another's in a test. */
export type Platform = {
  nowMs: () => number;
  sleep: (milliseconds: number) => Promise<void>;
  waitUntil: (work: Promise<unknown>) => void;
  randomId: () => string;
};

const WORKERS: Platform = {
  nowMs: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  waitUntil,
  randomId: () => crypto.randomUUID(),
};

/** @throws ConfigError */
export async function loadDeps(bindings: Bindings, platform: Platform = WORKERS): Promise<Deps> {
  const config = readConfig(bindings);
  const keyring = await importKeyring(config.jwt.algorithm, config.jwt.secret, config.jwt.previousSecrets);
  const db = openDatabase(bindings.DB);
  return {
    config,
    keyring,
    db,
    gate: openGate(bindings.LOGIN_GATE, keyring.ghost, config),
    revocations: openRevocationList({
      ...platform,
      readAfter: (seq, nowSeconds) => selectRevocations(db, seq, nowSeconds),
    }),
    limits: {
      login: bindings.LOGIN_LIMIT,
      register: bindings.REGISTER_LIMIT,
      refresh: bindings.REFRESH_LIMIT,
      user: bindings.USER_LIMIT,
      search: bindings.SEARCH_LIMIT,
    },
    nowMs: platform.nowMs,
    isCommonPassword: openCommonPasswords(bindings.ASSETS),
    assets: bindings.ASSETS,
    now: () => Math.floor(platform.nowMs() / 1000),
    sleep: platform.sleep,
    randomId: platform.randomId,
  };
}
