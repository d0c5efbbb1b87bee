// A User-Agent as a person would name what sent it: "Firefox on Windows", "Safari on iPhone", "curl 8.5.0".

import Bowser from 'bowser';

export function nameDevice(userAgent: string | null): string {
  if (!userAgent) return 'Unknown device';
  const { browser, os, platform } = Bowser.parse(userAgent);
  if (browser.name && (platform.model ?? os.name)) return `${browser.name} on ${platform.model ?? os.name}`;
  // Programs name themselves first (RFC 9110 §10.1.5).
  const [, product, version] = /^([\w.+-]+)(?:\/([\w.+-]+))?/.exec(userAgent) ?? [];
  return product === undefined ? 'Unknown device' : [product, version].filter(Boolean).join(' ');
}
