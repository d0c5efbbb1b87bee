// What happened to one's own account, the latest first.

import * as v from 'valibot';
import { countEvents, selectEvents } from '../audit/queries.ts';
import type { Deps } from '../deps.ts';
import type { Principal } from '../http/context.ts';
import type { Page } from '../http/page.ts';
import { isoTime, text, toIsoTime, uuid } from '../http/shapes.ts';
import { nameDevice } from '../session/device.ts';
import { requireOwner } from '../user/owner.ts';
import { selectOwner } from '../user/queries.ts';

export const ActivityAnswer = v.pipe(
  v.object({
    at: isoTime,
    action: v.pipe(v.string(), v.examples(['login'])),
    outcome: v.picklist(['success', 'failure']),
    reason: v.pipe(v.nullable(v.string()), v.examples(['wrong_password'])),
    session_id: v.nullable(uuid),
    device: text('Firefox on Windows'),
    country: v.nullable(text('DE')),
    network: v.nullable(text('203.0.113.0/24')),
  }),
  v.title('Event'),
);

export async function listActivity({ db }: Deps, { userId }: Principal, page: Page) {
  const [[owner], rows, [counted]] = await db.batch([
    selectOwner(db, userId),
    selectEvents(db, userId, page),
    countEvents(db, userId),
  ]);
  requireOwner(owner);
  return {
    rows: rows.map(({ at, action, outcome, reason, sessionId, userAgent, country, network }) => ({
      at: toIsoTime(at),
      action,
      outcome,
      reason,
      session_id: sessionId,
      device: nameDevice(userAgent),
      country,
      network,
    })),
    total: counted?.total ?? 0,
  };
}
