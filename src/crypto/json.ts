// Strict reading of JSON (RFC 8259): what JSON.parse does not tell, namely repeated member names and where the text
// breaks. Never throws, never recurses.

export type Flaw = { kind: 'syntax' | 'duplicate_name'; position: number };

/** A plain JSON object whose objects, at every depth, name each member once (RFC 8259 §4); otherwise `undefined`. */
export function parseUniqueObject(text: string): Record<string, unknown> | undefined {
  let value: unknown;
  let canonical: boolean;
  try {
    value = JSON.parse(text);
    // Compact JSON that survives the round trip cannot have lost a member; everything else is scanned.
    canonical = JSON.stringify(value) === text;
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  return canonical || findFlaw(text) === undefined ? value : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const WHITE_SPACE = /[\t\n\r ]*/y;
/** A stretch of a string, not the whole: a pattern that repeats without bound runs out of stack on a long one. */
const STRING_PART = /(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){1,1000}/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** The first flaw of a JSON text, with its position in UTF-16 units; `undefined` for a sound one. */
export function findFlaw(text: string): Flaw | undefined {
  const open: (Set<string> | 'array')[] = []; // an object is represented by the names seen in it
  let position = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    position += found?.length ?? 0;
    return found;
  };
  const takeString = (): string | undefined => {
    const start = position;
    if (text[position] === '"') {
      position += 1;
      while (take(STRING_PART) !== undefined);
      if (text[position] === '"') return text.slice(start, ++position);
    }
    position = start;
    return undefined;
  };
  const takeMark = (mark: string): boolean => {
    take(WHITE_SPACE);
    if (text[position] !== mark) return false;
    position += 1;
    return true;
  };
  const syntax = (): Flaw => ({ kind: 'syntax', position });

  let expectValue = true;
  let mayClose = false; // directly behind an opening bracket
  while (true) {
    const inside = open.at(-1);
    if (expectValue) {
      if (inside instanceof Set && !(mayClose && takeMark('}'))) {
        take(WHITE_SPACE);
        const at = position;
        const name = takeString();
        if (name === undefined) return syntax();
        const decoded: string = JSON.parse(name);
        if (inside.has(decoded)) return { kind: 'duplicate_name', position: at };
        inside.add(decoded);
        if (!takeMark(':')) return syntax();
      } else if (inside instanceof Set || (inside === 'array' && mayClose && takeMark(']'))) {
        open.pop();
        expectValue = mayClose = false;
        continue;
      }
      mayClose = true;
      if (takeMark('{')) open.push(new Set());
      else if (takeMark('[')) open.push('array');
      else if ((takeString() ?? take(SCALAR)) === undefined) return syntax();
      else expectValue = mayClose = false;
    } else if (inside === undefined) {
      take(WHITE_SPACE);
      return position === text.length ? undefined : syntax();
    } else if (takeMark(',')) {
      expectValue = true;
    } else if (takeMark(inside === 'array' ? ']' : '}')) {
      open.pop();
    } else {
      return syntax();
    }
  }
}
