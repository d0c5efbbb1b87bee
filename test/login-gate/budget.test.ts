import fc from 'fast-check';
import { expect, test } from 'vitest';
import { charge, MAX_CONSECUTIVE, MAX_IN_ALL, NO_FAILURES, type Tally, waitOf } from '../../src/login-gate/budget.ts';

const T0 = 1_800_000_000;

/** One who guesses as soon as it is allowed: the seconds at which the guesses are made. */
function guessGreedily(times: number): number[] {
  const made: number[] = [];
  let tally = NO_FAILURES;
  let at = T0;
  while (made.length < times) {
    const wait = waitOf(tally, at);
    if (wait > 0) at += wait;
    else {
      tally = charge(tally, at);
      made.push(at - T0);
    }
  }
  return made;
}

test('five failures are free, then the wait doubles from one minute to fifteen', () => {
  expect(guessGreedily(11)).toEqual([0, 0, 0, 0, 0, 60, 180, 420, 900, 1800, 2700]);
});

test.for([
  ['within ten minutes, failures add up', 4, 599, 60],
  ['after ten minutes of rest they are granted anew', 4, 600, 0],
] as const)('%s', ([, before, pause, wait]) => {
  let tally: Tally = NO_FAILURES;
  for (let i = 0; i < before; i++) tally = charge(tally, T0);
  tally = charge(tally, T0 + pause);
  expect(waitOf(tally, T0 + pause)).toBe(wait);
});

test('a rest must outlast the wait by ten minutes', () => {
  let tally: Tally = NO_FAILURES;
  for (let i = 0; i < 6; i++) tally = charge(tally, T0);
  expect(waitOf(charge(tally, T0 + 120 + 599), T0 + 120 + 599)).toBe(240);
  expect(waitOf(charge(tally, T0 + 120 + 600), T0 + 120 + 600)).toBe(0);
});

test(`after ${MAX_CONSECUTIVE} failures without a success nobody is let in, however long the rest`, () => {
  const almost = { streak: 0, consecutive: MAX_CONSECUTIVE - 1, lastAt: T0 };
  expect(waitOf(almost, T0 + 86_400)).toBe(0);
  expect(waitOf(charge(almost, T0), T0 + 10 * 365 * 86_400)).toBe(900);
  expect(waitOf({ ...almost, consecutive: MAX_IN_ALL - 1 }, T0 + 86_400, MAX_IN_ALL)).toBe(0);
});

test('whenever one guesses, no ten minutes hold more than eight guesses, and none more than sixty in all', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 200 }), (pauses) => {
      const made: number[] = [];
      let tally: Tally = NO_FAILURES;
      let at = T0;
      for (const pause of pauses) {
        at += pause;
        if (waitOf(tally, at) > 0) continue;
        tally = charge(tally, at);
        made.push(at);
      }
      expect(made.length).toBeLessThanOrEqual(MAX_CONSECUTIVE);
      for (const start of made) {
        expect(made.filter((time) => time >= start && time < start + 600).length).toBeLessThanOrEqual(8);
      }
    }),
  );
});
