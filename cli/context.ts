// What every command is given: its settings, its voice, and where its files are.

import { configFolder } from './config-file.ts';
import { type Output, openOutput } from './output.ts';
import { type Flags, readSettings, type Settings } from './settings.ts';
import { type Trace, traceTo } from './trace.ts';

export type Context = {
  settings: Settings;
  output: Output;
  folder: string;
  env: NodeJS.ProcessEnv;
  quiet: boolean;
  /** The profile, where the command line names it. */
  namedProfile: string | undefined;
  trace: Trace;
};

export type GlobalFlags = Flags & { verbose: boolean; quiet: boolean; debug: boolean };

export function openContext({ verbose, quiet, debug, ...flags }: GlobalFlags, env: NodeJS.ProcessEnv): Context {
  const folder = configFolder(env);
  const settings = readSettings(flags, env, folder);
  return {
    settings,
    output: openOutput(settings.output.value, quiet),
    folder,
    env,
    quiet,
    namedProfile: flags.profile,
    trace: traceTo(process.stderr, verbose, debug),
  };
}
