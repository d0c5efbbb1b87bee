// The line of hashes in this isolate: one runs, a few wait, the rest are told at once that it is busy.
//
// A request cannot be trusted to leave the line: when its client hangs up or its Durable Object is reset, it stops in
// the middle and not even `finally` runs. So a place in line is plain data that must keep moving: its owner counts a beat
// at every pause or poll, and a place that stays silent while somebody else polls is taken away. Silence is counted in
// polls, not in time: the clock of this platform may stand still, and a slow machine slows both alike.

import type { Pause } from '../crypto/pbkdf2.ts';

export type Place = { beats: number };
export type Line = Place[];

/** Places in line, the running hash included. Eight hashes of about a second: nobody waits much longer than ten. */
export const LINE_LIMIT = 8;
export const POLL_MS = 5;
/** Polls without a beat after which a place is taken away: one second and a little. */
export const SILENT_POLLS = 200;

export const BUSY = 'busy';

/** Runs `hash` when every place ahead is gone, or answers `busy` at once. `sleep` is `setTimeout` as a promise. */
export async function takeTurn<T>(
  line: Line,
  hash: (pause: Pause) => Promise<T>,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<T | typeof BUSY> {
  const watch = new Map<Place, { beats: number; silentPolls: number }>();
  /** Whether any of these places moved since the last look; drops those that have been silent for too long. */
  const lookAt = (places: readonly Place[]): boolean => {
    let moved = false;
    for (const place of places) {
      const seen = watch.get(place);
      if (seen?.beats === place.beats) {
        seen.silentPolls += 1;
        if (seen.silentPolls > SILENT_POLLS) remove(line, place);
      } else {
        moved ||= seen !== undefined;
        watch.set(place, { beats: place.beats, silentPolls: 0 });
      }
    }
    return moved;
  };

  // A full line in which something moves is busy. One in which nothing does was abandoned, and is cleared here.
  while (line.length >= LINE_LIMIT) {
    if (lookAt([...line])) return BUSY;
    await sleep(POLL_MS);
  }

  const place: Place = { beats: 0 };
  line.push(place);
  try {
    while (line[0] !== place) {
      const position = line.indexOf(place);
      if (position < 0) return BUSY; // taken for silent
      lookAt(line.slice(0, position));
      await sleep(POLL_MS);
      place.beats += 1;
    }
    return await hash(async () => {
      place.beats += 1;
      await sleep(0);
    });
  } finally {
    remove(line, place);
  }
}

function remove(line: Line, place: Place): void {
  const position = line.indexOf(place);
  if (position >= 0) line.splice(position, 1);
}
