// The pages as script/build.ts writes them beside the Worker: no request pays for putting them together.

import type { PageName } from '../page.ts';
import { DeviceApprovePage, DeviceCodePage, DeviceDonePage, DeviceLoginPage } from './device.tsx';
import { DocsPage } from './docs.tsx';
import { LandingPage } from './landing.tsx';

export function renderPages(): Record<string, string> {
  const pages: Record<PageName, unknown> = {
    landing: <LandingPage />,
    docs: <DocsPage />,
    'device-login': <DeviceLoginPage />,
    'device-code': <DeviceCodePage />,
    'device-approve': <DeviceApprovePage />,
    'device-done': <DeviceDonePage />,
  };
  return Object.fromEntries(Object.entries(pages).map(([name, page]) => [name, `<!doctype html>${page}`]));
}
