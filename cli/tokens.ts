// The tokens of a profile, in a file of their own. They belong to one server and are shown to no other.

import { join } from 'node:path';
import * as v from 'valibot';
import type { Context } from './context.ts';
import { EXIT, Failure } from './failure.ts';
import { makePrivateFolder, readPrivateFile, removeFile, writePrivateFile } from './private-file.ts';
import { toApiUrl } from './settings.ts';

/** Visible ASCII: what a header cannot hold, its error would quote. */
const token = v.pipe(v.string(), v.regex(/^[!-~]+$/));

/** What login and refresh answer; a refresh brings no device token. */
export const TokenAnswer = v.looseObject({
  access_token: token,
  expires_in: v.number(),
  refresh_token: token,
  refresh_expires_in: v.number(),
  device_token: v.optional(v.string()),
});
export type TokenAnswer = v.InferInput<typeof TokenAnswer>;

/** Times in seconds since 1970, lifetimes in seconds. */
const StoredTokens = v.object({
  api_url: v.string(),
  access_token: token,
  expires_at: v.number(),
  expires_in: v.number(),
  refresh_token: token,
  refresh_expires_at: v.number(),
});
export type StoredTokens = v.InferOutput<typeof StoredTokens>;

/** Outlives a logout: it tells this device from strangers who guess. */
const StoredDevice = v.object({ api_url: v.string(), device_token: v.string() });

export function readTokens(context: Context): StoredTokens | undefined {
  return readStored(tokenPath(context), StoredTokens);
}

/** The tokens, and the device token where there is one. */
export function storeTokens(context: Context, answer: TokenAnswer, now: number): StoredTokens {
  const api_url = toApiUrl(context.settings.api_url.value);
  const { access_token, expires_in, refresh_token, refresh_expires_in, device_token } = answer;
  const tokens = {
    api_url,
    access_token,
    expires_at: now + expires_in,
    expires_in,
    refresh_token,
    refresh_expires_at: now + refresh_expires_in,
  };
  if (device_token !== undefined) write(devicePath(context), { api_url, device_token });
  writeTokens(context, tokens);
  return tokens;
}

export function writeTokens(context: Context, tokens: StoredTokens): void {
  write(tokenPath(context), tokens);
}

export function removeTokens(context: Context): void {
  removeFile(tokenPath(context));
}

/** Of an earlier login of this profile at this server. */
export function readDeviceToken(context: Context): string | undefined {
  const device = readStored(devicePath(context), StoredDevice);
  return device?.api_url === toApiUrl(context.settings.api_url.value) ? device.device_token : undefined;
}

export function lockPath(context: Context): string {
  return inFolder(context, 'tokens', 'lock');
}

function tokenPath(context: Context): string {
  return inFolder(context, 'tokens', 'json');
}

function devicePath(context: Context): string {
  return inFolder(context, 'devices', 'json');
}

function inFolder({ folder, settings }: Context, kind: 'tokens' | 'devices', extension: string): string {
  return join(folder, kind, `${settings.profile.value}.${extension}`);
}

function write(path: string, value: object): void {
  makePrivateFolder(join(path, '..'));
  writePrivateFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

function readStored<const S extends v.GenericSchema>(path: string, schema: S): v.InferInput<S> | undefined {
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  try {
    const stored: unknown = JSON.parse(text);
    if (v.is(schema, stored)) return stored;
  } catch {
    // No cause is passed on: what JSON.parse says quotes the file.
  }
  throw new Failure(EXIT.configuration, `${path} is damaged.`, `Run: rm ${path}, then: rag-cli auth login`);
}
