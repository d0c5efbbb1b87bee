// The pages, in a browser: as somebody sees them, with a keyboard, and as a screen reader would.

import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { noBrowser, openBrowser } from './browser.ts';

const address = inject('address');
let browser: Browser;

/** A page that remembers what its console and its network showed. */
async function open(path: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ bypassCSP: false, ...options });
  const page = await context.newPage();
  const seen = { errors: [] as string[], hosts: new Set<string>() };
  page.on('console', (message) => message.type() === 'error' && seen.errors.push(message.text()));
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('request', (request) => request.url().startsWith('data:') || seen.hosts.add(new URL(request.url()).host));
  await page.goto(address + path, { waitUntil: 'networkidle' });
  return { page, seen };
}

async function findBarriers(page: Page, exclude: string[] = []) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (hidden) => (window as unknown as { axe: typeof axe }).axe.run({ exclude: hidden }),
    exclude,
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe.skipIf(noBrowser)('in a browser', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  describe.for([
    [375, 'light'],
    [375, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)('the first page at %s px, %s', ([width, colorScheme]) => {
    test('fits, is quiet, asks no other host, and axe finds no barrier', async () => {
      const { page, seen } = await open('/', { viewport: { width, height: 800 }, colorScheme });
      expect(await page.title()).toBe('Edge Auth');
      expect(await page.getByText(`curl ${address}/api/auth/register`).count()).toBe(1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
        0,
      );
      expect(await findBarriers(page)).toEqual([]);
      expect(seen).toEqual({ errors: [], hosts: new Set([new URL(address).host]) });
    });

    test('leads by keyboard to every link, and shows where one is', async () => {
      const { page } = await open('/', { viewport: { width, height: 800 }, colorScheme });
      const reached: string[] = [];
      for (let i = 0; i < 4; i++) {
        await page.keyboard.press('Tab');
        const focused = page.locator(':focus');
        reached.push((await focused.getAttribute('href')) ?? '');
        expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
      }
      expect(reached).toEqual(['/docs', '/openapi.json', '/.well-known/auth-policy', '/health']);
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/.well-known/auth-policy');
    });
  });

  test('the documentation loads from here alone, takes a token, and tries a route', { timeout: 60_000 }, async () => {
    const user = { username: `pages-${crypto.randomUUID()}`, password: 'secure_password' };
    const post = async (path: string, body: object) => {
      const headers = { 'Content-Type': 'application/json', 'CF-Connecting-IP': '10.78.0.1' };
      return (await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    };
    await post('/api/auth/register', { ...user, email: `${user.username}@example.com` });
    const { access_token } = (await post('/api/auth/login', user)) as { access_token: string };

    const { page, seen } = await open('/docs', { viewport: { width: 1280, height: 800 } });
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.getByLabel('auth-bearer-value').first().fill(access_token);
    await page.getByRole('button', { name: 'Apply credentials' }).first().click();
    await page.getByRole('button', { name: 'Close', exact: true }).first().click();
    const route = page.locator('#operations-Account-me');
    await route.click();
    await route.getByRole('button', { name: 'Try it out' }).click();
    await route.getByRole('button', { name: 'Execute' }).click();
    const answer = route.locator('.live-responses-table');
    await answer.getByText('200').first().waitFor();
    expect(await answer.textContent()).toContain(user.username);
    expect(seen).toEqual({ errors: [], hosts: new Set([new URL(address).host]) });
  });

  test('/redoc leads to the documentation', async () => {
    const { page } = await open('/redoc');
    expect(new URL(page.url()).pathname).toBe('/docs');
  });
});
