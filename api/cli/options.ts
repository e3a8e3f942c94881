// The arguments of `ringback` and the key it uses. The server's own arguments are in ../cli.ts.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { badRequest, type RingbackError } from '../../core/errors.ts';
import { isCommand, type CommandName } from './help.ts';

export interface Options {
  /** Null: only help was asked for. */
  readonly command: CommandName | null;
  readonly help: boolean;
  /** What the command is about: a callback, a call. Empty: it takes none. */
  readonly id: string;
  readonly url: string;
  readonly keyFile: string | null;
  readonly json: boolean;
  readonly queue: string | null;
  readonly number: string | null;
  /** ISO 8601 in UTC. */
  readonly at: string | null;
  readonly state: string | null;
  readonly limit: number;
  readonly svg: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_URL = 'http://127.0.0.1:8080';
const DEFAULT_KEY_FILE = 'data/api-key';
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 10_000;
const MAX_KEY_LENGTH = 8_192;

/** The options that each command takes beyond the common ones. */
const OWN: Readonly<Record<CommandName, readonly string[]>> = {
  create: ['queue', 'number', 'at'],
  list: ['queue', 'state', 'limit'],
  show: [],
  watch: ['queue'],
  cancel: [],
  agents: [],
  queues: [],
  calls: [],
  trace: ['svg'],
  doctor: [],
};

const TAKES_ID: ReadonlySet<CommandName> = new Set(['show', 'cancel', 'trace']);
const COMMON: ReadonlySet<string> = new Set(['help', 'json', 'url', 'key-file']);

/** The error for a command line that makes no sense. */
export function usageError(reason: string): RingbackError {
  return badRequest('COMMAND_LINE_INVALID', reason);
}

/** @throws RingbackError COMMAND_LINE_INVALID */
export function readOptions(args: readonly string[], environment: Environment): Options {
  const { values, positionals } = parsed(args);
  const [name, ...ids] = positionals;
  if (name !== undefined && !isCommand(name)) throw usageError(`there is no command '${name}'`);
  const command = name ?? null;
  const help = values.help ?? false;
  if (command !== null && !help) checkFit(command, values, ids);
  return {
    ...{ command, help, id: ids[0] ?? '' },
    url: urlOf(values.url ?? environment['RINGBACK_URL'] ?? DEFAULT_URL),
    keyFile: values['key-file'] ?? null,
    json: values.json ?? false,
    queue: values.queue ?? null,
    number: values.number ?? null,
    at: values.at === undefined ? null : momentOf(values.at),
    state: values.state ?? null,
    limit: values.limit === undefined ? DEFAULT_LIMIT : limitOf(values.limit),
    svg: values.svg ?? null,
  };
}

const SHAPE = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  url: { type: 'string' },
  'key-file': { type: 'string' },
  queue: { type: 'string' },
  number: { type: 'string' },
  at: { type: 'string' },
  state: { type: 'string' },
  limit: { type: 'string' },
  svg: { type: 'string' },
} as const;

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: SHAPE });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

function checkFit(command: CommandName, values: object, ids: readonly string[]): void {
  const own = OWN[command];
  const strange = Object.keys(values).find((key) => !COMMON.has(key) && !own.includes(key));
  if (strange !== undefined) throw usageError(`'${command}' has no option --${strange}`);
  const wanted = TAKES_ID.has(command) ? 1 : 0;
  if (ids.length < wanted) throw usageError(`'${command}' needs an id`);
  const extra = ids[wanted];
  if (extra !== undefined) throw usageError(`'${command}' does not know what '${extra}' is for`);
  if (wanted === 1 && !/^[\w.-]{1,128}$/u.test(ids[0] ?? '')) {
    throw usageError(`'${ids[0]}' is not a possible id`);
  }
  if (command !== 'create') return;
  for (const key of ['queue', 'number']) {
    if (!(key in values)) throw usageError(`'create' needs --${key}`);
  }
}

function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/u.test(url.protocol)) {
    throw usageError(`'${text}' is no URL of a server, like ${DEFAULT_URL}`);
  }
  return text.replace(/\/+$/u, '');
}

function momentOf(text: string): string {
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d/u.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(atMs)) {
    throw usageError(`--at '${text}' is no time, like 2030-01-07T14:00+01:00`);
  }
  return new Date(atMs).toISOString();
}

function limitOf(text: string): number {
  const limit = /^\d{1,5}$/u.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) throw usageError(`--limit is 1 to ${MAX_LIMIT}`);
  return limit;
}

/**
 * The API key: of the file that is named, of the environment, or of the server's data folder here.
 * Null: there is none. @throws RingbackError COMMAND_LINE_INVALID: a named file cannot be used
 */
export function readKey({ keyFile }: Options, environment: Environment): string | null {
  if (keyFile !== null) return keyIn(keyFile);
  const key = environment['RINGBACK_API_KEY']?.trim() ?? '';
  if (key !== '') return checkedKey(key, 'RINGBACK_API_KEY');
  try {
    return keyIn(DEFAULT_KEY_FILE);
  } catch {
    return null;
  }
}

function keyIn(file: string): string {
  try {
    return checkedKey(readFileSync(file, 'utf8').trim(), file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(`no API key in ${file}: ${reason}`);
  }
}

/** What cannot stand in a header would break the request, and be shown with the error. */
function checkedKey(key: string, source: string): string {
  if (/^[!-~]+$/u.test(key) && key.length <= MAX_KEY_LENGTH) return key;
  throw usageError(`what ${source} holds is no API key`);
}
