// One chat as server-sent events (WHATWG HTML s.9.2): every line once and in order, from any line
// on, because lines are read from the transcript and never from memory.
import type { Clock } from '../../core/ports.ts';
import type { Chats } from '../../callback/index.ts';
import { ApiError } from '../problem.ts';
import { chatLineView } from '../schemas/chats.ts';

const RECONNECT_MS = 3_000;
/** Lines read at once. */
const BATCH = 100;

const encoder = new TextEncoder();

export interface ChatStreamOptions {
  readonly maxClients: number;
  readonly heartbeatMs: number;
}

/** All streams of single chats. */
export class ChatStreams {
  readonly #chats: Pick<Chats, 'lines' | 'get' | 'onLine'>;
  readonly #clock: Clock;
  readonly #options: ChatStreamOptions;
  /** Those who wait for the next line of a chat. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #clients = 0;
  #closed = false;

  constructor(
    chats: Pick<Chats, 'lines' | 'get' | 'onLine'>,
    clock: Clock,
    options: ChatStreamOptions,
  ) {
    this.#chats = chats;
    this.#clock = clock;
    this.#options = options;
    chats.onLine(({ id }) => this.#wake(id));
  }

  /**
   * A stream that ends with the chat.
   * @param after line to go on from, exclusive
   * @throws ApiError EVENT_CLIENTS_LIMIT
   */
  open(id: string, after: number): ReadableStream<Uint8Array> {
    const { maxClients: maxEventClients } = this.#options;
    if (this.#closed || this.#clients >= maxEventClients) {
      throw new ApiError('EVENT_CLIENTS_LIMIT', 'no more event streams can be opened now', {
        fields: { maxEventClients },
      });
    }
    this.#clients++;
    let counted = true;
    let last = after;
    let opening = `retry: ${RECONNECT_MS}\n: connected\n\n`;
    const left = (): void => {
      if (counted) this.#clients--;
      counted = false;
      this.#wake(id);
    };
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const said = opening === '' ? await this.#next(id, last, () => !counted) : null;
        if (said?.end === true || !counted) {
          left();
          return controller.close();
        }
        controller.enqueue(encoder.encode(said?.text ?? opening));
        opening = '';
        last = said?.last ?? last;
      },
      cancel: left,
    });
  }

  /** Ends all of them. */
  close(): void {
    this.#closed = true;
    for (const id of [...this.#waiting.keys()]) this.#wake(id);
  }

  async #next(
    id: string,
    after: number,
    isGone: () => boolean,
  ): Promise<{ readonly text: string; readonly last: number; readonly end: boolean }> {
    for (let waited = false; ; waited = true) {
      const end = this.#closed || isGone();
      const lines = end ? [] : this.#chats.lines(id, after, BATCH);
      if (end) return { text: '', last: after, end };
      if (lines.length > 0) {
        const shown = lines.map(chatLineView);
        const text = shown.map(
          (line) => `id: ${line.sequence}\nevent: ${line.type}\ndata: ${JSON.stringify(line)}\n\n`,
        );
        return { text: text.join(''), last: lines.at(-1)?.sequence ?? after, end };
      }
      const record = this.#chats.get(id);
      if (record === null || record.state === 'over') return { text: '', last: after, end: true };
      if (waited) return { text: ': still here\n\n', last: after, end };
      await this.#change(id);
    }
  }

  /** The next line, or the time of a heartbeat. */
  #change(id: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, waiting);
      const timer = this.#clock.after(this.#options.heartbeatMs, () => done());
      const done = (): void => {
        timer.cancel();
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id);
        resolve();
      };
      waiting.add(done);
    });
  }

  #wake(id: string): void {
    for (const done of [...(this.#waiting.get(id) ?? [])]) done();
  }
}
