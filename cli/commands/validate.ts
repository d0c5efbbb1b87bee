// rag-cli config validate: everything that must hold before a login can work, each told by itself.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Health } from '../answers.ts';
import { send } from '../api.ts';
import { defineCommand } from '../command.ts';
import { configPath } from '../config-file.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure, isSystemError } from '../failure.ts';
import { readFile, readPrivateFile } from '../private-file.ts';
import { toApiUrl } from '../settings.ts';

const OTHERS_MAY_WRITE = process.platform === 'win32' ? 0 : 0o022;

type Check = { check: string; ok: boolean; message: string; advice?: string | undefined };

/** Each says what is well, or throws what is not. */
const CHECKS: Record<string, (context: Context) => string | Promise<string>> = {
  'config file': ({ folder }) => {
    const path = configPath(folder);
    const text = readFile(path, (mode) => {
      if ((mode & OTHERS_MAY_WRITE) === 0) return;
      throw new Failure(EXIT.configuration, `Others on this machine can change ${path}.`, `Run: chmod 600 ${path}`);
    });
    return text === undefined ? `${path} is not there, which is fine` : path;
  },
  'private files': ({ folder }) => {
    const files = [join(folder, 'tokens'), join(folder, 'devices')].flatMap(listFiles);
    for (const file of files) readPrivateFile(file);
    return `${files.length} in ${folder}, for nobody else to read`;
  },
  'API URL': ({ settings: { api_url } }) => `${toApiUrl(api_url.value)} (${api_url.source})`,
  server: async (context) => {
    const { status, version } = await send(context, { method: 'GET', path: '/health', answer: Health });
    return `${status}, version ${version}`;
  },
};

export const validate = defineCommand({
  description: 'Check the configuration file, permissions, the API URL, and that the server answers',
  examples: ['rag-cli config validate', 'rag-cli config validate --profile work'],
  async run(context) {
    const checks: Check[] = [];
    for (const [check, run] of Object.entries(CHECKS)) {
      try {
        checks.push({ check, ok: true, message: await run(context) });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        checks.push({ check, ok: false, message: error.message, advice: error.advice });
        process.exitCode ??= error.exitCode;
      }
    }
    context.output.print({ valid: checks.every(({ ok }) => ok), checks }, () =>
      checks
        .map(({ check, ok, message, advice }) =>
          [`${ok ? '✅' : '❌'} ${check}: ${message}`, ...(advice ? [`   ${advice}`] : [])].join('\n'),
        )
        .join('\n'),
    );
  },
});

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}
