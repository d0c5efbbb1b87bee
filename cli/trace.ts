// --verbose and --debug: what went over the wire, without what opens anything.

import { stripControls } from './output.ts';

type Exchange = {
  method: string;
  url: string;
  /** Of the answer, or that there was none. */
  status: number | 'no answer';
  ms: number;
  headers: Record<string, string>;
  response?: Response;
};
export type Trace = (exchange: Exchange) => void;

const SECRET_HEADERS = ['authorization', 'cookie', 'set-cookie'];

export function traceTo(stream: NodeJS.WritableStream, verbose: boolean, debug: boolean): Trace {
  const say = (line: string) => stream.write(`${stripControls(line)}\n`);
  return ({ method, url, status, ms, headers, response }) => {
    if (verbose || debug) say(`${method} ${url} ${status} ${Math.round(ms)} ms`);
    if (!debug) return;
    for (const [name, value] of Object.entries(headers)) say(`> ${name}: ${mask(name, value)}`);
    for (const [name, value] of response?.headers ?? []) say(`< ${name}: ${mask(name, value)}`);
  };
}

function mask(name: string, value: string): string {
  return SECRET_HEADERS.includes(name.toLowerCase()) ? '***' : value;
}
