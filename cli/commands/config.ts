// rag-cli config …: what the settings are, and where each comes from.

import * as v from 'valibot';
import { defineCommand, type Group } from '../command.ts';
import { configPath, readConfigFile, writeConfigFile } from '../config-file.ts';
import { misuse } from '../failure.ts';
import { formatTable } from '../output.ts';
import { SETTINGS, type SettingName, toApiUrl } from '../settings.ts';
import { validate } from './validate.ts';

const show = defineCommand({
  description: 'Each setting and where it comes from: flag, environment, profile, global (the file) or default',
  examples: ['rag-cli config show', 'rag-cli config show --profile work --output json'],
  run({ settings, output, folder }) {
    output.print({ ...settings, config_file: configPath(folder) }, () =>
      formatTable(
        ['SETTING', 'VALUE', 'SOURCE'],
        Object.entries(settings).map(([name, { value, source }]) => [name, value, source]),
      ),
    );
  },
});

const set = defineCommand({
  description: 'Write a setting to the configuration file, with --profile for that profile alone',
  examples: ['rag-cli config set api_url https://api.example.com', 'rag-cli config set output json --profile work'],
  args: {
    key: { type: 'positional', required: true, description: 'api_url, output or profile' },
    value: { type: 'positional', required: true, description: 'Its value' },
  },
  run({ folder, namedProfile, output }, args) {
    const key = toKey(args.key, namedProfile);
    const value = judgeValue(key, args.value);
    const file = readConfigFile(folder);
    if (namedProfile === undefined) writeConfigFile(folder, { ...file, [key]: value });
    else {
      const section = { ...file.profiles?.[namedProfile], [key]: value };
      writeConfigFile(folder, { ...file, profiles: { ...file.profiles, [namedProfile]: section } });
    }
    output.confirm({ [key]: value, profile: namedProfile ?? null }, `Set ${key} to ${value}${whose(namedProfile)}.`);
  },
});

const unset = defineCommand({
  description: 'Remove a setting from the configuration file, with --profile from that profile alone',
  examples: ['rag-cli config unset api_url', 'rag-cli config unset output --profile work'],
  args: { key: { type: 'positional', required: true, description: 'api_url, output or profile' } },
  run({ folder, namedProfile, output }, args) {
    const key = toKey(args.key, namedProfile);
    const file = { ...readConfigFile(folder) };
    if (namedProfile === undefined) delete file[key];
    else {
      const section = { ...file.profiles?.[namedProfile] };
      delete section[key];
      file.profiles = { ...file.profiles, [namedProfile]: section };
    }
    writeConfigFile(folder, file);
    output.confirm({ [key]: null, profile: namedProfile ?? null }, `Unset ${key}${whose(namedProfile)}.`);
  },
});

function toKey(text: string, namedProfile: string | undefined): SettingName {
  const keys = Object.keys(SETTINGS).filter((key) => namedProfile === undefined || key !== 'profile');
  if (keys.includes(text)) return text as SettingName;
  throw misuse('There is no such setting.', `It is one of ${keys.join(', ')}.`);
}

function judgeValue(key: SettingName, text: string): string {
  if (key === 'api_url') return toApiUrl(text);
  const result = v.safeParse(SETTINGS[key].schema, text);
  if (result.success) return result.output;
  throw misuse(`${result.issues[0].message}.`);
}

function whose(profile: string | undefined): string {
  return profile === undefined ? '' : ` for profile ${profile}`;
}

export const config: Group = {
  description: 'The settings, and where they come from',
  commands: { show, set, unset, validate },
};
