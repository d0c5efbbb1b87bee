// ~/.rag/config.json: what holds for all profiles, and a section for each. It holds no secret.

import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { EXIT, Failure } from './failure.ts';
import { FORMATS } from './output.ts';
import { readFile, writePrivateFile } from './private-file.ts';

/** A profile's name is a file's name, too. */
const PROFILE_NAME = /^[A-Za-z0-9_-]{1,64}$/;
export const profileName = v.pipe(v.string(), v.regex(PROFILE_NAME, 'A profile has 1 to 64 letters, digits, - and _'));

const Section = v.looseObject({ api_url: v.optional(v.string()), output: v.optional(v.picklist(FORMATS)) });
const ConfigFile = v.looseObject({
  ...Section.entries,
  profile: v.optional(profileName),
  profiles: v.optional(v.record(profileName, Section)),
});
export type ConfigFile = v.InferInput<typeof ConfigFile>;

export function configFolder(env: NodeJS.ProcessEnv): string {
  return env.RAG_CONFIG_DIR || join(homedir(), '.rag');
}

export function configPath(folder: string): string {
  return join(folder, 'config.json');
}

export function readConfigFile(folder: string): ConfigFile {
  const path = configPath(folder);
  const text = readFile(path);
  const config = text === undefined ? {} : parseJson(text, path);
  const { issues } = v.safeParse(ConfigFile, config);
  if (issues) throw damaged(path, issues.map((issue) => `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`).join('; '));
  return config as ConfigFile; // as it stands there: members of later versions are kept
}

export function writeConfigFile(folder: string, config: ConfigFile): void {
  writePrivateFile(configPath(folder), `${JSON.stringify(config, null, 2)}\n`);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(path, 'it is not JSON');
  }
}

function damaged(path: string, reason: string): Failure {
  return new Failure(EXIT.configuration, `${path} cannot be used: ${reason}.`, 'Mend the file, or remove it.');
}
