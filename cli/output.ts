// What a person or a program sees. Results go to stdout, everything else to stderr, so that a pipe carries results alone.

import { stripVTControlCharacters } from 'node:util';
import { stringify as toYaml } from 'yaml';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

export type Output = {
  /** The result of a command that asks. */
  print: (result: unknown, toTable: () => string) => void;
  /** The result of a command that changes something: one sentence, which --quiet leaves out. */
  confirm: (result: unknown, sentence: string) => void;
  /** What must be read on the way to the result. */
  tell: (text: string) => unknown;
};

export function openOutput(format: Format, quiet: boolean): Output {
  const write = (text: string) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  const print: Output['print'] = (result, toTable) => {
    if (format === 'table') write(stripControls(toTable()));
    else write(escapeControls(format === 'json' ? JSON.stringify(result, null, 2) : toYaml(result)));
  };
  return {
    print,
    confirm: (result, sentence) => {
      if (!quiet || format !== 'table') print(result, () => sentence);
    },
    tell: (text) => process.stderr.write(`${stripControls(text)}\n`),
  };
}

/** Both formats leave DEL and the C1 controls as they are, and a terminal may obey them. */
function escapeControls(text: string): string {
  return text.replace(/[\x7f-\x9f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}

/** A server's text must not move the cursor, nor turn the reading direction; lines and tabs are its own affair. */
export function stripControls(text: string): string {
  return stripVTControlCharacters(text).replace(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '');
}

export type Row = readonly (string | number | null)[];

export function formatTable(head: readonly string[], rows: readonly Row[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => oneLine(String(cell ?? '-'))));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `Name: value` lines, the values below each other. */
export function formatFields(fields: Record<string, string | number | null>): string {
  const width = Math.max(...Object.keys(fields).map((name) => name.length)) + 1;
  return Object.entries(fields)
    .map(([name, value]) => `${`${name}:`.padEnd(width)} ${oneLine(String(value ?? '-'))}`)
    .join('\n');
}

function oneLine(text: string): string {
  return stripControls(text).replace(/\s+/g, ' ');
}

/** NO_COLOR: no-color.org. */
export function isColourful(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR;
}
