// How a command ends when it cannot do what it was asked: one sentence of what happened, one of what to do next.

export const EXIT = {
  general: 1,
  authentication: 2,
  network: 3,
  configuration: 4,
  permission: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const LOG_IN = 'Log in: rag-cli auth login';

export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: ExitCode;
  readonly advice: string | undefined;

  constructor(exitCode: ExitCode, message: string, advice?: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** Wrong use: the help of the command is what to read next. */
export function misuse(message: string, advice = 'See: rag-cli --help'): Failure {
  return new Failure(EXIT.configuration, message, advice);
}

export function isSystemError(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
