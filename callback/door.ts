// Who is let in: hours, slots, limits and duplicates decide whether a request can be promised, and
// what is proposed instead. Knows the unfinished callbacks through the book; changes nothing but
// its own counts. PURE.
import { badRequest, conflict, limited, notFound } from '../core/errors.ts';
import type { RingbackError } from '../core/errors.ts';
import type { Book } from './book.ts';
import type { CallbackLimits, CallbackSettings, CreateCallback, OpeningTimes } from './model.ts';
import { longestWindowMs, RateBook } from './rates.ts';
import type { Accepted } from './rates.ts';
import { checkRequest, duplicate, tooManyCallbacks } from './requests.ts';
import type { MoveCallback } from './schedule.ts';
import type { CallbackPromise } from './state.ts';
import { Hours } from './time/hours.ts';
import type { Callee, HoursOptions } from './time/hours.ts';
import { isTimeZone } from './time/calendar.ts';
import type { Calendar, Period } from './time/calendar.ts';
import { freeSlots, placesAt, proposeSlots, slotAround, slotsBetween } from './time/slots.ts';
import type { FreeSlot, SlotPlan, SlotRange, SlotTable } from './time/slots.ts';

/** Nothing but one waiting callback for each number. */
export const defaultLimits: CallbackLimits = {
  waitingPerNumber: 1,
  perNumber: null,
  perQueue: [],
  perKey: [],
  maxWaiting: null,
};

/** How many other times a refusal proposes. */
const maxProposals = 5;
/** Slots one question may ask for. */
const maxSlotsAsked = 1_000;

/** What a request was let in with. */
export interface Admission {
  readonly settings: CallbackSettings;
  /** The first moment at which its customer may be called, counted from when it is due. */
  readonly dialAllowedAtMs: number;
}

/** Who asks, and for when. */
interface Wish extends Callee {
  readonly queueId: string;
  readonly desiredTimeMs: number | null;
  /** The time it is promised for so far, whose place it leaves. */
  readonly leavesMs?: number | null;
}

export class Door implements OpeningTimes {
  readonly #settings: ReadonlyMap<string, CallbackSettings>;
  readonly #hours: Hours;
  readonly #book: Book;
  readonly #rates = new RateBook();

  constructor(settings: readonly CallbackSettings[], hours: HoursOptions, book: Book) {
    this.#settings = new Map(settings.map((own) => [own.queueId, own]));
    this.#hours = new Hours(hours);
    this.#book = book;
  }

