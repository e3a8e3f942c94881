// The demo as an API client: plain HTTP with a key, and the event stream as any client reads it.

/** As the API shows it; only what the demo looks at. */
export interface CallbackBody {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly position?: number;
  readonly attempts: readonly {
    readonly number: number;
    readonly result: string | null;
    readonly sipStatus: number | null;
    readonly q850Cause: number | null;
    readonly agentId: string | null;
    readonly cpd: {
      readonly kind: string;
      readonly confidence: number;
      readonly atMs: number;
      readonly evidence: readonly unknown[];
    } | null;
  }[];
}

export interface CallbackEventBody {
  readonly callbackId: string;
  readonly at: string;
  readonly type: string;
  readonly state: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface AgentBody {
  readonly agentId: string;
  readonly displayName: string;
  readonly state: string;
  readonly notReadyReason: string | null;
  readonly phoneRegistered: boolean;
}

type EventBody =
  | (CallbackEventBody & { readonly topic: 'callback' })
  | { readonly topic: 'agent'; readonly agent: AgentBody };

export interface EventListeners {
  callback(event: CallbackEventBody): void;
  agent(agent: AgentBody): void;
}

/** An answer that is not 2xx. */
export class ApiRefusal extends Error {
  readonly status: number;

  constructor(request: string, status: number, body: string) {
    super(`${request} was answered ${status}: ${body}`);
    this.name = 'ApiRefusal';
    this.status = status;
  }
}

export class DemoApi {
  readonly #base: string;
  readonly #key: string;
  readonly #stop = new AbortController();

  /** @param base `http://127.0.0.1:8080` */
  constructor(base: string, key: string) {
    this.#base = base;
    this.#key = key;
  }

  /** @throws ApiRefusal */
  async get<T>(path: string): Promise<T> {
    return (await (await this.#request('GET', path)).json()) as T;
  }

  /** @throws ApiRefusal */
  async post<T>(path: string, body?: unknown): Promise<T> {
    return (await (await this.#request('POST', path, body)).json()) as T;
  }

  /** Follows the event stream until `close`; resolves when it is open. @throws ApiRefusal */
  async follow(listeners: EventListeners): Promise<void> {
    const response = await this.#request('GET', '/api/v1/events?after=0');
    if (!response.body) throw new Error('the event stream has no body');
    void readEvents(response.body, listeners).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  close(): void {
    this.#stop.abort();
  }

  async #request(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.#key}` };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers,
      signal: this.#stop.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    throw new ApiRefusal(`${method} ${path}`, response.status, await response.text());
  }
}

/** Server-sent events (WHATWG HTML s.9.2.6), as far as this API uses them. */
async function readEvents(
  body: ReadableStream<Uint8Array>,
  listeners: EventListeners,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const;
        }),
      );
      const event = JSON.parse(fields.get('data') ?? 'null') as EventBody | null;
      if (event?.topic === 'callback') listeners.callback(event);
      if (event?.topic === 'agent') listeners.agent(event.agent);
    }
  }
}
