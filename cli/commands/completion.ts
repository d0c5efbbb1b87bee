// rag-cli completion

import { type Command, defineCommand, type Group } from '../command.ts';
import { renderCompletion, SHELLS } from '../completion.ts';
import { misuse } from '../failure.ts';

/** The tree has this command in it, so it is asked for when it is whole. */
export function defineCompletion(root: () => Group): Command {
  return defineCommand({
    description: 'A script that completes commands and options in your shell',
    examples: [
      'source <(rag-cli completion bash)',
      'rag-cli completion zsh > ~/.zfunc/_rag-cli',
      'rag-cli completion fish > ~/.config/fish/completions/rag-cli.fish',
    ],
    args: { shell: { type: 'positional', required: true, description: SHELLS.join(', ') } },
    run(_context, { shell }) {
      const known = SHELLS.find((name) => name === shell);
      if (!known) throw misuse('There is no script for that shell.', `It is one of ${SHELLS.join(', ')}.`);
      process.stdout.write(renderCompletion(root(), known));
    },
  });
}
