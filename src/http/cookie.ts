// Tokens in cookies that no script can read, for browsers. A cookie goes along with every request, whoever's page made
// it; so where one authenticates, a request that could change something must show that it comes from our own pages.

import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../errors.ts';
import type { AppEnv } from './context.ts';

const NAMES = { access: 'edge_auth_access', refresh: 'edge_auth_refresh', device: 'edge_auth_device' } as const;
/** Browsers keep no cookie for longer than 400 days. */
const DEVICE_COOKIE_SECONDS = 365 * 86_400;
type TokenKind = keyof typeof NAMES;

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']; // RFC 9110 §9.2.1

/**
 * The token in a cookie, where there is one and no `Authorization` header, which wins.
 * @throws AppError CROSS_ORIGIN
 */
export function readTokenCookie(c: Context<AppEnv>, kind: TokenKind): string | undefined {
  if (c.req.header('Authorization') !== undefined || c.req.header('Cookie') === undefined) return undefined;
  const prefix = findPrefix(c);
  const token = prefix === undefined ? undefined : getCookie(c, prefix + NAMES[kind]);
  if (!token) return undefined;
  if (!SAFE_METHODS.includes(c.req.method) && !isSameOrigin(c)) throw new AppError('CROSS_ORIGIN');
  return token;
}

/** For public routes that take a cookie: refuses before the body is read, whatever its type. */
export const refuseCrossOrigin = createMiddleware<AppEnv>(async (c, next) => {
  readTokenCookie(c, 'access');
  readTokenCookie(c, 'refresh');
  await next();
});

/** @throws AppError HTTPS_REQUIRED, where no cookie would be safe; CROSS_ORIGIN, where another page asks for them */
export function requireCookieMode(c: Context<AppEnv>): void {
  if (findPrefix(c) === undefined) throw new AppError('HTTPS_REQUIRED', { reason: 'cookie_over_http' });
  const fromBrowser = c.req.header('Origin') !== undefined || c.req.header('Sec-Fetch-Site') !== undefined;
  if (fromBrowser && !isSameOrigin(c)) throw new AppError('CROSS_ORIGIN');
}

type Tokens = {
  access_token: string;
  expires_in: number;
  refresh_token: string;
  refresh_expires_in: number;
  device_token?: string;
};

/** Each cookie lives as long as its token. */
export function setTokenCookies(c: Context<AppEnv>, tokens: Tokens): void {
  setTokenCookie(c, 'access', tokens.access_token, tokens.expires_in);
  setTokenCookie(c, 'refresh', tokens.refresh_token, tokens.refresh_expires_in);
  if (tokens.device_token !== undefined) setTokenCookie(c, 'device', tokens.device_token, DEVICE_COOKIE_SECONDS);
}

/** The device stays known: its cookie opens nothing. */
export function clearTokenCookies(c: Context<AppEnv>): void {
  setTokenCookie(c, 'access', '', 0);
  setTokenCookie(c, 'refresh', '', 0);
}

function setTokenCookie(c: Context, kind: TokenKind, token: string, maxAge: number): void {
  const prefix = findPrefix(c);
  if (prefix === undefined) return;
  const secure = prefix !== '';
  setCookie(c, prefix + NAMES[kind], token, { path: '/', httpOnly: true, sameSite: 'Lax', secure, maxAge });
}

/**
 * `__Host-` over https: no other host and no plain connection can set or read those (RFC 6265bis §4.1.3.2). Browsers
 * keep them from http, so on http://localhost the names are plain; on any other http there is no cookie mode.
 */
function findPrefix(c: Context): '__Host-' | '' | undefined {
  const { protocol, hostname } = new URL(c.req.url);
  if (protocol === 'https:') return '__Host-';
  return hostname === 'localhost' ? '' : undefined;
}

/** Both headers are the browser's own, out of a page's hands. One must be there, and neither may say otherwise. */
function isSameOrigin(c: Context): boolean {
  const origin = c.req.header('Origin');
  const site = c.req.header('Sec-Fetch-Site');
  if (origin === undefined && site === undefined) return false;
  const originFits = origin === undefined || origin === new URL(c.req.url).origin;
  return originFits && (site === undefined || site === 'same-origin');
}
