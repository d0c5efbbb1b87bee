import { expect, test } from 'vitest';
import { BUSY, LINE_LIMIT, type Line, POLL_MS, SILENT_POLLS, takeTurn } from '../../src/login-gate/line.ts';

/** Every sleep lasts one turn of the event loop: order and counts are what the line goes by, not milliseconds. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const never = () => new Promise<never>(() => {});

test('hashes run one at a time, in the order of their arrival', async () => {
  const line: Line = [];
  const finished: number[] = [];
  let running = 0;
  const hash = (id: number) =>
    takeTurn(
      line,
      async (pause) => {
        running += 1;
        for (let slice = 0; slice < 5; slice++) {
          expect(running).toBe(1);
          await pause();
        }
        running -= 1;
        finished.push(id);
        return id;
      },
      turn,
    );
  const ids = Array.from({ length: LINE_LIMIT }, (_, id) => id);
  expect(await Promise.all(ids.map(hash))).toEqual(ids);
  expect(finished).toEqual(ids);
  expect(line).toEqual([]);
});

test('past the limit the answer is busy at once, while those in line go on', async () => {
  const line: Line = [];
  let release = false;
  const holder = async (pause: () => Promise<void>) => {
    while (!release) await pause();
    return 'done';
  };
  const inLine = Array.from({ length: LINE_LIMIT }, () => takeTurn(line, holder, turn));
  const excess = await Promise.all(Array.from({ length: 20 }, () => takeTurn(line, holder, turn)));
  expect(excess).toEqual(Array.from({ length: 20 }, () => BUSY));
  release = true;
  expect(await Promise.all(inLine)).toEqual(Array.from({ length: LINE_LIMIT }, () => 'done'));
});

test('a hash that throws leaves the line', async () => {
  const line: Line = [];
  await expect(takeTurn(line, () => Promise.reject(new Error('broken')), turn)).rejects.toThrow('broken');
  expect(line).toEqual([]);
});

test('whoever stops in the middle, hashing or waiting, holds nobody up', async () => {
  const line: Line = [];
  void takeTurn(line, never, turn); // its object was reset while it hashed
  for (let i = 0; i < 4; i++) void takeTurn(line, never, never); // these, while they waited
  expect(await takeTurn(line, async () => 'alive', turn)).toBe('alive');
  expect(line).toEqual([]);
});

test('a line full of the abandoned is cleared by the next to come', async () => {
  const line: Line = [];
  for (let i = 0; i < LINE_LIMIT; i++) void takeTurn(line, never, never);
  expect(await takeTurn(line, async () => 'alive', turn)).toBe('alive');
});

test('a hash that moves is never taken for abandoned, however long it lasts', async () => {
  const line: Line = [];
  let finished = false;
  const long = takeTurn(
    line,
    async (pause) => {
      for (let slice = 0; slice < 3 * SILENT_POLLS; slice++) await pause();
      finished = true;
    },
    turn,
  );
  expect(await takeTurn(line, async () => finished, turn)).toBe(true);
  await long;
});

test('the abandoned are waited for less than three seconds', () => {
  expect(SILENT_POLLS * POLL_MS).toBeLessThan(2000);
});
