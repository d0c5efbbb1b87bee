// RFC 8628: the user confirms in a browser, wherever that is, and no password comes near this program.

import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import * as v from 'valibot';
import { ApiFailure, send } from './api.ts';
import type { Context } from './context.ts';
import { EXIT, Failure } from './failure.ts';
import { TokenAnswer } from './tokens.ts';

const DeviceAnswer = v.looseObject({
  device_code: v.string(),
  user_code: v.string(),
  verification_uri: v.string(),
  verification_uri_complete: v.optional(v.string()),
  expires_in: v.number(),
  interval: v.optional(v.number(), 5),
});

const START_AGAIN = 'Start again: rag-cli auth login';
const SLOW_DOWN_SECONDS = 5;
const MIN_BACKOFF_SECONDS = 1;

export type Waiting = {
  sleep: (ms: number) => Promise<unknown>;
  openBrowser: (url: string) => void;
};

export async function logInByDevice(context: Context, { sleep, openBrowser }: Waiting): Promise<TokenAnswer> {
  const {
    device_code,
    user_code,
    verification_uri,
    verification_uri_complete,
    expires_in,
    interval = 5,
  } = await send(context, {
    method: 'POST',
    path: '/api/auth/device/start',
    body: { client_name: `rag-cli on ${hostname()}` },
    answer: DeviceAnswer,
  });
  context.output.tell(
    `Open ${verification_uri}\nand enter the code ${user_code}\n\nWaiting for you to confirm it there …`,
  );
  openBrowser(verification_uri_complete ?? verification_uri);

  const endsAtMs = performance.now() + expires_in * 1000;
  let intervalSeconds = interval;
  while (performance.now() < endsAtMs) {
    await sleep(intervalSeconds * 1000);
    try {
      return await send(context, {
        method: 'POST',
        path: '/api/auth/device/token',
        body: { device_code },
        answer: TokenAnswer,
      });
    } catch (error) {
      intervalSeconds = nextInterval(intervalSeconds, error);
    }
  }
  throw new Failure(EXIT.authentication, 'The code expired before it was confirmed.', START_AGAIN);
}

/** RFC 8628 §3.5; throws what ends the waiting. */
function nextInterval(seconds: number, error: unknown): number {
  if (!(error instanceof Failure)) throw error;
  if (error.exitCode === EXIT.network) return Math.max(2 * seconds, MIN_BACKOFF_SECONDS);
  if (!(error instanceof ApiFailure)) throw error;
  if (error.error === 'authorization_pending') return seconds;
  if (error.error === 'slow_down' || error.status === 429 || error.status === 503) return seconds + SLOW_DOWN_SECONDS;
  if (error.error === 'access_denied') throw new Failure(EXIT.authentication, 'The login was denied.', START_AGAIN);
  if (error.error === 'expired_token') throw new Failure(EXIT.authentication, 'The code expired.', START_AGAIN);
  throw error;
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'], // `start` is the shell's, which would read the URL its own way
};

/** Best effort: the URL is on the screen as well. A server's word may open web pages and nothing else. */
export function openBrowser(url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return;
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, new URL(url).href], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
