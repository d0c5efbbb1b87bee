// Which server, profile and format a command uses: the flag, else the environment, else the profile's section of the
// configuration file, else the file itself, else the default.

import * as v from 'valibot';
import { profileName, readConfigFile } from './config-file.ts';
import { misuse } from './failure.ts';
import { FORMATS } from './output.ts';

export type Source = 'flag' | 'environment' | 'profile' | 'global' | 'default';
export type Setting<T = string> = { value: T; source: Source };
export type Settings = { profile: Setting; api_url: Setting; output: Setting<(typeof FORMATS)[number]> };
export type SettingName = keyof Settings;

export const SETTINGS = {
  profile: { variable: 'RAG_PROFILE', fallback: 'default', schema: profileName },
  api_url: { variable: 'RAG_API_URL', fallback: 'http://localhost:8787', schema: v.string() },
  output: {
    variable: 'RAG_OUTPUT_FORMAT',
    fallback: 'table',
    schema: v.picklist(FORMATS, `The output is one of ${FORMATS.join(', ')}`),
  },
} as const;

export type Flags = Partial<Record<SettingName, string | undefined>>;

/** A URL is judged where it is used: a wrong one must not keep `config set` from mending it. */
export function readSettings(flags: Flags, env: NodeJS.ProcessEnv, folder: string): Settings {
  const file = readConfigFile(folder);
  const choose = (name: SettingName, ofProfile?: string): Setting => {
    const { variable, fallback } = SETTINGS[name];
    const [source, value] = [
      ['flag', flags[name]] as const,
      ['environment', env[variable] || undefined] as const,
      ['profile', ofProfile] as const,
      ['global', file[name]] as const,
    ].find(([, value]) => value !== undefined) ?? ['default', fallback];
    return { value: withoutCredentials(value ?? fallback), source };
  };
  const profile = judge(SETTINGS.profile.schema, choose('profile'));
  const section = file.profiles?.[profile.value];
  return {
    profile,
    api_url: choose('api_url', section?.api_url),
    output: judge(SETTINGS.output.schema, choose('output', section?.output)),
  };
}

function judge<const S extends v.GenericSchema>(schema: S, { value, source }: Setting): Setting<v.InferOutput<S>> {
  const result = v.safeParse(schema, value);
  if (result.success) return { value: result.output, source };
  throw misuse(`${result.issues[0].message}, not what the ${source} says.`);
}

/** They make the URL a wrong one, and whoever shows it must not show them. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//***@');
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** One spelling for each server, without a slash at its end. Plain http would show passwords and tokens on the way. */
export function toApiUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw misuse('The API URL is not one that can be used.', 'It looks like this: https://api.example.com');
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw misuse(
      `${url.origin} is plain http: passwords and tokens could be read on the way.`,
      `Use https, which only addresses of this machine can do without: --api-url https://${url.host}`,
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}
