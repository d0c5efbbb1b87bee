// What --help shows: citty's usage, and examples.

import { stripVTControlCharacters } from 'node:util';
import { type CommandDef, renderUsage } from 'citty';
import { type Command, GLOBAL_OPTIONS, type Group, isCommand } from './command.ts';

export async function renderHelp(node: Command | Group, path: readonly string[], colours: boolean): Promise<string> {
  const name = ['rag-cli', ...path].join(' ');
  const usage = await renderUsage({ ...toCitty(node), meta: { name, description: node.description } });
  const examples = isCommand(node) ? node.examples : listExamples(node);
  const help = `${usage.replace(/ +$/gm, '').trimEnd()}\n\nEXAMPLES\n\n${examples.map((example) => `  $ ${example}`).join('\n')}\n`;
  return colours ? help : stripVTControlCharacters(help);
}

function toCitty(node: Command | Group): CommandDef {
  const meta = { description: node.description };
  if (isCommand(node)) return { meta, args: node.args };
  const subCommands = Object.entries(node.commands).map(([name, child]) => [name, toCitty(child)]);
  return { meta, args: GLOBAL_OPTIONS, subCommands: Object.fromEntries(subCommands) };
}

/** The first of each command. */
function listExamples(group: Group): string[] {
  return Object.values(group.commands).flatMap((child) =>
    isCommand(child) ? child.examples.slice(0, 1) : listExamples(child).slice(0, 1),
  );
}
