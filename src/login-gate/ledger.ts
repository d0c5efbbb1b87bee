// The tallies of one gate, in its own storage: they survive restarts, and the object counts exactly.

import { charge, MAX_IN_ALL, NO_FAILURES, type Tally, waitOf } from './budget.ts';

/** Tallies that nobody added to for so long are forgotten, of unknown names as of known ones. */
const KEEP_SECONDS = 30 * 86_400;
/** Tallies of one gate: unknown names share gates, and must not fill the store. The oldest give way. */
export const MAX_TALLIES = 1000;

/** Failures of all together. It has no name that a guesser could have. */
const ALL = '*';
export const STRANGERS = 'stranger';

export class Ledger {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS tally (
      who TEXT PRIMARY KEY, streak INTEGER NOT NULL, consecutive INTEGER NOT NULL, last_at INTEGER NOT NULL
    ) WITHOUT ROWID`);
  }

  /** Seconds until this one may guess; 0: now. */
  waitOf(who: string, at: number): number {
    const all = this.read(ALL);
    return all.consecutive >= MAX_IN_ALL ? waitOf(all, at, MAX_IN_ALL) : waitOf(this.read(who), at);
  }

  /** Before the hash: a guess that is cut off in the middle has been made. */
  charge(who: string, at: number): void {
    for (const name of [who, ALL]) {
      const { streak, consecutive, lastAt } = charge(this.read(name), at);
      this.sql.exec('INSERT OR REPLACE INTO tally VALUES (?, ?, ?, ?)', name, streak, consecutive, lastAt);
    }
    this.sql.exec(
      'DELETE FROM tally WHERE who IN (SELECT who FROM tally WHERE who <> ? ORDER BY last_at DESC LIMIT -1 OFFSET ?)',
      ALL,
      MAX_TALLIES,
    );
  }

  /**
   * After a right password: who gave it has no failures any more, and none are consecutive. But the pace of strangers
   * stays what it is, or each login of the owner's would let them guess anew.
   */
  settle(who: string): void {
    this.sql.exec('DELETE FROM tally WHERE who IN (?, ?)', who, ALL);
    this.sql.exec('UPDATE tally SET consecutive = 0 WHERE who = ?', STRANGERS);
  }

  /** Removes what is too old, and says whether anything is left. The count in all stays until a success. */
  forget(at: number): boolean {
    this.sql.exec('DELETE FROM tally WHERE who <> ? AND last_at <= ?', ALL, at - KEEP_SECONDS);
    return this.sql.exec('SELECT 1 FROM tally WHERE who <> ?', ALL).toArray().length > 0;
  }

  private read(who: string): Tally {
    const [row] = this.sql
      .exec<Tally>('SELECT streak, consecutive, last_at AS lastAt FROM tally WHERE who = ?', who)
      .toArray();
    return row ?? NO_FAILURES;
  }
}
