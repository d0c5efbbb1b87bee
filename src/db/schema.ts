// The tables as Drizzle sees them. The migrations are the source; a test holds every column here against them.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Username and e-mail are compared without regard to case (COLLATE NOCASE in the migration). */
export const user = sqliteTable('user', {
  id: text('id').primaryKey(),
  username: text('username').notNull().unique(),
  email: text('email').notNull().unique(),
  role: text('role').notNull().default('user'),
  passwordHash: text('password_hash').notNull(),
  passwordVersion: integer('password_version').notNull().default(1),
  createdAt: integer('created_at').notNull(),
});

export const session = sqliteTable('session', {
  id: text('id').primaryKey(),
  userId: text('user_id')
    .notNull()
    .references(() => user.id, { onDelete: 'cascade' }),
  generation: integer('generation').notNull().default(1),
  createdAt: integer('created_at').notNull(),
  rotatedAt: integer('rotated_at').notNull(),
  endedAt: integer('ended_at'),
  userAgent: text('user_agent'),
  country: text('country'),
  network: text('network'),
});

export const revocation = sqliteTable('revocation', {
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  sessionId: text('session_id').notNull(),
  expiresAt: integer('expires_at').notNull(),
});

export const auditEvent = sqliteTable('audit_event', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  at: integer('at').notNull(),
  userId: text('user_id'),
  sessionId: text('session_id'),
  action: text('action').notNull(),
  outcome: text('outcome').notNull(),
  reason: text('reason'),
  requestId: text('request_id').notNull(),
  userAgent: text('user_agent'),
  country: text('country'),
  network: text('network'),
});
