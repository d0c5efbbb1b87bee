#!/usr/bin/env node
// rag-cli: from the command line to an exit code. Whatever goes wrong is told in a sentence, on stderr.

import pkg from '../package.json' with { type: 'json' };
import { findCommand, isCommand } from './command.ts';
import { root } from './commands/root.ts';
import { EXIT, Failure, misuse } from './failure.ts';
import { renderHelp } from './help.ts';
import { isColourful, stripControls } from './output.ts';

const SIGNALS = { SIGHUP: 129, SIGINT: EXIT.interrupted, SIGTERM: 143 } as const;

// Leaving by exit() lets go of what is held: files are written at once, locks are released on 'exit'.
for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => process.exit(code));
// `rag-cli … | head` closes the pipe when it has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : EXIT.general));

const args = process.argv.slice(2);
const end = args.indexOf('--');
const options = end < 0 ? args : args.slice(0, end);

try {
  await run();
} catch (error) {
  process.exitCode = tell(error);
}

async function run(): Promise<void> {
  if (options.some((option) => /^--password(=|$)/.test(option))) {
    throw misuse(
      'A password is not taken as an argument: other users of this machine can read those.',
      'Use --password-stdin, or --non-interactive with RAG_USERNAME and RAG_PASSWORD.',
    );
  }
  const { node, path, rest } = findCommand(root, args);
  if (options.includes('--help') || options.includes('-h')) {
    process.stdout.write(await renderHelp(node, path, isColourful(process.stdout)));
  } else if (options.includes('--version')) {
    console.log(pkg.version);
  } else if (isCommand(node)) {
    await node.run(rest);
  } else {
    const help = ['rag-cli', ...path, '--help'].join(' ');
    throw misuse(rest.length === 0 ? 'Which command?' : 'There is no such command.', `See: ${help}`);
  }
}

/** The stack only where it is asked for, and never an error's other members: they may hold what was sent. */
function tell(error: unknown): number {
  const known = error instanceof Failure;
  const what = error instanceof Error ? error.message : String(error);
  const message = known ? what : `Something unforeseen happened: ${what}`;
  const advice = known ? error.advice : 'Repeat it with --debug to see where.';
  const label = isColourful(process.stderr) ? '\x1b[31merror:\x1b[39m' : 'error:';
  process.stderr.write(`${label} ${stripControls([message, advice].filter(Boolean).join('\n'))}\n`);
  if (options.includes('--debug') && error instanceof Error) {
    const cause = error.cause instanceof Error ? error.cause.stack : undefined;
    process.stderr.write(`${stripControls([error.stack, cause].filter(Boolean).join('\nCaused by '))}\n`);
  }
  return known ? error.exitCode : EXIT.general;
}
