// /self/{token}: the one callback of a customer, by a signed link, as a page of forms and as JSON.
// The token is all the proof there is: it is in the path, in no cookie and in no log, so no other
// page can make a browser use it.
import { createHash } from 'node:crypto';
import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { RingbackError } from '../../core/errors.ts';
import type { CallbackRecord } from '../../callback/index.ts';
import { permit } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { maskedText } from '../mask.ts';
import { limitedBodies } from '../middleware.ts';
import { toE164 } from '../phone-number.ts';
import { ApiError } from '../problem.ts';
import { RateLimiter } from '../rate-limit.ts';
import { desiredTimeMs } from '../routes/callbacks.ts';
import { isoTime } from '../schemas/common.ts';
import { requestInvalid } from '../validation.ts';
import { describeSelf, moveSchema, numberSchema, type CustomerView } from './description.ts';
import { linkOf, type LinkAction } from './links.ts';
import { answerPage, customerPage, STYLE } from './page.ts';
import { languageOf, LANGUAGES } from './words.ts';

type Deps = Pick<ApiDeps, 'access' | 'callbacks' | 'router' | 'config' | 'clock'>;
type Call = Context<ApiEnv>;

const ROOT = '/self/:token';
const MAX_BODY_BYTES = 4_096;
/** Of one link: looks and changes. */
const LOOKS = { perSecond: 0.5, burst: 30 };
const CHANGES = { perSecond: 0.01, burst: 5 };

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

