// rag-cli auth login: a browser's confirmation, or a name and a password, for tokens.

import { setTimeout as sleep } from 'node:timers/promises';
import { Nothing } from '../answers.ts';
import { send } from '../api.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { logInByDevice, openBrowser } from '../device-flow.ts';
import { misuse } from '../failure.ts';
import { toApiUrl } from '../settings.ts';
import { askPassword, isTerminal, readPassword } from '../terminal.ts';
import { nowSeconds } from '../times.ts';
import { readDeviceToken, storeTokens, TokenAnswer } from '../tokens.ts';
import { readStatus, showStatus } from './status.ts';

export const login = defineCommand({
  description: 'Log in: confirm in a browser, or give a user name and a password',
  examples: [
    'rag-cli auth login',
    'rag-cli auth login --username ada',
    'rag-cli auth login --username ada --password-stdin < password.txt',
    'RAG_USERNAME=ada RAG_PASSWORD=… rag-cli auth login --non-interactive',
  ],
  args: {
    username: { type: 'string', valueHint: 'NAME', description: 'Log in by password, as this user name or e-mail' },
    'password-stdin': { type: 'boolean', description: 'Read the password from stdin instead of asking' },
    'non-interactive': { type: 'boolean', description: 'Ask nothing: RAG_USERNAME and RAG_PASSWORD say it' },
    browser: { type: 'boolean', default: true, negativeDescription: 'Open no browser', description: 'Open a browser' },
  },
  async run(context, args) {
    toApiUrl(context.settings.api_url.value); // a wrong one is told before anything is asked
    const credentials = await readCredentials(context, args);
    const answer = await (credentials ? logInByPassword(context, credentials) : inBrowser(context, args.browser));
    try {
      storeTokens(context, answer, nowSeconds());
    } catch (error) {
      await endUnstored(context, answer);
      throw error;
    }
    const status = await readStatus(context);
    context.output.confirm(status, showStatus(status));
  },
});

type Credentials = { username: string; password: string };
type Ways = Record<'password-stdin' | 'non-interactive', boolean | undefined> & { username: string | undefined };

/** `undefined` where the browser is the way in. */
async function readCredentials({ env }: Context, args: Ways): Promise<Credentials | undefined> {
  const asksNothing = args['non-interactive'] || ['1', 'true'].includes(env.RAG_NON_INTERACTIVE ?? '');
  const username = args.username ?? (asksNothing ? env.RAG_USERNAME : undefined);
  if (username) {
    const password = args['password-stdin']
      ? await readPassword()
      : asksNothing
        ? env.RAG_PASSWORD
        : await askPassword(username);
    if (!password) throw misuse('The password is empty.', asksNothing ? 'Set RAG_PASSWORD.' : undefined);
    return { username, password };
  }
  if (asksNothing) throw misuse('Nobody says who logs in.', 'Set RAG_USERNAME and RAG_PASSWORD.');
  if (args['password-stdin']) throw misuse('--password-stdin needs --username NAME.');
  if (isTerminal()) return undefined;
  throw misuse(
    'There is no terminal to show a code on.',
    'Use --username NAME --password-stdin, or --non-interactive with RAG_USERNAME and RAG_PASSWORD.',
  );
}

function logInByPassword(context: Context, credentials: Credentials): Promise<TokenAnswer> {
  const device_token = readDeviceToken(context);
  return send(context, {
    method: 'POST',
    path: '/api/auth/login',
    body: { ...credentials, device_token },
    answer: TokenAnswer,
    repeat: true,
  });
}

function inBrowser(context: Context, mayOpen: boolean): Promise<TokenAnswer> {
  const opens = mayOpen && !context.env.SSH_CONNECTION; // the browser would open at the other end
  return logInByDevice(context, { sleep, openBrowser: opens ? openBrowser : () => {} });
}

/** Nobody could use or end a session whose tokens are nowhere. */
async function endUnstored(context: Context, { access_token }: TokenAnswer): Promise<void> {
  try {
    await send(context, { method: 'POST', path: '/api/auth/logout', answer: Nothing, token: access_token });
  } catch {
    // It ends by itself; what kept the tokens from being stored is what is told.
  }
}
