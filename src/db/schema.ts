// The tables as Drizzle sees them. The migrations are the source; a test holds every column here against them.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What clients keep with a resource: a JSON object of their own. */
export type Metadata = Record<string, unknown>;

/** Username and e-mail are compared without regard to case (COLLATE NOCASE in the migration). */
export const user = sqliteTable('user', {
  id: text('id').primaryKey(),
  username: text('username').notNull().unique(),
  email: text('email').notNull().unique(),
  role: text('role').notNull().default('user'),
  passwordHash: text('password_hash').notNull(),
  passwordVersion: integer('password_version').notNull().default(1),
  createdAt: integer('created_at').notNull(),
  gateEpoch: integer('gate_epoch').notNull().default(0),
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

export const collection = sqliteTable('collection', {
  id: text('id').primaryKey(),
  userId: text('user_id')
    .notNull()
    .references(() => user.id, { onDelete: 'cascade' }),
  name: text('name').notNull(),
  description: text('description'),
  metadata: text('metadata', { mode: 'json' }).$type<Metadata>().notNull(),
  documentCount: integer('document_count').notNull().default(0),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
});

export const document = sqliteTable('document', {
  id: text('id').primaryKey(),
  collectionId: text('collection_id')
    .notNull()
    .references(() => collection.id, { onDelete: 'cascade' }),
  userId: text('user_id').notNull(),
  filename: text('filename').notNull(),
  metadata: text('metadata', { mode: 'json' }).$type<Metadata>().notNull(),
  chunkCount: integer('chunk_count').notNull(),
  createdAt: integer('created_at').notNull(),
});

export const chunk = sqliteTable('chunk', {
  seq: integer('seq').primaryKey(),
  documentId: text('document_id')
    .notNull()
    .references(() => document.id, { onDelete: 'cascade' }),
  position: integer('position').notNull(),
  scope: text('scope').notNull(),
  content: text('content').notNull(),
});

export const deviceGrant = sqliteTable('device_grant', {
  id: text('id').primaryKey(),
  userCode: text('user_code').notNull().unique(),
  clientName: text('client_name').notNull(),
  createdAt: integer('created_at').notNull(),
  polledAt: integer('polled_at').notNull(),
  interval: integer('interval').notNull(),
  userAgent: text('user_agent'),
  country: text('country'),
  network: text('network'),
  userId: text('user_id').references(() => user.id, { onDelete: 'cascade' }),
  passwordVersion: integer('password_version'),
  approved: integer('approved', { mode: 'boolean' }),
  sessionId: text('session_id'),
});
