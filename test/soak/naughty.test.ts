// Every naughty string in every place that takes a text. No answer is a 500 or of an unknown shape, none repeats what it
// refuses, and what is taken comes back as it was sent.

import { expect, test } from 'vitest';
import type { Answer } from '../support/api.ts';
import { NAUGHTY_STRINGS } from './naughty-strings.ts';
import { PLACES } from './places.ts';
import { openWorld, type Place } from './world.ts';

/** Shorter ones stand in our own sentences by chance. */
const TELLING_LENGTH = 8;
const WITHOUT_CODE = ['Not authenticated', 'Invalid authentication credentials', 'Token has expired'];

test('there are more than 300 naughty strings', () => {
  expect(NAUGHTY_STRINGS.length).toBeGreaterThan(300);
});

test.concurrent.for(Object.entries(PLACES))('%s takes or refuses any text in good order', async ([, place]) => {
  let world = await openWorld();
  const wrong: { text: string; flaw: string }[] = [];
  let sent = 0;
  for (const text of NAUGHTY_STRINGS) {
    if (place.renewAfter !== undefined && sent > 0 && sent % place.renewAfter === 0) world = await openWorld();
    try {
      const answer = await place.send(text, world);
      if (answer === undefined) continue; // no header can carry it
      for (const flaw of findFlaws(text, answer, place)) wrong.push({ text: show(text), flaw });
    } catch (error) {
      wrong.push({ text: show(text), flaw: show(String(error)) });
    }
    sent += 1;
  }
  expect(wrong).toEqual([]);
  expect(sent).toBeGreaterThan(NAUGHTY_STRINGS.length * 0.8);
});

function* findFlaws(text: string, { status, body }: Answer, { statuses, taken }: Place): Generator<string> {
  if (!statuses.includes(status)) yield `answered ${status}: ${show(JSON.stringify(body) ?? '')}`;
  if (status >= 400) {
    if (!isError(status, body)) yield `the error is of another shape: ${show(JSON.stringify(body) ?? '')}`;
    if (text.length >= TELLING_LENGTH && textsIn(body).some((found) => found.includes(text)))
      yield 'repeated what was sent';
  } else if (taken !== undefined) {
    const back = taken(body);
    if (back !== text && back !== text.trim()) yield `took it and gave back ${show(JSON.stringify(back) ?? '')}`;
  }
}

/** `detail` and `error_code`, and beside them what only some errors have. */
function isError(status: number, body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { detail, error_code, ...rest } = body as Record<string, unknown>;
  const coded = typeof error_code === 'string' || WITHOUT_CODE.includes(String(detail));
  const known = Object.keys(rest).every((name) => ['error', 'retry_after'].includes(name));
  return coded && known && (status === 422 ? isFields(detail) : typeof detail === 'string');
}

function isFields(detail: unknown): boolean {
  if (!Array.isArray(detail) || detail.length === 0) return false;
  return detail.every(
    ({ loc, type, msg }) => Array.isArray(loc) && typeof type === 'string' && typeof msg === 'string',
  );
}

/** Every name and every text of a JSON value. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsIn(inner)]);
}

/** In ASCII: what is not Unicode would break the reporter. */
function show(text: string): string {
  const start = JSON.stringify(text.slice(0, 160)).replace(
    /[^ -~]/g,
    (unit) => `\\u{${unit.charCodeAt(0).toString(16)}}`,
  );
  return text.length > 160 ? `${start}... (${text.length})` : start;
}
