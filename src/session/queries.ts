// Every statement about sessions and their revocation. Writes are returned as statements, for the verb to batch.

import { and, asc, desc, eq, exists, gt, inArray, isNull, lte, ne, type SQL, sql } from 'drizzle-orm';
import type { Config } from '../config.ts';
import { CLOCK_SKEW_SECONDS } from '../crypto/jwt.ts';
import type { RefreshGrant } from '../crypto/refresh-token.ts';
import type { Database } from '../db/client.ts';
import { revocation, session, user } from '../db/schema.ts';
import type { Client } from '../http/client.ts';
import { selectUnchanged, type User, unchanged } from '../user/queries.ts';
import { PAGE_ROWS } from './revocation-list.ts';

export type Session = typeof session.$inferSelect;
export type Revocation = typeof revocation.$inferSelect;
export type NewSession = Pick<Session, 'id' | 'userId' | 'createdAt'> & Client;
type Limits = Config['session'];

/** Live sessions of one user. Where a login would make one more, the longest idle gives way. */
export const MAX_SESSIONS = 100;

/**
 * Opens a session, unless the user was deleted or the password changed since `owner` was read: a session must not
 * outlive the password that it was made with. And not where `condition` does not hold. Whether it opened, {@link selectSession} tells.
 */
export function insertSession(db: Database, row: NewSession, owner: User, condition?: SQL) {
  return db
    .insert(session)
    .select(
      db
        .select({
          id: sql`${row.id}`.as('id'),
          userId: user.id,
          generation: sql`1`.as('generation'),
          createdAt: sql`${row.createdAt}`.as('created_at'),
          rotatedAt: sql`${row.createdAt}`.as('rotated_at'),
          endedAt: sql`NULL`.as('ended_at'),
          userAgent: sql`${row.userAgent}`.as('user_agent'),
          country: sql`${row.country}`.as('country'),
          network: sql`${row.network}`.as('network'),
        })
        .from(user)
        .where(and(unchanged(owner), condition)),
    )
    .onConflictDoNothing();
}

/** One step, however many ask at once, and none within the grace of the step before. */
export function rotateSession(db: Database, grant: RefreshGrant, client: Client, at: number, limits: Limits) {
  const { userAgent, country, network } = client;
  return db
    .update(session)
    .set({ generation: sql`${session.generation} + 1`, rotatedAt: at, userAgent, country, network })
    .where(
      and(
        eq(session.id, grant.sessionId),
        eq(session.generation, grant.generation),
        live(at, limits),
        lte(session.rotatedAt, at - limits.graceSeconds),
      ),
    );
}

/** A session and whose it is. No two columns have the same name: D1 answers a batch in objects. */
export function selectSession(db: Database, id: string) {
  const { generation, createdAt, rotatedAt, endedAt } = session;
  return db
    .select({
      session: { generation, createdAt, rotatedAt, endedAt },
      user: { id: user.id, username: user.username, email: user.email, role: user.role },
    })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(eq(session.id, id));
}

export function selectSessionIds(db: Database, which: SQL | undefined) {
  return db.select({ id: session.id }).from(session).where(which);
}

/** The live sessions of a user, the last used first. */
export function selectLiveSessions(db: Database, userId: string, at: number, limits: Limits) {
  return db
    .select()
    .from(session)
    .where(and(eq(session.userId, userId), live(at, limits)))
    .orderBy(desc(session.rotatedAt), asc(session.id));
}

/** Which of a user's sessions are meant. */
export const ofSession = (id: string) => eq(session.id, id);
export const ofUser = (userId: string) => eq(session.userId, userId);
export const ofUserOne = (userId: string, id: string) => and(ofUser(userId), eq(session.id, id));
export const ofUserBut = (userId: string, id: string) => and(ofUser(userId), ne(session.id, id));

/** That this session is there. */
export function isOpen(db: Database, id: string) {
  return exists(db.select({ id: session.id }).from(session).where(eq(session.id, id)));
}

/** All of a user's sessions, unless the user or the password changed since `owner` was read. */
export function ofUnchanged(db: Database, owner: User) {
  return and(ofUser(owner.id), exists(selectUnchanged(db, owner)));
}

/** Those that a new session, `id`, leaves no room for. */
export function beyondLimit(db: Database, userId: string, id: string) {
  const others = db
    .select({ id: session.id })
    .from(session)
    .where(and(ofUserBut(userId, id), isNull(session.endedAt)))
    .orderBy(desc(session.rotatedAt), asc(session.id))
    .limit(Number.MAX_SAFE_INTEGER) // SQL has no OFFSET alone
    .offset(MAX_SESSIONS - 1);
  return inArray(session.id, others);
}

/**
 * Ends sessions, and revokes what access tokens they still have; ended ones stay as they are. Both statements go into
 * one batch, and what the first returns to `Deps.revocations`.
 */
export function endSessions(db: Database, which: SQL | undefined, at: number, lifetimeSeconds: number) {
  const running = and(which, isNull(session.endedAt));
  return [
    db
      .insert(revocation)
      .select(
        db
          .select({
            seq: sql`NULL`.as('seq'),
            sessionId: session.id,
            expiresAt: sql`${at + lifetimeSeconds + CLOCK_SKEW_SECONDS}`.as('expires_at'),
          })
          .from(session)
          .where(running),
      )
      .returning(),
    db.update(session).set({ endedAt: at }).where(running),
  ] as const;
}

export function selectRevocations(db: Database, afterSeq: number, at: number): Promise<Revocation[]> {
  return db
    .select()
    .from(revocation)
    .where(and(gt(revocation.seq, afterSeq), gt(revocation.expiresAt, at)))
    .orderBy(asc(revocation.seq))
    .limit(PAGE_ROWS)
    .all();
}

export function deleteExpiredSessions(db: Database, lastUse: number, rows: number) {
  const expired = db.select({ id: session.id }).from(session).where(lte(session.rotatedAt, lastUse)).limit(rows);
  return db.delete(session).where(inArray(session.id, expired)).returning({ id: session.id });
}

/** Sequence numbers are not handed out again (AUTOINCREMENT), so isolates read on undisturbed. */
export function deleteExpiredRevocations(db: Database, at: number, rows: number) {
  const expired = db.select({ seq: revocation.seq }).from(revocation).where(lte(revocation.expiresAt, at)).limit(rows);
  return db.delete(revocation).where(inArray(revocation.seq, expired)).returning({ seq: revocation.seq });
}

function live(at: number, { idleSeconds, absoluteSeconds }: Limits) {
  return and(
    isNull(session.endedAt),
    gt(session.rotatedAt, at - idleSeconds),
    gt(session.createdAt, at - absoluteSeconds),
  );
}
