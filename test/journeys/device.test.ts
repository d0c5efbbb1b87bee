// A device login with the real program, the real server and a real browser: nothing stands in for anything.

import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser, openBrowser } from './browser.ts';
import { address, finish, newHome, PASSWORD, useCli } from './cli.ts';

useCli();
let browser: Browser;

async function register(): Promise<string> {
  const username = `device-${crypto.randomUUID()}`;
  const { status } = await fetch(`${address}/api/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '10.79.0.1' },
    body: JSON.stringify({ username, email: `${username}@example.com`, password: PASSWORD }),
  });
  expect(status).toBe(201);
  return username;
}

/** rag-cli on a terminal, waiting, and the page and code that it names. */
async function askToLogIn() {
  const home = newHome();
  const child = home.launchOnTerminal(['auth', 'login', '--no-browser']);
  const ended = finish(child);
  const code = await new Promise<string>((resolve, reject) => {
    let shown = '';
    child.stdout.on('data', (chunk) => {
      shown += chunk;
      const [, found] = /enter the code ([A-Z]{4}-[A-Z]{4})/.exec(shown) ?? [];
      if (found && shown.includes(`${address}/device`)) resolve(found);
    });
    child.on('exit', () => reject(new Error(shown)));
  });
  return { home, ended, code };
}

async function openPage(width: number, colorScheme: 'light' | 'dark', path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  const page = await context.newPage();
  await page.goto(address + path);
  return page;
}

async function expectNoBarrier(page: Page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}

async function logIn(page: Page, username: string) {
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Let this device in?' }).waitFor();
}

describe.skipIf(noBrowser)('with a browser', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test('the person types the code, logs in, approves, and the program is logged in', async () => {
    const username = await register();
    const { home, ended, code } = await askToLogIn();
    const page = await openPage(375, 'dark', '/device');
    await expectNoBarrier(page);
    await page.getByLabel('Code').fill(code.toLowerCase());
    await logIn(page, username);
    await expectNoBarrier(page);
    const text = (await page.locator('main').textContent()) ?? '';
    for (const told of [username, 'rag-cli on', '127.0.0.0/24', code]) expect(text).toContain(told);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('heading', { name: 'Approved' }).waitFor();
    await expectNoBarrier(page);
    expect((await ended).code).toBe(0);
    expect(await home.table('auth', 'whoami', '--output', 'json')).toContain(username);
  });

  test('a person who denies lets nobody in; a wrong code is told as one', async () => {
    const username = await register();
    const { home, ended, code } = await askToLogIn();
    const page = await openPage(1280, 'light', '/device?user_code=BBBB-BBBB');
    await page.getByLabel('User name or e-mail').fill(username);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('No device waits under this code').waitFor();
    await expectNoBarrier(page);
    await page.getByLabel('Code').fill(code);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: 'Denied' }).waitFor();
    expect((await ended).code).toBe(2);
    expect((await home.run(['auth', 'status', '--quiet'])).code).toBe(1);
  });
});
