// Times as seconds since 1970, and as they are shown.

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** As the API writes them: `2026-11-24T12:00:00Z`. */
export function toIsoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `2026-11-24 12:00:00 UTC (in 2 hours)`. */
export function describeTime(seconds: number, now: number): string {
  return `${toIsoTime(seconds).replace('T', ' ').replace('Z', ' UTC')} (${describeDistance(seconds - now)})`;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** What is a second short of an hour is one. */
function describeDistance(seconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= 0.99 * length) ?? UNITS[3];
  return new Intl.RelativeTimeFormat('en').format(Math.round(seconds / length), unit);
}
