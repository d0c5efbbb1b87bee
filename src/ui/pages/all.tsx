// The pages as script/build.ts writes them beside the Worker: no request pays for putting them together.

import { DocsPage } from './docs.tsx';
import { LandingPage } from './landing.tsx';

export function renderPages(): Record<string, string> {
  const pages = { landing: <LandingPage />, docs: <DocsPage /> };
  return Object.fromEntries(Object.entries(pages).map(([name, page]) => [name, `<!doctype html>${page}`]));
}
