// Every statement about sessions. Writes are returned as statements, for the verb to batch.

import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { session, user } from '../db/schema.ts';
import type { User } from '../user/queries.ts';

export type NewSession = { id: string; userId: string; createdAt: number };

/**
 * Opens a session, unless the user was deleted or the password changed since `owner` was read: then no row returns.
 * A login must not outlive the password that it was made with.
 */
export function insertSession(db: Database, row: NewSession, owner: User) {
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
          userAgent: sql`NULL`.as('user_agent'),
          country: sql`NULL`.as('country'),
          network: sql`NULL`.as('network'),
        })
        .from(user)
        .where(and(eq(user.id, owner.id), eq(user.passwordVersion, owner.passwordVersion))),
    )
    .returning({ id: session.id });
}
