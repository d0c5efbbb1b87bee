// Every statement about users.

import { and, eq } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { user } from '../db/schema.ts';

export type User = typeof user.$inferSelect;
export type NewUser = typeof user.$inferInsert;

/** By user name or e-mail, without regard to case. A user name with an `@` is its owner's e-mail, so one look-up serves. */
export async function findUserByName(db: Database, name: string): Promise<User | undefined> {
  const column = name.includes('@') ? user.email : user.username;
  return db.select().from(user).where(eq(column, name)).get();
}

export async function findUserById(db: Database, id: string): Promise<User | undefined> {
  return db.select().from(user).where(eq(user.id, id)).get();
}

/** Nothing where the name or the e-mail is taken: the unique indexes decide, so two at once cannot both win. */
export function insertUser(db: Database, row: NewUser) {
  return db.insert(user).values(row).onConflictDoNothing();
}

/**
 * For the batch of whoever reads or writes on a user's behalf: no row where the user was deleted meanwhile, which
 * `requireOwner` refuses.
 */
export function selectOwner(db: Database, id: string) {
  return db.select({ id: user.id }).from(user).where(eq(user.id, id));
}

/** Keeps the same password under a costlier hash; replaces only the hash that the new one was computed from. */
export function upgradePasswordHash(db: Database, owner: User, passwordHash: string) {
  return db
    .update(user)
    .set({ passwordHash })
    .where(and(eq(user.id, owner.id), eq(user.passwordHash, owner.passwordHash)));
}

/** Another password, under the version that follows: only where it is still the one that `owner` was read with. */
export function updatePassword(db: Database, owner: User, passwordHash: string) {
  return db
    .update(user)
    .set({ passwordHash, passwordVersion: owner.passwordVersion + 1 })
    .where(unchanged(owner));
}

/** Sessions, collections, documents and their index go with it. */
export function deleteUser(db: Database, owner: User) {
  return db.delete(user).where(unchanged(owner));
}

export function selectUnchanged(db: Database, owner: User) {
  return db.select({ id: user.id }).from(user).where(unchanged(owner));
}

/** Whether the user is still there, with the password that `owner` was read with. */
export function unchanged(owner: User) {
  return and(eq(user.id, owner.id), eq(user.passwordVersion, owner.passwordVersion));
}
