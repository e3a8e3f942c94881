// The driver of calls to access numbers: steps each in memory until a callback takes it over, it
// goes into a queue, or it ends. Bounded; a port that throws is an event.
import { RingbackError } from '../core/errors.ts';
import type { Clock, Log, Timer } from '../core/ports.ts';
import { beginAccessCall, stepAccessCall } from './access-call.ts';
import type {
  AccessArrival,
  AccessCallEffect,
  AccessCallEvent,
  AccessCallState,
  AccessNumber,
} from './access-call.ts';
import { DueTimes } from './due-times.ts';
import type { CallerArrival } from './live-state.ts';
import type { Callbacks, CallbackSettings } from './model.ts';
import type { Calls } from './ports.ts';
import type { CallIns } from './runner.ts';

export interface AccessCalls {
  /** Whether callers of this number may have a callback that awaits them. */
  isAccessNumber(called: string): boolean;
  /** The adapter answered a caller of an access number. Too many of them: hung up. */
  callerArrived(arrival: AccessArrival): void;
  /** The queue whose language a caller hears; null: not one of these calls. */
  queueOf(interactionId: string): string | null;
  stop(): void;
}

export interface AccessCallDeps {
  readonly calls: Calls;
  readonly callbacks: Pick<Callbacks, 'callIns'> & Pick<CallIns, 'callIn'>;
  /** A caller who is nobody's waits in a queue as any other. */
  readonly enterQueue: (arrival: CallerArrival) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Calls to access numbers at one time that are not known yet. */
const maxAccessCalls = 1_000;

export function createAccessCalls(
  options: { readonly settings: readonly CallbackSettings[] },
  deps: AccessCallDeps,
): AccessCalls {
  return new AccessRunner(options.settings, deps);
}

class AccessRunner implements AccessCalls {
  readonly #numbers: ReadonlyMap<string, AccessNumber>;
  readonly #deps: AccessCallDeps;
  readonly #calls = new Map<string, AccessCallState>();
  readonly #due = new DueTimes();
  #timer: Timer | null = null;

  constructor(settings: readonly CallbackSettings[], deps: AccessCallDeps) {
    this.#numbers = numbersOf(settings);
    this.#deps = deps;
    deps.calls.onEvent((id, _attemptKey, event) => {
      this.#hear(id, { type: 'call-reported', atMs: deps.clock.nowMs(), event });
    });
  }

  isAccessNumber(called: string): boolean {
    return this.#numbers.has(called);
  }

  callerArrived(arrival: AccessArrival): void {
    const { interactionId, accessNumber } = arrival;
    const number = this.#numbers.get(accessNumber);
    if (number === undefined || this.#calls.size >= maxAccessCalls) {
      this.#deps.log.warn('access-call-refused', { interactionId });
      return this.#deps.calls.endContact(interactionId, 'no place for this call');
    }
    this.#deps.log.info('access-call-arrived', { interactionId, queueId: number.queueId });
    this.#take(interactionId, ...beginAccessCall(arrival, number));
  }

  queueOf(interactionId: string): string | null {
    return this.#calls.get(interactionId)?.number.queueId ?? null;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    for (const id of this.#calls.keys()) this.#deps.calls.endContact(id, 'shutting down');
    this.#calls.clear();
  }

  #hear(id: string, event: AccessCallEvent): void {
    const before = this.#calls.get(id);
    if (before === undefined) return;
    const [state, effects] = stepAccessCall(before, event);
    if (state !== before) this.#take(id, state, effects);
  }

  #take(id: string, state: AccessCallState, effects: readonly AccessCallEffect[]): void {
    if (state.phase.name === 'over') this.#calls.delete(id);
    else this.#calls.set(id, state);
    this.#due.set(id, state.wakeAtMs);
    for (const effect of effects) this.#perform(id, state, effect);
    this.#arm();
  }

  #perform(id: string, state: AccessCallState, effect: AccessCallEffect): void {
    const { calls, clock, log } = this.#deps;
    try {
      this.#act(id, state, effect);
    } catch (fault) {
      const { type: command } = effect;
      log.warn('access-call-command-failed', { interactionId: id, command, fault });
      if (command === 'look-up') calls.endContact(id, 'nobody can be looked up');
      this.#hear(id, { type: 'command-failed', atMs: clock.nowMs(), command });
    }
  }

  #act(id: string, { arrival }: AccessCallState, effect: AccessCallEffect): void {
    const { calls, callbacks, clock, enterQueue, log } = this.#deps;
    const { accessNumber, callerNumber, arrivedAtMs } = arrival;
    switch (effect.type) {
      case 'look-up': {
        const { accessCode } = effect;
        const finding = callbacks.callIns.find({ accessNumber, callerNumber, accessCode });
        const by = accessCode === null ? 'number' : 'code';
        log.info('access-call-looked-up', { interactionId: id, by, found: finding.kind });
        return this.#hear(id, { type: 'looked-up', atMs: clock.nowMs(), finding });
      }
      case 'claim':
        return void this.#claim(id, effect.callbackId);
      case 'enter-queue': {
        const queueId = this.#numbers.get(accessNumber)?.queueId ?? '';
        return enterQueue({ interactionId: id, queueId, callerNumber, arrivedAtMs });
      }
      case 'play-to-customer':
        return calls.playToCustomer(id, effect.treatment, effect.loop);
      case 'end-contact':
        return calls.endContact(id, effect.reason);
    }
  }

  /** Has the callback take the call over, and says what came of it; never throws. */
  async #claim(id: string, callbackId: string): Promise<void> {
    const { callbacks, clock, log } = this.#deps;
    let answer: 'taken-over' | 'too-late' | 'failed' = 'taken-over';
    try {
      await callbacks.callIn(callbackId, id);
      log.info('access-call-taken-over', { interactionId: id, callbackId });
    } catch (fault) {
      const isOurs = fault instanceof RingbackError && !fault.verdict.retryable;
      answer = isOurs ? 'too-late' : 'failed';
      log.warn('access-call-not-taken-over', { interactionId: id, callbackId, answer, fault });
    }
    this.#hear(id, { type: 'claim-answered', atMs: clock.nowMs(), answer });
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
      for (const id of this.#due.takeDue(atMs)) this.#hear(id, { type: 'time-passed', atMs });
      this.#arm();
    });
  }
}

/** Every access number, for the first queue that names it. */
function numbersOf(settings: readonly CallbackSettings[]): ReadonlyMap<string, AccessNumber> {
  const numbers = new Map<string, AccessNumber>();
  for (const { queueId, callIn } of settings) {
    for (const accessNumber of callIn?.accessNumbers ?? []) {
      if (callIn === undefined || callIn === null || numbers.has(accessNumber)) continue;
      const { whenUnknown, codeDigits, withCode } = callIn;
      const digits = withCode ? codeDigits : null;
      numbers.set(accessNumber, { accessNumber, queueId, codeDigits: digits, whenUnknown });
    }
  }
  return numbers;
}
