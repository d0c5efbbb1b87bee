// How many wrong passwords an account takes, and from whom. Pure: tallies in, tallies out, `at` in seconds.
//
// Strangers share one tally per account; a device that has logged in before and an authenticated session have one each,
// so that whoever guesses cannot use up what is the owner's (NIST SP 800-63B-4 §3.2.2 asks for the limit in all).

/** Failures without a pause, failures since the last success, and the last of them. */
export type Tally = { streak: number; consecutive: number; lastAt: number };

export const NO_FAILURES: Tally = { streak: 0, consecutive: 0, lastAt: 0 };

/** Failures in a row that cost no wait. After so long a rest they are granted anew. */
export const FREE_FAILURES = 5;
export const REST_SECONDS = 600;
/** The wait doubles from one to the other. */
export const FIRST_DELAY_SECONDS = 60;
export const MAX_DELAY_SECONDS = 900;
/** Failures of one tally without a success, after which nobody of it is let in. */
export const MAX_CONSECUTIVE = 60;
/** Failures of all together without a success, after which only an operator lets in. */
export const MAX_IN_ALL = 100;

/** Seconds until the next guess may be made; 0: now. */
export function waitOf(tally: Tally, at: number, maxConsecutive = MAX_CONSECUTIVE): number {
  if (tally.consecutive >= maxConsecutive) return MAX_DELAY_SECONDS;
  const { streak, lastAt } = rested(tally, at);
  return Math.max(0, lastAt + delayAfter(streak) - at);
}

/** One more failure: a guess counts as one until it was right. */
export function charge(tally: Tally, at: number): Tally {
  return { streak: rested(tally, at).streak + 1, consecutive: tally.consecutive + 1, lastAt: at };
}

function rested(tally: Tally, at: number): Tally {
  return at >= tally.lastAt + delayAfter(tally.streak) + REST_SECONDS ? { ...tally, streak: 0 } : tally;
}

function delayAfter(streak: number): number {
  return streak < FREE_FAILURES ? 0 : Math.min(FIRST_DELAY_SECONDS * 2 ** (streak - FREE_FAILURES), MAX_DELAY_SECONDS);
}
