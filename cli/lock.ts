// One process at a time. A lock whose process is gone, or that is older than any work under it, is taken over. Two
// processes could take over at the same moment; what is done under the lock must bear that, and refreshing does.

import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSystemError } from './failure.ts';
import { makePrivateFolder, removeFile, toFailure } from './private-file.ts';

const STALE_AFTER_MS = 30_000;
const POLL_MS = 25;

export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  makePrivateFolder(dirname(path));
  while (!tryLock(path)) {
    if (isStale(path)) removeFile(path);
    else await sleep(POLL_MS);
  }
  const release = () => {
    if (readHolder(path)?.pid === process.pid) removeFile(path);
  };
  process.once('exit', release); // a signal ends the process in the middle of the work
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

function tryLock(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw toFailure(error, 'write', path);
  }
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, at: Date.now() }));
    return true;
  } catch (error) {
    removeFile(path);
    throw toFailure(error, 'write', path);
  } finally {
    closeSync(file);
  }
}

function isStale(path: string): boolean {
  const holder = readHolder(path);
  if (holder === undefined) return false;
  return Date.now() - holder.at > STALE_AFTER_MS || (holder.pid !== undefined && !isAlive(holder.pid));
}

/** `undefined` where there is no lock. A holder that has not yet written who it is came when its file did. */
function readHolder(path: string): { pid?: number; at: number } | undefined {
  try {
    const cameAt = statSync(path).mtimeMs;
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      if (error instanceof SyntaxError) return { at: cameAt };
      throw error;
    }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw toFailure(error, 'read', path);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isSystemError(error, 'ESRCH');
  }
}
