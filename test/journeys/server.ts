// One server for all journeys that do not need their own.

import type { TestProject } from 'vitest/node';
import { start } from './start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    address: string;
    port: number;
  }
}

export default async function setup(project: TestProject) {
  const server = await start();
  project.provide('address', server.address);
  project.provide('port', server.port);
  return server.stop;
}
