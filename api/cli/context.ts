// What a command of `ringback` has at hand: the client, the terminal, the clock. And what an error
// becomes: text for a person and an exit status.
import { RingbackError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { ApiProblem, type RingbackClient } from '../client/index.ts';
import { printable } from './format.ts';
import type { Options } from './options.ts';

/** Where texts go. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Null: output goes to a file or a program. */
  readonly size: () => { readonly columns: number; readonly rows: number } | null;
}

export interface Context {
  readonly options: Options;
  readonly api: RingbackClient;
  /** Sends as `api` does, without its key and retries. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Null: no key was found. */
  readonly key: string | null;
  readonly terminal: Terminal;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  /** Aborts when the person wants to stop. */
  readonly signal: AbortSignal;
}

/** Exit statuses. */
export const EXIT = { done: 0, failed: 1, usage: 2, unreachable: 3 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Prints lines, or with `--json` the value. */
export function show({ options, terminal }: Context, value: unknown, lines: readonly string[]) {
  const text = options.json ? JSON.stringify(value, null, 2) : lines.join('\n');
  terminal.out(`${text}\n`);
}

/** Lines and exit status of whatever a command threw; null: a bug, not to be explained away. */
export function explained(
  error: unknown,
  url: string,
): { readonly lines: readonly string[]; readonly exit: Exit } | null {
  if (error instanceof ApiProblem) return { lines: problemLines(error), exit: EXIT.failed };
  if (error instanceof RingbackError && error.code === 'COMMAND_LINE_INVALID') {
    return { lines: [error.message, 'ringback --help tells what there is.'], exit: EXIT.usage };
  }
  const reason = unreachableReason(error);
  if (reason === null) return null;
  const remedy = 'Is the server running there? `npm start` starts it; --url names another one.';
  return { lines: [`No answer from ${url}: ${reason}`, remedy], exit: EXIT.unreachable };
}

/** Title and detail, the fields that are wrong, and what to do. */
function problemLines({ problem }: ApiProblem): readonly string[] {
  const fields = (problem.errors ?? []).map(({ field, message }) => `  ${field}: ${message}`);
  const { title, detail, remedy, code } = problem;
  return [`${title} (${code}): ${detail}`, ...fields, remedy].map((line) =>
    line.startsWith('  ') ? `  ${printable(line)}` : printable(line),
  );
}

/** Why a request got no answer; null: that was not the error. */
export function unreachableReason(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'TimeoutError') return 'it took too long';
  if (!(error instanceof TypeError) || !('cause' in error)) return null;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = 'code' in cause ? String(cause.code) : '';
  return printable(cause.message === '' ? code || error.message : cause.message);
}
