// Who did what, when, from where, with which outcome: written in the batch of the change itself, or with it not at all.
// No password, token or hash has a column here.

import { and, desc, eq, gt, lte, notExists, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { auditEvent, session, user } from '../db/schema.ts';
import type { Client } from '../http/client.ts';
import type { Page } from '../http/page.ts';

export type AuditEvent = typeof auditEvent.$inferSelect;

/** `reason` is the word that stands in the log line, too. */
export type Happening = {
  action: 'register' | 'login' | 'refresh' | 'logout' | 'change_password' | 'delete_account' | 'device_login';
  outcome: 'success' | 'failure';
  reason?: string;
};

/** How long an event is kept. */
export const AUDIT_RETENTION_SECONDS = 180 * 86_400;

/**
 * One event of a user, where `condition` holds; none of a user who is not there. Safe to repeat: a request does a thing
 * once.
 */
export function recordEvent(
  db: Database,
  happening: Happening,
  of: { userId: string; sessionId?: string },
  client: Client,
  at: number,
  condition?: SQL,
) {
  const sameAgain = db
    .select({ id: auditEvent.id })
    .from(auditEvent)
    .where(
      and(
        eq(auditEvent.userId, of.userId),
        eq(auditEvent.at, at),
        eq(auditEvent.requestId, client.requestId),
        eq(auditEvent.action, happening.action),
      ),
    );
  return db.insert(auditEvent).select(
    db
      .select({ ...columns(happening, client, at, sql`${user.id}`, sql`${of.sessionId ?? null}`) })
      .from(user)
      .where(and(eq(user.id, of.userId), condition, notExists(sameAgain))),
  );
}

/** One event for each of these sessions, before they end. */
export function recordEndings(db: Database, happening: Happening, which: SQL | undefined, client: Client, at: number) {
  return db.insert(auditEvent).select(
    db
      .select({ ...columns(happening, client, at, sql`${session.userId}`, sql`${session.id}`) })
      .from(session)
      .where(and(which, sql`${session.endedAt} IS NULL`)),
  );
}

/** This user's failures at this, since then. */
export function isFailureSince(userId: string, action: Happening['action'], since: number) {
  return and(
    eq(auditEvent.userId, userId),
    gt(auditEvent.at, since),
    eq(auditEvent.action, action),
    eq(auditEvent.outcome, 'failure'),
  );
}

export function selectEvents(db: Database, userId: string, { limit, offset }: Page) {
  return db
    .select()
    .from(auditEvent)
    .where(eq(auditEvent.userId, userId))
    .orderBy(desc(auditEvent.at), desc(auditEvent.id))
    .limit(limit)
    .offset(offset);
}

export function countEvents(db: Database, userId: string) {
  return db.select({ total: sql<number>`count(*)` }).from(auditEvent).where(eq(auditEvent.userId, userId));
}

export function deleteEventsOf(db: Database, userId: string, condition: SQL | undefined) {
  return db.delete(auditEvent).where(and(eq(auditEvent.userId, userId), condition));
}

export function deleteOldEvents(db: Database, at: number, rows: number) {
  const old = sql`(SELECT id FROM audit_event WHERE at <= ${at - AUDIT_RETENTION_SECONDS} LIMIT ${rows})`;
  return db
    .delete(auditEvent)
    .where(and(lte(auditEvent.at, at - AUDIT_RETENTION_SECONDS), sql`${auditEvent.id} IN ${old}`))
    .returning({ id: auditEvent.id });
}

/** In the order of the table, as INSERT … SELECT wants them. */
function columns(
  { action, outcome, reason }: Happening,
  { requestId, userAgent, country, network }: Client,
  at: number,
  userId: SQL,
  sessionId: SQL,
) {
  return {
    id: sql`NULL`.as('id'),
    at: sql`${at}`.as('at'),
    userId: userId.as('user_id'),
    sessionId: sessionId.as('session_id'),
    action: sql`${action}`.as('action'),
    outcome: sql`${outcome}`.as('outcome'),
    reason: sql`${reason ?? null}`.as('reason'),
    requestId: sql`${requestId}`.as('request_id'),
    userAgent: sql`${userAgent}`.as('user_agent'),
    country: sql`${country}`.as('country'),
    network: sql`${network}`.as('network'),
  };
}
