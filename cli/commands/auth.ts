// rag-cli auth …: who is logged in here, and until when.

import * as v from 'valibot';
import { Health, Me, Nothing, Session } from '../answers.ts';
import { send } from '../api.ts';
import { defineCommand, type Group } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { withLock } from '../lock.ts';
import { formatFields } from '../output.ts';
import { isRefusedToken, renewTokens, requireTokens, sendLoggedIn } from '../session.ts';
import { describeTime, nowSeconds, toIsoTime } from '../times.ts';
import { lockPath, readTokens, removeTokens, type StoredTokens } from '../tokens.ts';
import { login } from './login.ts';
import { readStatus, showStatus } from './status.ts';

const status = defineCommand({
  description: 'Whether you are logged in, as the server sees it; with --quiet by exit code 0 or 1 alone',
  examples: ['rag-cli auth status', 'rag-cli auth status --quiet && echo "logged in"'],
  async run(context) {
    try {
      const status = await readStatus(context);
      if (!context.quiet) context.output.print(status, () => showStatus(status));
    } catch (error) {
      if (context.quiet) {
        process.exitCode = EXIT.general;
        return;
      }
      if (!(error instanceof Failure) || error.exitCode !== EXIT.authentication) throw error;
      const { profile, api_url } = context.settings;
      const status = { authenticated: false, profile: profile.value, api_url: api_url.value };
      context.output.print(status, () => ['❌ Not authenticated', error.message, error.advice].join('\n'));
      process.exitCode = error.exitCode;
    }
  },
});

const whoami = defineCommand({
  description: 'The user, the session and the server that you are logged in to',
  examples: ['rag-cli auth whoami', 'rag-cli auth whoami --output json'],
  async run(context) {
    const user = await sendLoggedIn(context, { method: 'GET', path: '/api/auth/me', answer: Me });
    const [sessions, health] = await Promise.all([
      sendLoggedIn(context, { method: 'GET', path: '/api/auth/sessions', answer: v.array(Session) }),
      send(context, { method: 'GET', path: '/health', answer: Health }),
    ]);
    const session = sessions.find(({ current }) => current) ?? null;
    const backend = { url: requireTokens(context).api_url, status: health.status, version: health.version };
    context.output.print({ user, session, backend }, () =>
      formatFields({
        User: user.username,
        'E-mail': user.email,
        Id: user.id,
        'Logged in': session?.created_at ?? null,
        Device: session?.device ?? null,
        Network: session?.network ?? null,
        Backend: `${backend.url} (${backend.status}, version ${backend.version})`,
      }),
    );
  },
});

const refresh = defineCommand({
  description: 'Renew the tokens now; every command does so by itself before they expire',
  examples: ['rag-cli auth refresh'],
  async run(context) {
    const { expires_at } = await renewTokens(context, requireTokens(context));
    const expires = describeTime(expires_at, nowSeconds());
    context.output.confirm({ expires_at: toIsoTime(expires_at) }, `✅ Renewed\nExpires: ${expires}`);
  },
});

const logout = defineCommand({
  description: 'End the session on the server and remove its tokens from this machine',
  examples: ['rag-cli auth logout', 'rag-cli auth logout --profile work'],
  async run(context) {
    await withLock(lockPath(context), async () => {
      if (!readTokens(context)) return;
      const tokens = requireTokens(context);
      try {
        await endSession(context, tokens);
      } finally {
        removeTokens(context);
      }
    });
    context.output.confirm({ authenticated: false }, 'Logged out.');
  },
});

async function endSession(context: Context, { access_token, api_url, refresh_expires_at }: StoredTokens) {
  try {
    await send(context, { method: 'POST', path: '/api/auth/logout', answer: Nothing, token: access_token });
  } catch (error) {
    if (isRefusedToken(error)) return; // it had ended before
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      error.exitCode,
      `${error.message}\nThe tokens are removed here, but the session is still open at ${api_url}.`,
      `It ends ${describeTime(refresh_expires_at, nowSeconds())}, or at once when the password is changed.`,
      { cause: error },
    );
  }
}

export const auth: Group = {
  description: 'Log in and out, and see who is logged in',
  commands: { login, status, whoami, refresh, logout },
};
