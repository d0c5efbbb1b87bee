// Files that only their owner may read. Writing is synchronous, so that no signal can come in the middle of it: a file is
// the one before or the one after.

import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EXIT, Failure, isSystemError } from './failure.ts';

/** Windows has no such bits: there a profile folder is private by its access list. */
const OTHERS_MAY_USE = process.platform === 'win32' ? 0 : 0o077;

/** `undefined` where there is no such file. */
export function readFile(path: string, judgeMode: (mode: number) => void = () => {}): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      judgeMode(fstatSync(file).mode);
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw toFailure(error, 'read', path);
  }
}

/** What others may read is refused: it may have been read, and by its owner it was not meant to be. */
export function readPrivateFile(path: string): string | undefined {
  return readFile(path, (mode) => {
    if ((mode & OTHERS_MAY_USE) === 0) return;
    throw new Failure(EXIT.configuration, `Others on this machine can read ${path}.`, `Run: chmod 600 ${path}`);
  });
}

export function writePrivateFile(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw toFailure(error, 'write', path);
  }
}

export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw toFailure(error, 'remove', path);
  }
}

/** For folders of our own making only: one that the user named may be shared for a reason. */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  } catch (error) {
    throw toFailure(error, 'write', path);
  }
}

export function toFailure(error: unknown, verb: 'read' | 'write' | 'remove', path: string): Failure {
  if (error instanceof Failure) return error;
  if (isSystemError(error, 'ENOSPC', 'EDQUOT')) {
    const message = `The disk is full: ${path} could not be written, and what was there before is kept.`;
    return new Failure(EXIT.general, message, 'Make room and repeat the command.', { cause: error });
  }
  if (isSystemError(error, 'ENOENT')) return new Failure(EXIT.configuration, `There is no ${path}.`);
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new Failure(EXIT.configuration, `Cannot ${verb} ${path} (${reason}).`, 'Check its permissions.', {
    cause: error,
  });
}
