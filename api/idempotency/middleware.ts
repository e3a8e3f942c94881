// `Idempotency-Key` on every POST: the same key and the same request get the first answer again,
// and nothing is done twice. Making a callback keeps its key in the promise's own transaction.
import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { ApiError } from '../problem.ts';
import { createHeadersSchema } from '../schemas/callbacks.ts';
import { requestInvalid } from '../validation.ts';
import type { AnswerStore, KeptAnswer, KnownKey } from './store.ts';

const DAY_MS = 86_400_000;
const KEPT_HEADERS = ['Content-Type', 'Location', 'ETag'] as const;
/** Those keep their keys themselves. */
const OWN_KEYS: ReadonlySet<string> = new Set(['/api/v1/callbacks', '/api/v1/chats']);

/**
 * Leaves what knows repeated requests to the guards of routes: it goes between a guard and the
 * work, so that nobody without the permission gets an answer that was kept.
 */
export function idempotent(
  store: AnswerStore,
  { clock, config }: Pick<ApiDeps, 'clock' | 'config'>,
): MiddlewareHandler<ApiEnv> {
  const repeatable = repeatableBy(store, { clock, config });
  return (c, next) => {
    c.set('repeatable', repeatable);
    return next();
  };
}

/** Needs to know who asks; keys of two API keys are apart. */
function repeatableBy(
  store: AnswerStore,
  { clock, config }: Pick<ApiDeps, 'clock' | 'config'>,
): MiddlewareHandler<ApiEnv> {
  const keptMs = config.retention.idempotencyDays * DAY_MS;
  return async (c, next) => {
    const sent = c.req.header('Idempotency-Key');
    if (sent === undefined || c.req.method !== 'POST' || OWN_KEYS.has(c.req.path)) return next();
    const read = createHeadersSchema.safeParse({ 'Idempotency-Key': sent });
    if (!read.success) throw requestInvalid('header', read.error);
    const id = `${c.get('keyName') ?? ''}\n${sent}`;
    const hash = await hashOf(c);
    const known = store.begin(id, hash, clock.nowMs(), keptMs);
    if (known !== null) return answerAgain(known, hash, sent);
    await next();
    const { status } = c.res;
    // These say that nothing was done, so that the request may be sent again, also changed.
    if ((status >= 400 && status < 500) || status === 503) return store.free(id);
    if (c.get('isAnswerSecret') === true) return store.keepStatus(id, status);
    store.keep(id, await keptOf(c.res));
  };
}

/**
 * @throws ApiError IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_BUSY, IDEMPOTENCY_ANSWER_NOT_KEPT,
 *   IDEMPOTENCY_OUTCOME_UNKNOWN
 */
function answerAgain({ requestHash, answer, isRunning }: KnownKey, hash: string, key: string) {
  const fields = { idempotencyKey: key.slice(0, 64) };
  if (requestHash !== hash) {
    const message = 'the idempotency key was used for another request';
    throw new ApiError('IDEMPOTENCY_KEY_REUSED', message, { fields });
  }
  if (isRunning) {
    const message = 'the first request with this key is being worked on';
    const headers = { 'Retry-After': '1' };
    throw new ApiError('IDEMPOTENCY_KEY_BUSY', message, { fields, headers });
  }
  if (answer === null) {
    const message = 'what came of the first request with this key is not known';
    throw new ApiError('IDEMPOTENCY_OUTCOME_UNKNOWN', message, { fields });
  }
  if (answer === 'not kept') {
    const message = 'it was done, but its answer showed a secret and is not kept';
    throw new ApiError('IDEMPOTENCY_ANSWER_NOT_KEPT', message, { fields });
  }
  const headers = { ...answer.headers, 'Idempotency-Replayed': 'true' };
  const body = answer.body === '' ? null : answer.body;
  return new Response(body, { status: answer.status, headers });
}

async function keptOf(response: Response): Promise<KeptAnswer> {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const body = await response.clone().text();
  return { status: response.status, headers: Object.fromEntries(headers), body };
}

/** Over everything that makes the request what it is, and what the one who asks may see. */
async function hashOf(c: Context<ApiEnv>): Promise<string> {
  const { pathname, search } = new URL(c.req.url);
  const type = c.req.header('Content-Type') ?? '';
  const lines = c.get('identity')?.lines ?? null;
  return createHash('sha256')
    .update(`${c.req.method} ${pathname}${search}\n${type}\n${JSON.stringify(lines)}\n`)
    .update(new Uint8Array(await c.req.arrayBuffer()))
    .digest('base64url');
}
