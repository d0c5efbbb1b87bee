// Every statement about device grants. Writes are returned as statements, for the verb to batch.

import { and, count, eq, gt, isNull, lte, notExists, type SQL, sql } from 'drizzle-orm';
import { isFailureSince } from '../audit/queries.ts';
import type { Database } from '../db/client.ts';
import { auditEvent, deviceGrant, user } from '../db/schema.ts';

export type DeviceGrant = typeof deviceGrant.$inferSelect;
export type NewDeviceGrant = Pick<
  DeviceGrant,
  'id' | 'userCode' | 'clientName' | 'createdAt' | 'interval' | 'userAgent' | 'country' | 'network'
>;

/** A grant is good for so long, undecided or approved. */
export const GRANT_SECONDS = 600;
/** Grants that wait at once of one network. */
export const MAX_OF_NETWORK = 20;
/** New ones of all networks in so many seconds: to count these is cheap, however many wait. */
export const BURST = { grants: 100, seconds: 10 };

/** No row where too many wait or have just come, or, once in 20^8 times, where the code is taken. */
export function insertGrant(db: Database, row: NewDeviceGrant) {
  const recent = db
    .select({ id: deviceGrant.id })
    .from(deviceGrant)
    .where(gt(deviceGrant.createdAt, row.createdAt - BURST.seconds))
    .limit(BURST.grants)
    .as('recent');
  const ofNetwork = db.select({ n: count() }).from(deviceGrant).where(sql`${deviceGrant.network} IS ${row.network}`);
  return db
    .insert(deviceGrant)
    .select(
      db
        .select({
          id: sql`${row.id}`.as('id'),
          userCode: sql`${row.userCode}`.as('user_code'),
          clientName: sql`${row.clientName}`.as('client_name'),
          createdAt: sql`${row.createdAt}`.as('created_at'),
          polledAt: sql`0`.as('polled_at'),
          interval: sql`${row.interval}`.as('interval'),
          userAgent: sql`${row.userAgent}`.as('user_agent'),
          country: sql`${row.country}`.as('country'),
          network: sql`${row.network}`.as('network'),
          userId: sql`NULL`.as('user_id'),
          passwordVersion: sql`NULL`.as('password_version'),
          approved: sql`NULL`.as('approved'),
          sessionId: sql`NULL`.as('session_id'),
        })
        .from(
          db
            .select({ total: count().as('total') })
            .from(recent)
            .as('counted'),
        )
        .where(sql`counted.total < ${BURST.grants} AND (${ofNetwork}) < ${MAX_OF_NETWORK}`),
    )
    .onConflictDoNothing();
}

export function selectGrant(db: Database, id: string) {
  return db.select().from(deviceGrant).where(eq(deviceGrant.id, id));
}

/** Undecided, and not too old to be decided. */
export function selectPending(db: Database, userCode: string, at: number) {
  return db.select().from(deviceGrant).where(pending(userCode, at));
}

export function isUnknown(db: Database, userCode: string, at: number): SQL {
  return notExists(db.select({ id: deviceGrant.id }).from(deviceGrant).where(pending(userCode, at)));
}

/** How many codes this user got wrong since then. */
export function countWrongCodes(db: Database, userId: string, since: number) {
  return db
    .select({ wrong: count() })
    .from(auditEvent)
    .where(isFailureSince(userId, 'device_login', since));
}

/** The answer to a poll that comes too early is that the next must come later still (RFC 8628 §3.5). */
export function markPolled(db: Database, id: string, at: number, early: SQL, step: number) {
  return db
    .update(deviceGrant)
    .set({ polledAt: at, interval: sql`${deviceGrant.interval} + CASE WHEN ${early} THEN ${step} ELSE 0 END` })
    .where(eq(deviceGrant.id, id));
}

/** Decides once: whose grant it is, and with which password they were logged in. */
export function decideGrant(db: Database, id: string, userId: string, approved: boolean) {
  const passwordVersion = db.select({ version: user.passwordVersion }).from(user).where(eq(user.id, userId));
  return db
    .update(deviceGrant)
    .set({ approved, userId, passwordVersion: sql`(${passwordVersion})` })
    .where(and(eq(deviceGrant.id, id), isNull(deviceGrant.approved)));
}

/** A device code serves once: whoever's session stands here afterwards has it. */
export function redeemGrant(db: Database, id: string, sessionId: string) {
  return db
    .update(deviceGrant)
    .set({ sessionId })
    .where(and(eq(deviceGrant.id, id), eq(deviceGrant.approved, true), isNull(deviceGrant.sessionId)));
}

/** That this session is the one that the grant was redeemed for. */
export function isRedeemedFor(id: string, sessionId: string): SQL {
  return sql`EXISTS (SELECT 1 FROM ${deviceGrant} WHERE ${eq(deviceGrant.id, id)} AND ${eq(deviceGrant.sessionId, sessionId)})`;
}

export function deleteOldGrants(db: Database, at: number) {
  return db.delete(deviceGrant).where(lte(deviceGrant.createdAt, at - GRANT_SECONDS));
}

function pending(userCode: string, at: number) {
  return and(
    eq(deviceGrant.userCode, userCode),
    isNull(deviceGrant.approved),
    gt(deviceGrant.createdAt, at - GRANT_SECONDS),
  );
}
