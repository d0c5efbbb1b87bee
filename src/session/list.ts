// Where a user is logged in, in words that the user recognises.

import * as v from 'valibot';
import type { Deps } from '../deps.ts';
import type { Principal } from '../http/context.ts';
import { isoTime, toIsoTime, uuid } from '../http/shapes.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';
import { nameDevice } from './device.ts';
import { selectLiveSessions } from './queries.ts';

export const SessionAnswer = v.pipe(
  v.object({
    id: uuid,
    created_at: isoTime,
    last_used_at: isoTime,
    device: v.pipe(v.string(), v.examples(['Firefox on Windows', 'Safari on iPhone', 'curl 8.5.0'])),
    country: v.pipe(v.nullable(v.string()), v.description('ISO 3166-1 alpha-2'), v.examples(['DE'])),
    network: v.pipe(v.nullable(v.string()), v.description('The address, masked'), v.examples(['203.0.113.0/24'])),
    current: v.pipe(v.boolean(), v.description('Whether it is the session that asks')),
  }),
  v.title('Session'),
);

export async function listSessions({ config, db, now }: Deps, { userId, sessionId }: Principal) {
  const [[owner], rows] = await db.batch([
    selectOwner(db, userId),
    selectLiveSessions(db, userId, now(), config.session),
  ]);
  requireOwner(owner);
  return rows.map(({ id, createdAt, rotatedAt, userAgent, country, network }) => ({
    id,
    created_at: toIsoTime(createdAt),
    last_used_at: toIsoTime(rotatedAt),
    device: nameDevice(userAgent),
    country,
    network,
    current: id === sessionId,
  }));
}