  /** Callbacks accepted longer ago than this count against no limit. */
  get longestWindowMs(): number {
    return longestWindowMs(
      [...this.#settings.values()].map(({ limits = defaultLimits }) => limits),
    );
  }

  /**
   * @param predictedWaitMs how long a new callback would wait; null: not known
   * @throws RingbackError of checkRequest, CALLBACK_DUPLICATE, CALLBACK_RATE_LIMITED (429),
   *   CALLBACK_LIMIT_REACHED, and those of `checkTime`
   */
  admit(request: CreateCallback, nowMs: number, predictedWaitMs: number | null): Admission {
    const settings = checkRequest(request, this.#settings, nowMs);
    checkTimeZone(request.timeZone);
    const { limits = defaultLimits } = settings;
    this.#checkWaiting(request.queueId, request.customerNumber, limits);
    const exceeded = this.#rates.exceeded(request, limits, nowMs);
    if (exceeded !== null) throw rateLimited(exceeded, nowMs);
    return {
      settings,
      dialAllowedAtMs: this.#checkTime(settings, request, nowMs, predictedWaitMs),
    };
  }

  /** Counts what was accepted, or had been before the start; the answer takes that back. */
  accepted(accepted: Accepted, atMs: number): () => void {
    const { limits = defaultLimits } = this.#settings.get(accepted.queueId) ?? {};
    return this.#rates.accept(accepted, limits, atMs);
  }

  /**
   * Whether a callback can be moved so.
   * @throws RingbackError of checkRequest about times, CALLBACK_DUPLICATE, and those of `checkTime`
   */
  admitMove(promise: CallbackPromise, change: MoveCallback, nowMs: number): Admission {
    const { customerNumber, queueId } = promise;
    const wish = {
      queueId,
      customerNumber: change.customerNumber ?? customerNumber,
      timeZone: (change.timeZone === undefined ? promise.timeZone : change.timeZone) ?? null,
      leavesMs: promise.desiredTimeMs,
      desiredTimeMs:
        change.desiredTimeMs === undefined ? promise.desiredTimeMs : change.desiredTimeMs,
    };
    const settings = this.#settings.get(queueId);
    if (settings === undefined) {
      throw notFound('CALLBACK_QUEUE_UNKNOWN', 'no callback settings for this queue', { queueId });
    }
    checkTimeZone(wish.timeZone);
    if (wish.customerNumber !== customerNumber) {
      this.#checkWaiting(queueId, wish.customerNumber, settings.limits ?? defaultLimits);
    }
    const sameZone = wish.timeZone === (promise.timeZone ?? null);
    if (wish.desiredTimeMs === promise.desiredTimeMs && sameZone) {
      return { settings, dialAllowedAtMs: this.dialAllowedAtMs(wish, nowMs) };
    }
    checkRequest({ ...moveless, ...wish }, this.#settings, nowMs);
    return { settings, dialAllowedAtMs: this.#checkTime(settings, wish, nowMs, null) };
  }

  /** When the customer may be called, from `atMs` on; Infinity: not within a year. */
  dialAllowedAtMs(callee: Callee & { readonly queueId: string }, atMs: number): number {
    const office = this.#settings.get(callee.queueId)?.officeHours;
    return this.#hours.dialAllowedAtMs(office, callee, atMs);
  }

  /** Open office hours of a queue between two moments; null: it keeps none and is always open. */
  openPeriods(queueId: string, fromMs: number, toMs: number): readonly Period[] | null {
    const office = this.#hours.office(this.#settings.get(queueId)?.officeHours);
    return office?.periods(fromMs, toMs) ?? null;
  }

  /** Slots with free places; null: the queue has no slots, any open time can be asked for. */
  availability(
    queueId: string,
    range: { readonly fromMs: number; readonly toMs: number; readonly limit: number },
  ): readonly FreeSlot[] | null {
    const settings = this.#settings.get(queueId);
    const office = this.#hours.office(settings?.officeHours);
    if (!settings?.slots || office === null) return null;
    const limit = Math.min(range.limit, maxSlotsAsked);
    return freeSlots(settings.slots, office, this.#booked(queueId, settings.slots), {
      ...range,
      limit,
    });
  }

  office(name: string): Calendar | null {
    return this.#hours.office(name);
  }

  slots(queueId: string, { fromMs, toMs, limit, fullToo }: SlotRange): SlotTable | null {
    const { slots: plan, officeHours } = this.#settings.get(queueId) ?? {};
    const office = this.#hours.office(officeHours);
    if (!plan || office === null) return null;
    const booked = this.#booked(queueId, plan);
    const slots = slotsBetween(plan, office, fromMs, toMs)
      .map((slot) => ({ ...slot, free: Math.max(0, slot.places - booked(slot.startMs)) }))
      .filter(({ free }) => fullToo || free > 0)
      .take(Math.min(limit, maxSlotsAsked));
    return { minutes: plan.minutes, timeZone: office.timeZone, slots: [...slots] };
  }

  #booked(queueId: string, plan: SlotPlan): (startMs: number) => number {
    const lengthMs = plan.minutes * 60_000;
    return (startMs) => this.#book.bookings.count(queueId, startMs, startMs + lengthMs);
  }

  #checkWaiting(queueId: string, customerNumber: string, limits: CallbackLimits): void {
    const waiting = this.#book.waitingIds(queueId, customerNumber);
    const [oldest] = waiting;
    if (oldest !== undefined && waiting.length >= (limits.waitingPerNumber ?? Infinity)) {
      throw duplicate(oldest);
    }
    if (this.#book.unfinishedIn(queueId) >= (limits.maxWaiting ?? Infinity)) {
      throw tooManyCallbacks(limits.maxWaiting ?? 0);
    }
  }

  /**
   * The time asked for is possible: answers from when on the customer may be called.
   * @throws RingbackError CALLBACK_CLOSED, CALLBACK_NOT_BEFORE_CLOSING, CALLBACK_QUIET_HOURS,
   *   CALLBACK_SLOT_FULL; all with `alternatives` where there are some
   */
  #checkTime(
    settings: CallbackSettings,
    wish: Wish,
    nowMs: number,
    predictedWaitMs: number | null,
  ): number {
    const dueAtMs = Math.max(nowMs, wish.desiredTimeMs ?? nowMs);
    const office = this.#hours.office(settings.officeHours);
    const refusal = (code: string, message: string, facts: object = {}): RingbackError =>
      conflict(code, message, { ...facts, alternatives: this.#alternatives(wish, nowMs) });
    const isScheduled = wish.desiredTimeMs !== null && wish.desiredTimeMs > nowMs;
    const allowedAtMs = this.dialAllowedAtMs(wish, dueAtMs);
    if (office !== null && !office.isOpen(dueAtMs)) {
      if (isScheduled || settings.whenClosed === 'refuse') {
        const opensAtMs = office.opensAtMs(dueAtMs);
        throw refusal('CALLBACK_CLOSED', 'the office is closed at that time', { opensAtMs });
      }
    } else if (!isScheduled && settings.refuseNotBeforeClosing === true) {
      const closesAtMs = office?.closesAtMs(nowMs) ?? Infinity;
      if (nowMs + (predictedWaitMs ?? 0) >= closesAtMs) {
        const message = 'nobody could call before the office closes';
        throw refusal('CALLBACK_NOT_BEFORE_CLOSING', message, { closesAtMs, predictedWaitMs });
      }
    }
    if (isScheduled && allowedAtMs > dueAtMs) {
      throw refusal('CALLBACK_QUIET_HOURS', 'the customer may not be called at that time');
    }
    if (allowedAtMs === Infinity) {
      throw refusal('CALLBACK_CLOSED', 'there is no time at which the customer may be called');
    }
    if (isScheduled && this.#isFull(settings, wish, dueAtMs)) {
      throw refusal('CALLBACK_SLOT_FULL', 'no place is free at that time');
    }
    return allowedAtMs;
  }

  #isFull({ slots, officeHours }: CallbackSettings, wish: Wish, atMs: number): boolean {
    const office = this.#hours.office(officeHours);
    if (!slots || office === null) return false;
    const slot = slotAround(slots, office, atMs);
    const { queueId, leavesMs = null } = wish;
    const own = leavesMs !== null && slot.startMs <= leavesMs && leavesMs < slot.endMs ? 1 : 0;
    const booked = this.#booked(queueId, slots)(slot.startMs) - own;
    return booked >= placesAt(slots, office, slot.startMs);
  }

  /** Other times that would be accepted, ISO 8601, nearest to the one asked for. */
  #alternatives(wish: Wish, nowMs: number): readonly string[] {
    const { slots, officeHours } = this.#settings.get(wish.queueId) ?? {};
    const office = this.#hours.office(officeHours);
    const atMs = Math.max(nowMs, wish.desiredTimeMs ?? nowMs);
    if (!slots || office === null) {
      const nextMs = this.dialAllowedAtMs(wish, atMs);
      return Number.isFinite(nextMs) && nextMs > atMs ? [iso(nextMs)] : [];
    }
    const wanted = { atMs, notBeforeMs: nowMs, limit: maxSlotsAsked };
    return proposeSlots(slots, office, this.#booked(wish.queueId, slots), wanted)
      .filter(({ startMs }) => this.dialAllowedAtMs(wish, startMs) === startMs)
      .sort((a, b) => Math.abs(a.startMs - atMs) - Math.abs(b.startMs - atMs))
      .slice(0, maxProposals)
      .sort((a, b) => a.startMs - b.startMs)
      .map(({ startMs }) => iso(startMs));
  }
}

/** What a move does not say, as a request. */
const moveless = {
  ...{ arrivedAtMs: null, priority: null, dialMode: null, firstParty: null, maxAttempts: null },
  ...{ retryGapSeconds: null, requiredSkills: [], userData: {}, idempotencyKey: null },
} as const;

function iso(atMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toString();
}

function checkTimeZone(timeZone: string | null | undefined): void {
  if (timeZone === null || timeZone === undefined || isTimeZone(timeZone)) return;
  throw badRequest('CALLBACK_TIME_ZONE_UNKNOWN', 'there is no such time zone', { timeZone });
}

function rateLimited(
  {
    by,
    limit,
    retryAtMs,
  }: { readonly by: string; readonly limit: object; readonly retryAtMs: number },
  nowMs: number,
): RingbackError {
  const retryAfterSeconds = Math.max(1, Math.ceil((retryAtMs - nowMs) / 1_000));
  const fields = { by, ...limit, retryAfterSeconds };
  return limited('CALLBACK_RATE_LIMITED', 'too many callbacks were asked for', fields);
}
