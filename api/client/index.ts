// The face of the TypeScript client: every path of the API, typed from its own description
// (`types.ts`, made by `npm run client`), with what a client has to do well on top: the key,
// idempotency keys, retries, problems as errors, lists page by page, and the event stream.
import createFetchClient, { type Client } from 'openapi-fetch';
import { liveClock, liveIds, liveRng } from '../../core/live.ts';
import type { Clock, Ids, Rng } from '../../core/ports.ts';
import { follow, type Event, type FollowOptions } from './events.ts';
import { problemIn } from './problem.ts';
import { retrying, type RetryOptions } from './retry.ts';
import type { components, paths } from './types.ts';

export type { Event, FollowOptions } from './events.ts';
export { ApiProblem, type Problem } from './problem.ts';
export type { RetryOptions } from './retry.ts';
export type { components, paths } from './types.ts';

/** Any schema of the description by its name: `Schema<'Callback'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export interface ClientOptions {
  /** Where the server is: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** An API key or a token; none for the open routes. */
  readonly key?: string;
  /** What differs from 4 attempts, 250 ms before the second, 30 s at most. */
  readonly retry?: Partial<RetryOptions>;
  /** Of the platform unless given. */
  readonly fetch?: (request: Request) => Promise<Response>;
  readonly clock?: Pick<Clock, 'after' | 'nowMs'>;
  readonly rng?: Rng;
  readonly ids?: Ids;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

type JsonAnswer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

/** Paths that answer a page with a cursor. */
export type ListPath = {
  [Path in keyof paths]: JsonAnswer<Path> extends Page<unknown> ? Path : never;
}[keyof paths];

type ItemOf<Path extends keyof paths> = JsonAnswer<Path> extends Page<infer Item> ? Item : never;

type ParametersOf<Path extends keyof paths> = paths[Path] extends {
  get: { parameters: infer Parameters };
}
  ? Parameters
  : never;

/** Query and path of a list, without what the iteration sees to itself. */
type ListParameters<Path extends keyof paths> = {
  readonly query?: ParametersOf<Path> extends { query?: infer Query }
    ? Omit<NonNullable<Query>, 'cursor' | 'fields'>
    : never;
} & (ParametersOf<Path> extends { path: infer InPath } ? { readonly path: InPath } : unknown);

export interface RingbackClient {
  /** `http.GET('/api/v1/callbacks/{id}', { params: { path: { id } } })` and so on. */
  readonly http: Client<paths>;
  /** Every item of a list, page after page as they are taken. @throws ApiProblem */
  each<Path extends ListPath>(
    path: Path,
    parameters?: ListParameters<Path>,
  ): AsyncGenerator<ItemOf<Path>, void, undefined>;
  /** Everything as it happens, over breaks. @throws ApiProblem when refused for good */
  events(options?: FollowOptions): AsyncGenerator<Event, void, undefined>;
}

/** Unlike the live clock's, its timers keep the program alive that waits for them. */
const waitingClock: Pick<Clock, 'after' | 'nowMs'> = {
  nowMs: () => liveClock.nowMs(),
  after: (delayMs, fire) => {
    const handle = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

const RETRY: RetryOptions = { attempts: 4, firstDelayMs: 250, maxDelayMs: 30_000 };

/** A client of one server. All its calls throw ApiProblem when the server refuses. */
export function createClient(options: ClientOptions): RingbackClient {
  const { clock = waitingClock, rng = liveRng, ids = liveIds } = options;
  const send = options.fetch ?? ((request: Request) => fetch(request));
  const headers: Record<string, string> =
    options.key === undefined ? {} : { Authorization: `Bearer ${options.key}` };
  const http = createFetchClient<paths>({
    baseUrl: options.url,
    headers,
    fetch: retrying({ ...RETRY, ...options.retry }, { fetch: send, clock, rng, ids }),
  });
  http.use({
    onResponse: async ({ response }) => {
      if (response.status >= 400) throw await problemIn(response);
    },
  });
  const get = (path: string, init: RequestInit): Promise<Response> => {
    const url = `${options.url.replace(/\/+$/u, '')}${path}`;
    return send(new Request(url, { ...init, headers: { ...headers, ...init.headers } }));
  };
  return {
    http,
    each: (path, parameters) => eachItem(http, path, parameters),
    events: (what = {}) => follow(what, { get, clock }),
  };
}

/** The body of an answer: `await body(api.http.GET(...))`. @throws ApiProblem */
export async function body<Data>(
  answer: Promise<{ readonly data?: Data; readonly response: Response }>,
): Promise<Data> {
  const { data, response } = await answer;
  if (data === undefined) throw await problemIn(response);
  return data;
}

type GetPage<Item> = (path: string, init: object) => Promise<{ data?: Page<Item> }>;

async function* eachItem<Path extends ListPath>(
  http: Client<paths>,
  path: Path,
  parameters: ListParameters<Path> | undefined,
): AsyncGenerator<ItemOf<Path>, void, undefined> {
  // `ListPath` settles which paths are lists; openapi-fetch cannot be asked for "any of them".
  const getPage = http.GET as unknown as GetPage<ItemOf<Path>>;
  const { query, ...rest } = parameters ?? {};
  let cursor: string | null = null;
  do {
    const next = cursor === null ? {} : { cursor };
    const params = { ...rest, query: { ...query, ...next } };
    const { data }: { data?: Page<ItemOf<Path>> } = await getPage(path, { params });
    for (const item of data?.items ?? []) yield item;
    cursor = data?.nextCursor ?? null;
  } while (cursor !== null);
}