const HEADERS = {
  'Content-Security-Policy':
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; ` +
    "frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
} as const;

export function selfRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  const { linkSecret: secret } = deps.access;
  const customer = new Customer(deps, secret);
  app.use('/self/*', limitedBodies(MAX_BODY_BYTES));
  app.get(ROOT, permit('session'), (c) => customer.show(c));
  const change = (path: string, action: LinkAction, act: (c: Call) => Promise<unknown>): void => {
    app.post(`${ROOT}/${path}`, permit('session'), (c) => customer.change(c, action, act));
  };
  change('move', 'move', (c) => customer.move(c));
  change('number', 'change-number', (c) => customer.renumber(c));
  change('cancel', 'cancel', (c) => customer.cancel(c));
  describeSelf(app);
}

class Customer {
  readonly #deps: Deps;
  readonly #secret: string;
  readonly #looks: RateLimiter;
  readonly #changes: RateLimiter;

  constructor(deps: Deps, secret: string) {
    this.#deps = deps;
    this.#secret = secret;
    this.#looks = new RateLimiter(deps.clock, LOOKS);
    this.#changes = new RateLimiter(deps.clock, CHANGES);
  }

  show(c: Call): Response {
    try {
      const { record, actions } = this.#link(c, 'view');
      const view = this.#view(record, actions);
      if (wantsJson(c)) return c.json(view, 200, HEADERS);
      const lang = languageOf(c.req.header('Accept-Language'));
      const base = c.req.path.replace(/\/$/, '');
      return c.html(customerPage(view, { lang, words: LANGUAGES[lang], base }), 200, HEADERS);
    } catch (error) {
      return this.#failed(c, error, null);
    }
  }

  async change(c: Call, action: LinkAction, act: (c: Call) => Promise<unknown>): Promise<Response> {
    const back = c.req.path.replace(/\/\w+$/, '');
    try {
      this.#sameOrigin(c);
      const { record } = this.#link(c, action);
      taken(this.#changes, record.id);
      await act(c);
      if (wantsJson(c)) return c.json({ done: true }, 200, HEADERS);
      const lang = languageOf(c.req.header('Accept-Language'));
      const words = LANGUAGES[lang];
      const isOver = action === 'cancel';
      const said = isOver ? words.cancelled : words.done;
      return c.html(answerPage(lang, words, said, isOver ? null : back), 200, HEADERS);
    } catch (error) {
      return this.#failed(c, error, back);
    }
  }

  async move(c: Call): Promise<unknown> {
    const { record } = this.#link(c, 'move');
    const wish = await bodyOf(c, moveSchema);
    const wanted = 'desiredTime' in wish ? wish.desiredTime : this.#instant(wish.localTime, record);
    const change = desiredTimeMs(this.#deps, record.queueId, wanted ?? undefined);
    return await this.#deps.callbacks.move(record.id, { desiredTimeMs: change });
  }

  async renumber(c: Call): Promise<unknown> {
    const { record } = this.#link(c, 'change-number');
    const { customerNumber: text } = await bodyOf(c, numberSchema);
    const customerNumber = toE164(text, this.#deps.config.defaultCountry, 'customerNumber');
    return await this.#deps.callbacks.move(record.id, { customerNumber });
  }

  async cancel(c: Call): Promise<unknown> {
    return await this.#deps.callbacks.cancel(this.#link(c, 'cancel').record.id);
  }

  /** @throws ApiError LINK_OVER, RATE_LIMITED */
  #link(c: Call, action: LinkAction) {
    const { callbacks, clock } = this.#deps;
    const link = linkOf(c.req.param('token') ?? '', this.#secret, clock.nowMs());
    const record = link === null ? null : callbacks.get(link.callbackId);
    const may = action === 'view' || (link?.actions.includes(action) ?? false);
    if (link === null || record === null || record.state === 'completed' || !may) {
      throw new ApiError('LINK_OVER', 'the link is over, or not for this');
    }
    c.set('actor', `link:${record.id}`);
    taken(this.#looks, record.id);
    return { record, actions: link.actions };
  }

  #view(record: CallbackRecord, actions: readonly LinkAction[]): CustomerView {
    const entry = this.#deps.router.entry(record.id);
    const seconds = this.#deps.router.estimate(record.id)?.ewtSeconds ?? -1;
    const isCalling = !['queued', 'scheduled', 'waiting-retry'].includes(record.state);
    const state = record.state === 'scheduled' ? 'scheduled' : 'waiting';
    const isPlaced = !isCalling && entry !== null && entry.position > 0;
    const promised = isPlaced ? (entry.promised ?? null) : null;
    return {
      state: isCalling ? 'calling' : state,
      position: isPlaced ? entry.position : null,
      waitSeconds: isPlaced && seconds >= 0 ? Math.round(seconds) : null,
      promised:
        promised === null ? null : { from: isoTime(promised.fromMs), to: isoTime(promised.toMs) },
      desiredTime: record.desiredTimeMs === null ? null : isoTime(record.desiredTimeMs),
      timeZone: this.#zoneOf(record),
      customerNumber: maskedText(record.customerNumber),
      actions,
    };
  }

  /** A time of the form, in the zone of the customer. */
  #instant(localTime: string, record: CallbackRecord): string | null {
    if (localTime === '') return null;
    try {
      const local = Temporal.PlainDateTime.from(localTime);
      return local.toZonedDateTime(this.#zoneOf(record)).toInstant().toString();
    } catch (cause) {
      throw new ApiError('REQUEST_INVALID', 'localTime is not a date and time', { cause });
    }
  }

  /** For programs a problem, for people a sentence that they understand. */
  #failed(c: Call, error: unknown, back: string | null): Response {
    const isKnown = error instanceof RingbackError && error.verdict.httpStatus < 500;
    if (wantsJson(c) || !isKnown) throw error;
    const lang = languageOf(c.req.header('Accept-Language'));
    const words = LANGUAGES[lang];
    const isOver = error.code === 'LINK_OVER';
    const reason = words.reasons[error.code] ?? '';
    const said = isOver ? words.over : `${words.failed} ${reason}`.trim();
    const status = error.verdict.httpStatus as 400;
    const more = error instanceof ApiError ? error.headers : {};
    const page = answerPage(lang, words, said, isOver ? null : back);
    return c.html(page, status, { ...more, ...HEADERS });
  }

  /** Of the customer, or else of the office; times of forms are meant in it. */
  #zoneOf({ timeZone, queueId }: CallbackRecord): string {
    const { queues, officeHours } = this.#deps.config;
    const queue = queues.find(({ id }) => id === queueId);
    const office = officeHours.find(({ id }) => id === queue?.callback.officeHours);
    return timeZone ?? office?.timeZone ?? 'UTC';
  }

  /**
   * A form of another page is refused, though it would have to know the token. Browsers send the
   * origin `null` for forms of a page without referrer, and tell the truth in `Sec-Fetch-Site`.
   */
  #sameOrigin(c: Call): void {
    const origin = c.req.header('Origin') ?? 'null';
    const { publicUrl } = this.#deps.config.http;
    const isOurs =
      origin === 'null' || origin === publicUrl || URL.parse(origin)?.host === c.req.header('Host');
    const site = c.req.header('Sec-Fetch-Site') ?? 'none';
    if (isOurs && (site === 'none' || site === 'same-origin')) return;
    throw new ApiError('LINK_ORIGIN_REFUSED', 'forms of other pages are not taken');
  }
}

function taken(limiter: RateLimiter, name: string): void {
  const { allowed, retryAfterSeconds } = limiter.take(name);
  if (allowed) return;
  throw new ApiError('RATE_LIMITED', 'too many requests with this link', {
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
}

function wantsJson(c: Call): boolean {
  return c.req.header('Accept')?.includes('application/json') ?? false;
}

/** The fields of a form or of a JSON object. @throws ApiError REQUEST_MALFORMED, REQUEST_INVALID */
async function bodyOf<S extends z.ZodType>(c: Call, schema: S): Promise<z.output<S>> {
  const isJson = c.req.header('Content-Type')?.startsWith('application/json') ?? false;
  const read: unknown = isJson
    ? await c.req.json().catch(malformed)
    : Object.fromEntries(new URLSearchParams(await c.req.text()));
  const found = schema.safeParse(read);
  if (found.success) return found.data;
  throw requestInvalid('json', found.error, read);
}

function malformed(): never {
  throw new ApiError('REQUEST_MALFORMED', 'the body is not valid JSON');
}
