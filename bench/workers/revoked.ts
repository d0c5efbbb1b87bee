// A list of ended sessions, full of sessions that nobody asks for.

import { waitUntil } from 'cloudflare:workers';
import { openRevocationList, PAGE_ROWS, type RevocationList } from '../../src/session/revocation-list.ts';

export async function openList(revoked: number): Promise<RevocationList> {
  const expiresAt = Math.floor(Date.now() / 1000) + 3600;
  const rows = Array.from({ length: revoked }, (_, index) => ({
    seq: index + 1,
    sessionId: crypto.randomUUID() as string,
    expiresAt,
  }));
  const list = openRevocationList({
    readAfter: async (seq) => rows.slice(seq, seq + PAGE_ROWS),
    nowMs: () => Date.now(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    waitUntil,
  });
  for (const { sessionId } of rows) if (!(await list.includes(sessionId))) throw new Error('the list was not read');
  return list;
}
