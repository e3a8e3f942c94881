// Sending a request again when that is safe: after 429 always, because nothing was done; after 503,
// a broken connection, or while a first try is still being worked on, only what may be repeated:
// reads, and POSTs with an idempotency key.
import type { Clock, Ids, Rng } from '../../core/ports.ts';

export interface RetryOptions {
  /** Times a request is sent at most. */
  readonly attempts: number;
  /** The first wait; each further one may be twice as long. */
  readonly firstDelayMs: number;
  /** Longest wait, also when the server asks for more: then its answer is given back. */
  readonly maxDelayMs: number;
}

export interface RetryPorts {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly clock: Pick<Clock, 'after' | 'nowMs'>;
  readonly rng: Rng;
  readonly ids: Ids;
}

/** Like `fetch`, with idempotency keys on POSTs and with retries. */
export function retrying(
  options: RetryOptions,
  ports: RetryPorts,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', ports.ids.next());
    }
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt >= options.attempts;
      const response = await ports.fetch(request.clone()).catch((error: unknown) => {
        if (isLast || request.signal.aborted || !isRepeatable(request)) throw error;
        return null;
      });
      if (response !== null && (isLast || !mayRetry(request, response))) return response;
      const asked = response === null ? null : retryAfterMs(response, ports.clock.nowMs());
      if (response !== null && (asked ?? 0) > options.maxDelayMs) return response;
      await response?.body?.cancel();
      const backOff = Math.min(options.firstDelayMs * 2 ** (attempt - 1), options.maxDelayMs);
      // Between half of it and all of it, so that clients do not come back all at once.
      await waited(ports.clock, asked ?? backOff * (0.5 + ports.rng.next() / 2), request.signal);
    }
  };
}

/** Making API keys keeps no answers: its key is in the first one only. */
function isRepeatable({ method, url }: Request): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  return method === 'POST' && !new URL(url).pathname.endsWith('/api/v1/keys');
}

function mayRetry(request: Request, { status, headers }: Response): boolean {
  if (status === 429) return true;
  // 409 with Retry-After: the first request with this idempotency key is being worked on.
  const passes = status === 503 || (status === 409 && headers.has('Retry-After'));
  return passes && isRepeatable(request);
}

/** RFC 9110 s.10.2.3: seconds, or a date. Null: there is none. */
export function retryAfterMs({ headers }: Response, nowMs: number): number | null {
  const text = headers.get('Retry-After');
  if (text === null) return null;
  if (/^\d+$/u.test(text)) return Number(text) * 1_000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/** Resolves after a while; rejects at once when the signal aborts. */
export function waited(
  clock: Pick<Clock, 'after'>,
  delayMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
