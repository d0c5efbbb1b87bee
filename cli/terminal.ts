// Asking a person, and reading what a program pipes in.

import { text as readAll } from 'node:stream/consumers';
import { isCancel, password } from '@clack/prompts';
import { EXIT, Failure, misuse } from './failure.ts';

export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

export async function askPassword(username: string): Promise<string> {
  if (!isTerminal()) {
    throw misuse(
      'There is no terminal to ask for the password on.',
      'Pipe it in: rag-cli auth login … --password-stdin',
    );
  }
  const answer = await password({ message: `Password of ${username}`, mask: '', output: process.stderr });
  if (isCancel(answer)) throw new Failure(EXIT.interrupted, 'Nobody was logged in.');
  return answer ?? '';
}

/** The line break that `echo` adds is not part of it. */
export async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) throw misuse('--password-stdin wants a pipe.', 'Leave it out to be asked.');
  return (await readAll(process.stdin)).replace(/\r?\n$/, '');
}
