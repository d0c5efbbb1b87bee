// A command line turned into a call: the tree of commands, the options that all of them have, and no leniency. An option
// that is not known, or an argument too many, is refused and never repeated: it may be a password.

import { stripVTControlCharacters } from 'node:util';
import { type ArgsDef, type ParsedArgs, parseArgs } from 'citty';
import { type Context, type GlobalFlags, openContext } from './context.ts';
import { misuse } from './failure.ts';
import { FORMATS } from './output.ts';

export const GLOBAL_OPTIONS = {
  profile: { type: 'string', valueHint: 'NAME', description: 'Whose tokens and settings to use' },
  'api-url': { type: 'string', valueHint: 'URL', description: 'Where the service is' },
  output: { type: 'string', valueHint: FORMATS.join('|'), description: 'How results are written' },
  verbose: { type: 'boolean', description: 'Tell each request on stderr' },
  quiet: { type: 'boolean', description: 'Results and errors only' },
  debug: { type: 'boolean', description: 'As --verbose, with headers; errors with their stack' },
  help: { type: 'boolean', description: 'Show this help' },
} as const satisfies ArgsDef;

export type Command = {
  description: string;
  examples: readonly string[];
  args: ArgsDef;
  run: (rawArgs: string[]) => Promise<void>;
};
export type Group = { description: string; commands: Record<string, Command | Group> };

type Definition<T extends ArgsDef> = {
  description: string;
  examples: readonly string[];
  args?: T;
  run: (context: Context, args: ParsedArgs<T>) => void | Promise<void>;
};

export function defineCommand<const T extends ArgsDef = Record<never, never>>(definition: Definition<T>): Command {
  const args = { ...definition.args, ...GLOBAL_OPTIONS };
  return {
    description: definition.description,
    examples: definition.examples,
    args,
    async run(rawArgs) {
      const parsed = parseStrictly<T>(rawArgs, args);
      await definition.run(openContext(toFlags(parsed), process.env), parsed);
    },
  };
}

type AllArgs<T extends ArgsDef> = ParsedArgs<T> & ParsedArgs<typeof GLOBAL_OPTIONS>;

function toFlags(args: ParsedArgs<typeof GLOBAL_OPTIONS>): GlobalFlags {
  const { profile, 'api-url': api_url, output, verbose = false, quiet = false, debug = false } = args;
  return { profile, api_url, output, verbose, quiet, debug };
}

export function isCommand(node: Command | Group): node is Command {
  return 'run' in node;
}

/** The command or group that the words before the first unknown one name; `rest` is what remains for it. */
export function findCommand(root: Group, args: readonly string[]) {
  let node: Command | Group = root;
  let rest = [...args];
  const path: string[] = [];
  while (!isCommand(node)) {
    const at = findWord(rest);
    const word = rest[at];
    const next: Command | Group | undefined = Object.entries(node.commands).find(([name]) => name === word)?.[1];
    if (word === undefined || !next) return { node, path, rest };
    node = next;
    path.push(word);
    rest = rest.toSpliced(at, 1);
  }
  return { node, path, rest };
}

/** Options may stand before a command's words, too. */
function findWord(args: readonly string[]): number {
  const takesNext = (arg: string) =>
    Object.entries(GLOBAL_OPTIONS).some(([name, { type }]) => type === 'string' && arg === `--${name}`);
  return args.findIndex((arg, at) => !arg.startsWith('-') && !takesNext(args[at - 1] ?? ''));
}

function parseStrictly<T extends ArgsDef>(rawArgs: string[], definitions: ArgsDef): AllArgs<T> {
  const parsed = parse<T>(rawArgs, definitions);
  for (const [camelOrKebab, value] of Object.entries(parsed)) {
    const name = camelOrKebab.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const definition = definitions[name];
    if (name === '_' || definition?.type === 'positional') continue;
    if (!definition) throw misuse(`There is no option --${name}.`);
    const isMissing = definition.type === 'string' && !(typeof value === 'string' && /^[^-]/.test(value));
    if (isMissing) throw misuse(`--${name} needs a value.`);
  }
  const positionals = Object.values(definitions).filter(({ type }) => type === 'positional').length;
  if (parsed._.length > positionals) throw misuse('There is an argument too many.', 'Quote what has spaces in it.');
  return parsed;
}

function parse<T extends ArgsDef>(rawArgs: string[], definitions: ArgsDef): AllArgs<T> {
  try {
    return parseArgs<T>(rawArgs, definitions) as AllArgs<T>;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'CLIError')) throw error;
    throw misuse(`${stripVTControlCharacters(error.message)}.`);
  }
}
