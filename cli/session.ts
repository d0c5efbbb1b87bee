// Requests of somebody who is logged in. Tokens are renewed before they expire, and when the server knows better than
// this clock; whoever is refused after that is no longer logged in.

import type * as v from 'valibot';
import { ApiFailure, type Request, send } from './api.ts';
import type { Context } from './context.ts';
import { EXIT, Failure, LOG_IN } from './failure.ts';
import { withLock } from './lock.ts';
import { toApiUrl } from './settings.ts';
import { nowSeconds } from './times.ts';
import {
  lockPath,
  readTokens,
  removeTokens,
  type StoredTokens,
  storeTokens,
  TokenAnswer,
  writeTokens,
} from './tokens.ts';

const RENEW_BEFORE_SECONDS = 300;
/** Two tries of this length are over before anybody takes the lock for stale. */
const REFRESH_TIMEOUT_MS = 10_000;

export async function sendLoggedIn<const S extends v.GenericSchema>(
  context: Context,
  request: Request<S>,
): Promise<v.InferInput<S>> {
  const tokens = await freshTokens(context);
  try {
    return await send(context, { ...request, token: tokens.access_token });
  } catch (error) {
    if (!isRefusedToken(error)) throw error;
    const { access_token } = await renewTokens(context, tokens);
    return send(context, { ...request, token: access_token });
  }
}

async function freshTokens(context: Context): Promise<StoredTokens> {
  const tokens = requireTokens(context);
  return nowSeconds() < renewAt(tokens) ? tokens : renewTokens(context, tokens);
}

export function requireTokens(context: Context): StoredTokens {
  const tokens = readTokens(context);
  const { profile, api_url } = context.settings;
  if (!tokens) throw new Failure(EXIT.authentication, `Not logged in (profile ${profile.value}).`, LOG_IN);
  if (tokens.api_url === toApiUrl(api_url.value)) return tokens;
  throw new Failure(
    EXIT.authentication,
    `Profile ${profile.value} is logged in to ${tokens.api_url}, and its tokens go nowhere else.`,
    'Log in there with a profile of its own: rag-cli auth login --profile NAME --api-url URL',
  );
}

/** The successors of `seen`: another process may have fetched them while this one waited for the lock. */
export function renewTokens(context: Context, seen: StoredTokens): Promise<StoredTokens> {
  return withLock(lockPath(context), async () => {
    const current = requireTokens(context);
    if (current.access_token !== seen.access_token) return current;
    writeTokens(context, current); // a full disk must show itself before the server turns to the next token
    try {
      return storeTokens(context, await refresh(context, current.refresh_token), nowSeconds());
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
      removeTokens(context);
      throw new Failure(EXIT.authentication, 'The session has ended.', LOG_IN, { cause: error });
    }
  });
}

/** An answer that got lost is asked for once more: the server repeats it for as long as its grace lasts. */
async function refresh(context: Context, refresh_token: string): Promise<TokenAnswer> {
  const request = {
    method: 'POST',
    path: '/api/auth/refresh',
    body: { refresh_token },
    answer: TokenAnswer,
    timeoutMs: REFRESH_TIMEOUT_MS,
  } as const;
  try {
    return await send(context, request);
  } catch (error) {
    if (error instanceof Failure && error.exitCode === EXIT.network) return send(context, request);
    throw error;
  }
}

/** Of a short life, half is enough. */
function renewAt({ expires_at, expires_in }: StoredTokens): number {
  return expires_at - Math.min(RENEW_BEFORE_SECONDS, expires_in / 2);
}

export function isRefusedToken(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 401;
}
