// A page that was rendered when the assets were built, with what this request knows in the places of `{name}`.

import type { Context } from 'hono';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { AppEnv } from '../http/context.ts';

export type PageName = 'landing' | 'docs' | 'device-login' | 'device-code' | 'device-approve' | 'device-done';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** `policy` is what the page may do besides: it loads style sheets and images of ours, and nothing else. */
export async function servePage(
  c: Context<AppEnv>,
  { assets }: Deps,
  name: PageName,
  values: Record<string, string | number>,
  policy = "form-action 'none'",
) {
  const file = await assets.fetch(`https://assets/pages/${name}.html`);
  if (!file.ok) throw new AppError('SERVICE_UNAVAILABLE', { reason: 'page_away' });
  c.header(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; ${policy}`,
  );
  c.header('Referrer-Policy', 'same-origin'); // not `no-referrer`, with which a form says nothing of its origin
  const html = await file.text();
  return c.html(html.replace(/\{(\w+)\}/g, (_, value: string) => escapeHtml(String(values[value] ?? ''))));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');
}
