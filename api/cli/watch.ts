// `ringback watch`: a table that is redrawn in place on a terminal, a line for every event
// elsewhere. The list is read whenever the stream opens, so that a break leaves nothing stale.
import { ApiProblem, body } from '../client/index.ts';
import { Board, type CallbackEvent } from './board.ts';
import type { Context } from './context.ts';
import { padded, printable } from './format.ts';

const REDRAW_MS = 1_000;
const LIVE_STATES = 'scheduled,queued,dialing,routing,connected,waiting-retry';
/** Callbacks that are read at the start. */
const MAX_LISTED = 1_000;

/** Until the signal aborts. @throws ApiProblem, and when nobody answers at the start */
export async function watch(context: Context): Promise<void> {
  // Refuses what is wrong at once, where the stream would try again and again.
  await body(context.api.http.GET('/api/v1/callbacks', { params: { query: { limit: 1 } } }));
  if (context.options.json || context.terminal.size() === null) await lines(context);
  else await live(context);
}

function question({ options, signal }: Context) {
  return {
    ...{ type: 'callback', signal },
    ...(options.queue === null ? {} : { queueId: options.queue }),
  };
}

async function lines(context: Context): Promise<void> {
  const { api, options, terminal } = context;
  const onBreak = (reason: string) => terminal.err(`stream broken: ${printable(reason)}\n`);
  const onOpen = () => terminal.err('stream open\n');
  for await (const event of api.events({ ...question(context), onOpen, onBreak })) {
    if (event.topic !== 'callback') continue;
    terminal.out(`${options.json ? JSON.stringify(event) : eventLine(event)}\n`);
  }
}

function eventLine({ at, callbackId, queueId, type, state }: CallbackEvent): string {
  return printable(`${at} ${callbackId} ${queueId ?? '-'} ${padded(type, 20)} ${state}`);
}

async function live(context: Context): Promise<void> {
  const { api, clock, terminal } = context;
  const board = new Board();
  const screen = new Screen(context, board);
  const onOpen = (): void => {
    screen.header = 'live, Ctrl-C ends';
    void refill(context, board).then(
      () => screen.draw(),
      (error: unknown) => (screen.header = `list not read: ${reasonOf(error)}`),
    );
  };
  const onBreak = (reason: string): void => {
    screen.header = `stream broken (${printable(reason)}), trying again`;
  };
  terminal.out(HIDE_CURSOR);
  screen.start();
  try {
    for await (const event of api.events({ ...question(context), onOpen, onBreak })) {
      if (event.topic !== 'callback') continue;
      if (board.take(event, clock.nowMs())) await read(context, board, event.callbackId);
      screen.draw();
    }
  } finally {
    screen.stop();
    terminal.out(SHOW_CURSOR);
  }
}

async function refill({ api, clock, options }: Context, board: Board): Promise<void> {
  const query = {
    ...{ state: LIVE_STATES, limit: 100 },
    ...(options.queue === null ? {} : { queueId: options.queue }),
  };
  let count = 0;
  for await (const callback of api.each('/api/v1/callbacks', { query })) {
    board.put(callback, clock.nowMs());
    if (++count >= MAX_LISTED) return;
  }
}

/** A callback that cannot be read is shown as its events say. */
async function read({ api, clock }: Context, board: Board, id: string): Promise<void> {
  try {
    const answer = api.http.GET('/api/v1/callbacks/{id}', { params: { path: { id } } });
    board.put(await body(answer), clock.nowMs());
  } catch (error) {
    if (!(error instanceof ApiProblem || error instanceof TypeError)) throw error;
  }
}

function reasonOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error));
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** Draws over what it drew before. */
class Screen {
  header = 'connecting';
  #height = 0;
  #timer: { cancel(): void } | null = null;
  readonly #context: Context;
  readonly #board: Board;

  constructor(context: Context, board: Board) {
    this.#context = context;
    this.#board = board;
  }

  /** Draws now and every second, for the ages. */
  start(): void {
    this.draw();
    this.#timer = this.#context.clock.after(REDRAW_MS, () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  draw(): void {
    const { clock, terminal } = this.#context;
    const { columns, rows } = terminal.size() ?? { columns: 80, rows: 24 };
    const drawn = this.#board.lines(clock.nowMs(), this.header, columns, rows);
    const up = this.#height === 0 ? '' : `\x1b[${this.#height}A`;
    terminal.out(`${up}\r${drawn.map((line) => `${line}${CLEAR_LINE}\n`).join('')}${CLEAR_BELOW}`);
    this.#height = drawn.length;
  }
}
