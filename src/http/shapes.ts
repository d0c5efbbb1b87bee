// Shapes that several slices put on the wire.

import * as v from 'valibot';

/** Any RFC 9562 UUID; they are compared in lower case. */
export const uuid = v.pipe(v.string(), v.uuid(), v.toLowerCase());

export const isoTime = v.pipe(v.string(), v.description('ISO 8601, UTC'), v.examples(['2026-11-23T21:00:00Z']));

/** Text with an example, for the documentation. */
export const text = (example: string) => v.pipe(v.string(), v.examples([example]));

/** Whole seconds since 1970 as ISO 8601 with `Z`. */
export function toIsoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
