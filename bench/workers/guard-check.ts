// The guard's check inside workerd, timed by the caller; and tokens of sessions that the caller inserts.

import { readConfig } from '../../src/config.ts';
import { verifyToken } from '../../src/crypto/jwt.ts';
import { importKeyring } from '../../src/crypto/keyring.ts';
import type { Deps } from '../../src/deps.ts';
import { issueTokens } from '../../src/session/issue.ts';
import type { RevocationList } from '../../src/session/revocation-list.ts';
import { openList } from './revoked.ts';
import { SECRET } from './settings.ts';

/** Checked by turns, so that a look-up does not find what the one before it left in the processor's cache. */
const CHECKED = 1000;

export type Issue = { userId: string; sessionIds: readonly string[]; openedAt: number };

const config = readConfig({ JWT_SECRET_KEY: SECRET });
const now = () => Math.floor(Date.now() / 1000);
const randomId = () => crypto.randomUUID();

async function prepare() {
  const keyring = await importKeyring(config.jwt.algorithm, config.jwt.secret, []);
  const deps = { config, keyring, now, randomId } as Deps;
  const issue = ({ userId, sessionIds, openedAt }: Issue) => {
    const user = { id: userId, username: 'bench', email: 'bench@example.com', role: 'user' };
    const row = { generation: 1, createdAt: openedAt, rotatedAt: openedAt };
    return Promise.all(sessionIds.map((id) => issueTokens(deps, user, { id, ...row })));
  };
  const check = (list?: RevocationList) => async (token: string) => {
    const verdict = await verifyToken(token, keyring, config.jwt, now());
    if (!verdict.ok || (list && (await list.includes(verdict.claims.sid)))) throw new Error('refused');
  };
  const work: Record<string, (token: string) => Promise<void>> = {
    verify: check(),
    'guard/0': check(await openList(0)),
    'guard/1000': check(await openList(1000)),
    'guard/100000': check(await openList(100_000)),
  };
  const tokens = await issue({
    userId: randomId(),
    sessionIds: Array.from({ length: CHECKED }, randomId),
    openedAt: now(),
  });
  return { issue, work, checked: tokens.map((issued) => issued.access_token) };
}

let prepared: Awaited<ReturnType<typeof prepare>> | undefined;

export default {
  async fetch(request: Request): Promise<Response> {
    prepared ??= await prepare();
    const { issue, work, checked } = prepared;
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/issue') return Response.json(await issue(await request.json()));
    const check = work[pathname.slice(1)];
    if (!check) return new Response(`no work named ${pathname}`, { status: 404 });
    for (let left = Number(searchParams.get('times')); left > 0; left -= checked.length) {
      for (const token of checked.slice(0, left)) await check(token);
    }
    return new Response('done');
  },
};
