// The driver of live calls: steps each in memory, performs effects over the ports, and turns a
// caller who gave up into a callback. Bounded; a port that throws is an event.
import type { Clock, Log, Timer } from '../core/ports.ts';
import { RingbackError } from '../core/errors.ts';
import { DueTimes } from './due-times.ts';
import type { OfferAnswer } from './facts.ts';
import { beginLiveCall, stepLiveCall } from './live-call.ts';
import type { CallerArrival, LiveCallEffect, LiveCallEvent, LiveCallState } from './live-state.ts';
import type { Callbacks, CallbackSettings, CreateCallback } from './model.ts';
import { perform } from './perform.ts';
import type { CallIns } from './runner.ts';
import type { Agents, CallEvent, Calls } from './ports.ts';

/** One caller on the line, for others to look at. */
export interface LiveCallView extends CallerArrival {
  readonly state: 'waiting' | 'ringing' | 'joining' | 'connected' | 'apologizing' | 'over';
  readonly sinceMs: number;
  readonly agentId: string | null;
}

export interface LiveCalls {
  /** The adapter answered a caller. Too many calls or an unknown queue: hung up. */
  callerArrived(arrival: CallerArrival): void;
  /** Callers on the line, in order of arrival. */
  list(): readonly LiveCallView[];
  /** One of them; null when it is not on the line. */
  get(interactionId: string): LiveCallView | null;
  /** Ends all live calls; who still waited is promised a callback. Stop callbacks after this. */
  stop(): void;
}

export interface LiveCallDeps {
  readonly calls: Calls;
  readonly agents: Agents;
  readonly callbacks: Pick<Callbacks, 'create' | 'cancel'> & CallIns;
  /** How long somebody who comes now would wait in a queue; null: not known. */
  readonly predictedWaitMs?: (queueId: string) => number | null;
  /** A number entered by keys as E.164; null: none that may be called. Without it: none is. */
  readonly readNumber?: (digits: string) => string | null;
  /** A callback was offered to a caller, or answered. */
  readonly countOffer?: (queueId: string, answer: OfferAnswer, atMs: number) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Callers on the line at one time. */
const maxLiveCalls = 2_000;
/** How often a callback for a lost caller is tried when the store cannot take it, and how soon. */
const promiseTries = 10;
const promiseRetryMs = 2_000;

export function createLiveCalls(
  options: { readonly settings: readonly CallbackSettings[] },
  deps: LiveCallDeps,
): LiveCalls {
  return new LiveRunner(options.settings, deps);
}

class LiveRunner implements LiveCalls {
  readonly #settings: ReadonlyMap<string, CallbackSettings>;
  readonly #deps: LiveCallDeps;
  readonly #calls = new Map<string, LiveCallState>();
  readonly #due = new DueTimes();
  /** Steps of one call may cause news of another at once: one after the other, never nested. */
  readonly #pending: { readonly id: string; readonly event: LiveCallEvent }[] = [];
  #stepping = false;
  #stopped = false;
  #timer: Timer | null = null;

  constructor(settings: readonly CallbackSettings[], deps: LiveCallDeps) {
    this.#settings = new Map(settings.map((own) => [own.queueId, own]));
    this.#deps = deps;
    deps.calls.onEvent((id, _attemptKey, event) => {
      if (event.type === 'transferred-to-queue') return this.#transferred(id, event);
      this.#hear(id, { type: 'call-reported', atMs: deps.clock.nowMs(), event });
    });
    deps.agents.onNotice((id, notice) => {
      this.#hear(id, { type: 'agent-noticed', atMs: deps.clock.nowMs(), notice });
    });
  }

