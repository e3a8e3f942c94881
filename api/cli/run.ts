// `ringback` from its arguments to its exit status, with the process handed in: tests run it as it
// is. Knows no global.
import type { Clock } from '../../core/ports.ts';
import { createClient } from '../client/index.ts';
import { agents, calls, cancel, create, list, queues, showOne, trace } from './commands.ts';
import { EXIT, explained, type Context, type Exit, type Terminal } from './context.ts';
import { doctor } from './doctor.ts';
import { helpText, type CommandName } from './help.ts';
import { readKey, readOptions, type Options } from './options.ts';
import { watch } from './watch.ts';

export interface Ports {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  /** Aborts when the person wants to stop. */
  readonly signal: AbortSignal;
}

/** A request that took longer will not be answered; the event stream may last. */
const REQUEST_LIMIT_MS = 30_000;
/** A person waits: one more try, soon. */
const RETRY = { attempts: 2, firstDelayMs: 250, maxDelayMs: 5_000 };

const COMMANDS: Readonly<Record<CommandName, (context: Context) => Promise<Exit | void>>> = {
  ...{ create, list, watch, cancel, agents, queues, calls, trace, doctor },
  show: showOne,
};

/** Runs one command. What is thrown is a bug. */
export async function run(args: readonly string[], ports: Ports): Promise<Exit> {
  const { environment, terminal } = ports;
  let url = '';
  try {
    const options = readOptions(args, environment);
    if (options.command === null || options.help) {
      (options.help ? terminal.out : terminal.err)(helpText(options.command));
      return options.help ? EXIT.done : EXIT.usage;
    }
    url = options.url;
    const context = contextOf(options, ports);
    return (await COMMANDS[options.command](context)) ?? EXIT.done;
  } catch (error) {
    if (ports.signal.aborted) return EXIT.done;
    const known = explained(error, url);
    if (known === null) throw error;
    terminal.err(`${known.lines.join('\n')}\n`);
    return known.exit;
  }
}

function contextOf(options: Options, ports: Ports): Context {
  const { environment, terminal, clock, signal } = ports;
  const key = readKey(options, environment);
  const limited = (request: Request): Promise<Response> => {
    if (new URL(request.url).pathname.endsWith('/api/v1/events')) return fetch(request);
    const limit = AbortSignal.timeout(REQUEST_LIMIT_MS);
    return fetch(request, { signal: AbortSignal.any([request.signal, signal, limit]) });
  };
  const known = key === null ? {} : { key };
  const api = createClient({ url: options.url, ...known, retry: RETRY, fetch: limited });
  return { options, api, key, terminal, clock, signal, fetch: limited };
}
