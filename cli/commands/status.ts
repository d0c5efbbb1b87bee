// Being logged in, as `auth login` and `auth status` tell it.

import { Me } from '../answers.ts';
import type { Context } from '../context.ts';
import { requireTokens, sendLoggedIn } from '../session.ts';
import { describeTime, nowSeconds, toIsoTime } from '../times.ts';

export type Status = {
  authenticated: true;
  user: Me;
  expires_at: string;
  refresh_expires_at: string;
  profile: string;
  api_url: string;
};

export async function readStatus(context: Context): Promise<Status> {
  const user = await sendLoggedIn(context, { method: 'GET', path: '/api/auth/me', answer: Me });
  const { expires_at, refresh_expires_at, api_url } = requireTokens(context); // maybe renewed by the request
  return {
    authenticated: true,
    user,
    expires_at: toIsoTime(expires_at),
    refresh_expires_at: toIsoTime(refresh_expires_at),
    profile: context.settings.profile.value,
    api_url,
  };
}

export function showStatus({ user: { username, email }, expires_at, profile }: Status): string {
  return [
    '✅ Authenticated',
    `User: ${username === email ? email : `${username} (${email})`}`,
    `Expires: ${describeTime(Date.parse(expires_at) / 1000, nowSeconds())}`,
    `Profile: ${profile}`,
  ].join('\n');
}