  callerArrived(arrival: CallerArrival): void {
    const { interactionId, queueId } = arrival;
    if (this.#calls.has(interactionId)) return;
    const settings = this.#settings.get(queueId);
    if (settings === undefined || this.#calls.size >= maxLiveCalls) {
      this.#deps.log.warn('live-call-refused', { interactionId, queueId });
      this.#perform(interactionId, { type: 'end-contact', reason: 'no queue for this call' });
      return;
    }
    const waiting = this.#callbackOf(arrival, settings);
    const [state, effects] = beginLiveCall(arrival, settings, this.#deps.clock.nowMs(), waiting);
    this.#deps.log.info('live-call-arrived', { interactionId, queueId });
    this.#stepping = true;
    this.#take(interactionId, state, effects);
    this.#stepping = false;
    this.#stepPending();
  }

  /** The callback that waits for a caller, where the queue cares. */
  #callbackOf(arrival: CallerArrival, { whenCallsIn = 'ignore' }: CallbackSettings): string | null {
    const { queueId, callerNumber: customerNumber } = arrival;
    if (whenCallsIn === 'ignore' || customerNumber === null) return null;
    return this.#deps.callbacks.waitingFor(queueId, { customerNumber });
  }

  /** A customer comes from a conversation, a callback's or one of ours; that place is given up. */
  #transferred(
    interactionId: string,
    { queueId, customerNumber }: Extract<CallEvent, { type: 'transferred-to-queue' }>,
  ): void {
    this.#calls.delete(interactionId);
    this.#deps.agents.interactionEnded(interactionId);
    const arrivedAtMs = this.#deps.clock.nowMs();
    this.callerArrived({ interactionId, queueId, callerNumber: customerNumber, arrivedAtMs });
  }

