// Event streams: everybody who listens gets every callback event in order, and the latest state of
// agents, queues and trunks. Memory is bounded without dropping anything: callback events are read
// from the durable log when a client can take them, and notices of one thing replace each other.
import type { CallbackEventRecord } from '../callback/index.ts';
import type { Timer } from '../core/ports.ts';
import { ApiError } from './problem.ts';
import type { ApiDeps } from './deps.ts';
import { agentView } from './schemas/agents.ts';
import { callbackEventView } from './schemas/callbacks.ts';
import { queueView } from './schemas/queues.ts';
import { trunkView } from './schemas/trunks.ts';

type HubDeps = Pick<ApiDeps, 'callbacks' | 'router' | 'sip' | 'clock' | 'config'>;

/** Callback events read from the log at once, and so the longest chunk a client is sent. */
const BATCH = 100;

/** Delay proposed to browsers before they connect again. */
const RECONNECT_MS = 3_000;

const encoder = new TextEncoder();

/** One connected client. */
interface Client {
  /** Last sequence sent; null until the first event after the connect says where "now" is. */
  cursor: number | null;
  /** True while the log may hold events after the cursor. */
  behind: boolean;
  /** Texts by agent, queue or trunk, newest wins, in the order they first changed. */
  readonly notices: Map<string, string>;
  heartbeatDue: boolean;
  heartbeat: Timer;
  closed: boolean;
  wake: () => void;
}

/** All event streams of one API. */
export class EventHub {
  readonly #deps: HubDeps;
  readonly #clients = new Set<Client>();
  #closed = false;

  constructor(deps: HubDeps) {
    this.#deps = deps;
    deps.callbacks.onEvent((event) => this.#callbackHappened(event));
    deps.sip.onTrunkChanged((trunk) =>
      this.#notify(`trunk:${trunk.name}`, 'trunk', trunkView(trunk)),
    );
    deps.router.onNotice((notice) => {
      if (notice.type === 'agent-changed') {
        const { agent } = notice;
        const registered = deps.sip.bindings(agent.username).length > 0;
        this.#notify(`agent:${agent.agentId}`, 'agent', agentView(agent, registered));
      } else if (notice.type === 'queue-changed') {
        const queue = deps.router.queue(notice.queueId);
        if (queue !== null) this.#notify(`queue:${queue.queueId}`, 'queue', queueView(queue));
      }
    });
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /**
   * A new event stream (WHATWG server-sent events), UTF-8.
   * @param after sequence to go on from, exclusive; null: from now on
   * @throws ApiError EVENT_CLIENTS_LIMIT
   */
  open(after: number | null): ReadableStream<Uint8Array> {
    const { maxEventClients } = this.#deps.config.http;
    if (this.#closed || this.#clients.size >= maxEventClients) {
      throw new ApiError('EVENT_CLIENTS_LIMIT', 'no more event streams can be opened now', {
        fields: { maxEventClients },
      });
    }
    const client = this.#newClient(after);
    this.#clients.add(client);
    let opening = `retry: ${RECONNECT_MS}\n: connected\n\n`;
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const text = opening === '' ? await this.#nextText(client) : opening;
        opening = '';
        if (text === null) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
      cancel: () => this.#forget(client),
    });
  }

  /** Ends every stream and refuses new ones. */
  close(): void {
    this.#closed = true;
    for (const client of this.#clients) this.#forget(client);
  }

  /** Waits until there is something to say; null when the stream is over. */
  async #nextText(client: Client): Promise<string | null> {
    try {
      for (;;) {
        if (client.closed) return null;
        const text = this.#textFor(client);
        if (text !== '') return text;
        await new Promise<void>((resolve) => (client.wake = resolve));
      }
    } catch (cause) {
      this.#forget(client);
      throw cause;
    }
  }

  #newClient(after: number | null): Client {
    const client: Client = {
      cursor: after,
      behind: after !== null,
      notices: new Map(),
      heartbeatDue: false,
      heartbeat: { cancel: () => undefined },
      closed: false,
      wake: () => undefined,
    };
    this.#beat(client);
    return client;
  }

  #forget(client: Client): void {
    client.closed = true;
    client.heartbeat.cancel();
    this.#clients.delete(client);
    client.wake();
  }

  #beat(client: Client): void {
    const delayMs = this.#deps.config.http.eventHeartbeatSeconds * 1_000;
    client.heartbeat = this.#deps.clock.after(delayMs, () => {
      client.heartbeatDue = true;
      client.wake();
      this.#beat(client);
    });
  }

  #callbackHappened(event: CallbackEventRecord): void {
    for (const client of this.#clients) {
      client.cursor ??= event.sequence - 1;
      client.behind = true;
      client.wake();
    }
  }

  #notify(key: string, event: string, data: unknown): void {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const client of this.#clients) {
      client.notices.set(key, text);
      client.wake();
    }
  }

  /** All there is to say to this client now; empty when nothing is. */
  #textFor(client: Client): string {
    let text = this.#eventsFor(client);
    for (const notice of client.notices.values()) text += notice;
    client.notices.clear();
    if (text === '' && client.heartbeatDue) text = ': still here\n\n';
    client.heartbeatDue = false;
    return text;
  }

  #eventsFor(client: Client): string {
    if (!client.behind || client.cursor === null) return '';
    const events = this.#deps.callbacks.eventsAfter(client.cursor, BATCH);
    client.behind = events.length === BATCH;
    client.cursor = events.at(-1)?.sequence ?? client.cursor;
    return events
      .map((event) => {
        const data = JSON.stringify(callbackEventView(event));
        return `id: ${event.sequence}\nevent: callback\ndata: ${data}\n\n`;
      })
      .join('');
  }
}
