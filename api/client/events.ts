// The event stream as an async iterator: typed events, and a new connection with Last-Event-ID
// whenever the old one breaks or falls silent, so that no event of a callback is missed.
import type { Clock } from '../../core/ports.ts';
import { ApiProblem, problemIn } from './problem.ts';
import { waited } from './retry.ts';
import { SseParser } from './sse.ts';
import type { components, paths } from './types.ts';

export type Event = components['schemas']['Event'];

export type EventQuery = NonNullable<paths['/api/v1/events']['get']['parameters']['query']>;

export interface FollowOptions extends EventQuery {
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** Told when the stream is open, also after a break. */
  readonly onOpen?: () => void;
  /** Told why a stream ended before the next one is opened. */
  readonly onBreak?: (reason: string) => void;
}

export interface FollowPorts {
  /** Sends a GET for this path and query with the key. */
  readonly get: (path: string, init: RequestInit) => Promise<Response>;
  readonly clock: Pick<Clock, 'after'>;
}

/** Until the server has proposed another one. */
const RECONNECT_MS = 3_000;
/** Three heartbeats of the server as it comes; a silent stream is a broken one. */
const SILENCE_MS = 45_000;

/**
 * Every event from now on, or after `after`; ends when the signal aborts.
 * @throws ApiProblem when the server refuses for good (400, 401, 403, 404)
 */
export async function* follow(
  { signal, onOpen, onBreak, ...query }: FollowOptions,
  ports: FollowPorts,
): AsyncGenerator<Event, void, undefined> {
  const stop = signal ?? new AbortController().signal;
  const state: Position = { lastId: null, retryMs: RECONNECT_MS };
  while (!stop.aborted) {
    try {
      for await (const event of connected(query, state, stop, onOpen, ports)) yield event;
      onBreak?.('the server ended the stream');
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof ApiProblem && isFinal(error.status)) throw error;
      onBreak?.(error instanceof Error ? error.message : String(error));
    }
    await waited(ports.clock, state.retryMs, stop).catch(() => undefined);
  }
}

interface Position {
  lastId: string | null;
  retryMs: number;
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/** The events of one connection. */
async function* connected(
  query: EventQuery,
  state: Position,
  stop: AbortSignal,
  onOpen: (() => void) | undefined,
  { get, clock }: FollowPorts,
): AsyncGenerator<Event, void, undefined> {
  const silent = new AbortController();
  const signal = AbortSignal.any([stop, silent.signal]);
  const listen = () =>
    clock.after(SILENCE_MS, () => silent.abort(new Error(`silent for ${SILENCE_MS / 1_000} s`)));
  let silence = listen();
  try {
    const headers: Record<string, string> =
      state.lastId === null ? {} : { 'Last-Event-ID': state.lastId };
    const response = await get(pathOf(query), { headers, signal });
    if (!response.ok || response.body === null) throw await problemIn(response);
    onOpen?.();
    const parser = new SseParser();
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      silence.cancel();
      silence = listen();
      for (const { id, retryMs, data } of parser.push(text)) {
        state.retryMs = retryMs ?? state.retryMs;
        if (data !== '') yield JSON.parse(data) as Event;
        // Only now: what was not taken comes again.
        state.lastId = id ?? state.lastId;
      }
    }
  } finally {
    silence.cancel();
  }
}

function pathOf(query: EventQuery): string {
  const parameters = new URLSearchParams(
    Object.entries(query).filter(([, value]) => value !== undefined),
  );
  return `/api/v1/events?${parameters.toString()}`;
}