  list(): readonly LiveCallView[] {
    return [...this.#calls.values()].map(viewOf);
  }

  get(interactionId: string): LiveCallView | null {
    const state = this.#calls.get(interactionId);
    return state === undefined ? null : viewOf(state);
  }

  stop(): void {
    const atMs = this.#deps.clock.nowMs();
    for (const id of [...this.#calls.keys()]) {
      const event = { type: 'call-lost', reason: 'shutdown' } as const;
      this.#hear(id, { type: 'call-reported', atMs, event });
    }
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #hear(id: string, event: LiveCallEvent): void {
    if (!this.#calls.has(id)) return;
    this.#pending.push({ id, event });
    this.#stepPending();
  }

  #stepPending(): void {
    if (this.#stepping) return;
    this.#stepping = true;
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      const before = this.#calls.get(next.id);
      if (before === undefined) continue;
      const [state, effects] = stepLiveCall(before, next.event);
      if (state !== before) this.#take(next.id, state, effects);
    }
    this.#stepping = false;
    this.#arm();
  }

  #take(id: string, state: LiveCallState, effects: readonly LiveCallEffect[]): void {
    if (state.phase.name === 'over') {
      this.#calls.delete(id);
      const { reason } = state.phase;
      this.#deps.log.info('live-call-over', { interactionId: id, reason });
    } else this.#calls.set(id, state);
    this.#due.set(id, state.phase.name === 'over' ? null : state.wakeAtMs);
    for (const effect of effects) this.#perform(id, effect);
  }

  #perform(id: string, effect: LiveCallEffect): void {
    try {
      this.#act(id, effect);
    } catch (fault) {
      const { type: command } = effect;
      this.#deps.log.warn('live-call-command-failed', {
        interactionId: id,
        command,
        reason: String(fault),
      });
      this.#hear(id, { type: 'command-failed', atMs: this.#deps.clock.nowMs(), command });
    }
  }

  #act(id: string, effect: LiveCallEffect): void {
    const { clock, callbacks, readNumber, countOffer } = this.#deps;
    const queueId = this.#calls.get(id)?.arrival.queueId ?? '';
    switch (effect.type) {
      case 'promise-callback':
        return void this.#promise(effect.arrival, promiseTries);
      case 'offer-callback':
        return void this.#offer(id, effect.arrival);
      case 'take-place':
        return void this.#takePlace(id, effect.callbackId);
      case 'take-place-by-code':
        return void this.#takePlace(id, callbacks.waitingFor(queueId, { returnCode: effect.code }));
      case 'cancel-callback':
        return void this.#cancel(id, effect.callbackId);
      case 'check-number': {
        const number = readNumber?.(effect.digits) ?? null;
        return this.#hear(id, { type: 'number-checked', atMs: clock.nowMs(), number });
      }
      case 'count-offer':
        this.#deps.log.info(`offer-${effect.answer}`, { interactionId: id, queueId });
        return countOffer?.(queueId, effect.answer, clock.nowMs());
      default:
        return perform(effect, id, this.#deps);
    }
  }

  /** Writes down the callback a caller wished for, and says whether it is; never throws. */
  async #offer(id: string, arrival: CallerArrival): Promise<void> {
    const { log, clock, callbacks } = this.#deps;
    let isPromised = false;
    try {
      const { record } = await callbacks.create(callbackFor(arrival));
      isPromised = true;
      log.info('live-call-kept-as-callback', { interactionId: id, callbackId: record.id });
    } catch (fault) {
      log.warn('live-call-not-kept', { interactionId: id, reason: String(fault) });
    }
    this.#hear(id, { type: 'callback-answered', atMs: clock.nowMs(), isPromised });
  }

  /** The place of a callback goes over to a caller, if there is one; never throws. */
  async #takePlace(id: string, callbackId: string | null): Promise<void> {
    const { log, clock, callbacks } = this.#deps;
    if (callbackId === null) return log.info('return-code-unknown', { interactionId: id });
    try {
      const place = await callbacks.merge(callbackId);
      log.info('live-call-took-place', { interactionId: id, callbackId });
      this.#hear(id, { type: 'place-answered', atMs: clock.nowMs(), place });
    } catch (fault) {
      log.warn('live-call-place-not-taken', { interactionId: id, callbackId, fault });
    }
  }

  async #cancel(id: string, callbackId: string): Promise<void> {
    try {
      await this.#deps.callbacks.cancel(callbackId);
    } catch (fault) {
      this.#deps.log.warn('live-call-callback-not-cancelled', {
        interactionId: id,
        callbackId,
        fault,
      });
    }
  }

  /** Creates the callback of a caller who is gone; never throws. */
  async #promise(arrival: CallerArrival, triesLeft: number): Promise<void> {
    const { interactionId } = arrival;
    const { log, clock, callbacks } = this.#deps;
    try {
      const { record } = await callbacks.create(callbackFor(arrival));
      log.info('live-call-kept-as-callback', { interactionId, callbackId: record.id });
    } catch (fault) {
      const retryable = fault instanceof RingbackError && fault.verdict.retryable;
      log.warn('live-call-not-kept', { interactionId, reason: String(fault), retryable });
      if (!retryable || triesLeft <= 1 || this.#stopped) return;
      clock.after(promiseRetryMs, () => void this.#promise(arrival, triesLeft - 1));
    }
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const dueMs = this.#due.next();
    if (dueMs === null) return;
    const { clock } = this.#deps;
    this.#timer = clock.after(Math.max(0, dueMs - clock.nowMs()), () => {
      this.#timer = null;
      const atMs = clock.nowMs();
      for (const id of this.#due.takeDue(atMs)) {
        const queueId = this.#calls.get(id)?.arrival.queueId ?? '';
        const predictedWaitMs = this.#deps.predictedWaitMs?.(queueId) ?? null;
        this.#hear(id, { type: 'time-passed', atMs, predictedWaitMs });
      }
      this.#arm();
    });
  }
}

function viewOf({ arrival, phase, sinceMs }: LiveCallState): LiveCallView {
  const agentId = 'agent' in phase ? phase.agent.agentId : null;
  const state = phase.name === 'promising' ? 'waiting' : phase.name;
  return { ...arrival, state, sinceMs, agentId };
}

/** The callback that keeps the caller's place. Only asked for when the number is known. */
function callbackFor(arrival: CallerArrival): CreateCallback {
  return {
    queueId: arrival.queueId,
    customerNumber: arrival.callerNumber ?? '',
    desiredTimeMs: null,
    arrivedAtMs: arrival.arrivedAtMs,
    priority: null,
    dialMode: null,
    firstParty: null,
    maxAttempts: null,
    retryGapSeconds: null,
    requiredSkills: [],
    userData: { originatingInteractionId: arrival.interactionId },
    idempotencyKey: `abandoned-${arrival.interactionId}`,
  };
}
