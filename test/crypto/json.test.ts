import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findFlaw, parseUniqueObject } from '../../src/crypto/json.ts';

test.for([
  ['{', 1],
  ['{"a"', 4],
  ['{"a":', 5],
  ['{"a":1,}', 7],
  ['{a:1}', 1],
  ["{'a':1}", 1],
  ['[1,]', 3],
  ['[,1]', 1],
  ['{"a":1 "b":2}', 7],
  ['{"a":01}', 6],
  ['{"a":+1}', 5],
  ['{"a":.5}', 5],
  ['{"a":tru}', 5],
  ['{"a":"\n"}', 5],
  ['{"a":"\\x"}', 5],
  ['{"a":NaN}', 5],
  ['{}}', 2],
  ['', 0],
  ['\u00a0{}', 0],
  ['[1]]', 3],
  ['{"a":[}]', 6],
] as const)('%j breaks at %i', ([text, position]) => {
  expect(findFlaw(text)).toEqual({ kind: 'syntax', position });
  expect(() => JSON.parse(text)).toThrow();
});

test('a sound text has no flaw, however it is spaced', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('', ' ', '\n\t', 2), (json, space) => {
      expect(findFlaw(JSON.stringify(JSON.parse(json), null, space))).toBeUndefined();
    }),
  );
});

test('syntax is what JSON.parse says it is', () => {
  const alphabet = fc.constantFrom(...'{}[]:,"\\u0123e+-. \n', 'true', 'null', '"a"', '{"a":1}');
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      let sound = true;
      try {
        JSON.parse(text);
      } catch {
        sound = false;
      }
      const flaw = findFlaw(text);
      // A repeated name is told before what may follow it.
      if (flaw?.kind !== 'duplicate_name') expect(flaw === undefined).toBe(sound);
    }),
    { numRuns: 5000 },
  );
});

test.for([
  '{"a":1,"a":1}',
  '{"a":1,"\\u0061":1}',
  '{"x":{"a":1,"a":1}}',
  '{"x":[1,{"a":[],"b":{},"a":1}]}',
  '{"__proto__":1,"__proto__":2}',
])('a name given twice: %s', (text) => {
  expect(findFlaw(text)?.kind).toBe('duplicate_name');
  expect(parseUniqueObject(text)).toBeUndefined();
});

test.for(['{"a":{"a":1},"b":{"a":1}}', '{"2":1,"1":2}', '{ "a" : 1 }', '{"constructor":1}'])(
  'unique names: %s',
  (text) => {
    expect(parseUniqueObject(text)).toEqual(JSON.parse(text));
  },
);

test('length costs no stack, broken or not', () => {
  for (const letter of ['x', '\\n', '\\u00e9', '\u00e9']) {
    const long = letter.repeat(1_600_000);
    expect(findFlaw(`{"a":"${long}`)).toEqual({ kind: 'syntax', position: 5 });
    expect(findFlaw(`{"a":"${long}"}`)).toBeUndefined();
    expect(findFlaw(`{"a":${'1'.repeat(1_600_000)}x}`)).toEqual({ kind: 'syntax', position: 1_600_005 });
  }
});

test('depth costs no stack', () => {
  expect(findFlaw('['.repeat(100_000))).toEqual({ kind: 'syntax', position: 100_000 });
  expect(findFlaw('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined();
  expect(() => parseUniqueObject(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).not.toThrow();
});
