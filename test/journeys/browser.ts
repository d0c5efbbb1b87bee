// A real browser: Debian's Chromium, or whichever CHROME_PATH names. It talks to the server of the test and to nobody else.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const QUIET = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];

const executablePath = [process.env.CHROME_PATH ?? '', ...USUAL_PLACES].find((path) => path !== '' && existsSync(path));

/** Tests of pages are skipped where there is no browser, but not by CI. */
export const noBrowser = executablePath === undefined && !process.env.CI;
if (noBrowser) console.warn('No Chromium found: tests of the pages are skipped. CHROME_PATH names another place.');

export function openBrowser() {
  if (executablePath === undefined) throw new Error('No Chromium found: install it, or set CHROME_PATH');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-sync', ...QUIET] });
}
