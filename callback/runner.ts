// The durable driver of all callbacks: load, step, commit, perform. Everything that came in since
// the last tick is stepped and committed in one transaction (group commit); only then effects are
// performed and waiting creators answered. Nothing is awaited between reading and committing.
import type { Log, Timer } from '../core/ports.ts';
import { RingbackError } from '../core/errors.ts';
import type { CallInMatching } from './access.ts';
import { Batch } from './batch.ts';
import { Book } from './book.ts';
import { Desk } from './desk.ts';
import type { CallerSays, DeskDeps } from './desk.ts';
import { Door } from './door.ts';
import { LetterBox } from './letters.ts';
import type { Asked, Created, Letter } from './letters.ts';
import type {
  Answer,
  CallbackEventRecord,
  CallbackFilter,
  CallbackRecord,
  Callbacks,
  CallbackSettings,
  CreateCallback,
  Disposition,
  OpeningTimes,
} from './model.ts';
import { Outbox } from './outbox.ts';
import type { Agents, Calls } from './ports.ts';
import { recover } from './recovery.ts';
import { callbacksStopped, checkSettings, tooManyCallbacks } from './requests.ts';
import { wakeAtMs } from './schedule.ts';
import type { MoveCallback } from './schedule.ts';
import type { CallbackMachineEvent } from './state.ts';
import type { CallbackPage } from './store/store.ts';
import type { Period } from './time/calendar.ts';
import { noHours } from './time/hours.ts';
import type { HoursOptions } from './time/hours.ts';
import type { FreeSlot } from './time/slots.ts';

export interface CallbackDeps extends DeskDeps {
  readonly calls: Calls;
  readonly agents: Agents;
  /** Office hours and calling hours; none are kept unless given. */
  readonly hours?: HoursOptions;
  readonly log: Log;
}

/** Letters of one commit at most: bounds the pause of everything else. */
const maxBatch = 200;
/** Pause after the store refused a commit. */
const storeRetryMs = 1_000;
/** A due callback whose machine had nothing to do is asked again after this. */
const ignoredWakeGapMs = 5_000;
/** Longest sleep: wall time may be stepped meanwhile. */
const maxSleepMs = 30_000;
/** A letter whose commit fails so often, alone and not for lack of disk, is dropped. */
const maxStrikes = 5;

/** What happens to callbacks whose customers call in. */
export interface CallIns {
  /** The callback that waits for this caller in a queue, nobody being dialled; null: none. */
  waitingFor(queueId: string, who: CallerSays): string | null;
  /**
   * Its customer waits on the line at its place instead: completed, `MERGED`.
   * @throws RingbackError CALLBACK_UNKNOWN, CALLBACK_COMPLETED, CALLBACK_STATE
   */
  merge(id: string): Promise<CallbackRecord>;
  /**
   * Its customer called an access number and is on the line under `callerId`: the call is the
   * callback's from then on, at its place.
   * @throws RingbackError CALLBACK_UNKNOWN, CALLBACK_COMPLETED, CALLBACK_STATE
   */
  callIn(id: string, callerId: string): Promise<CallbackRecord>;
}

/** The face of callback/, with its life. */
export type RunningCallbacks = Callbacks &
  CallIns & {
    /** Loads what is unfinished and takes it up again. @throws RingbackError STORE_UNAVAILABLE */
    start(): Promise<void>;
    /** Commits what came in and stops; live calls are left to whoever owns them. */
    stop(): Promise<void>;
  };

/** @throws RingbackError CALLBACK_SETTINGS_INVALID {field} */
export function createCallbacks(
  options: { readonly settings: readonly CallbackSettings[] },
  deps: CallbackDeps,
): RunningCallbacks {
  options.settings.forEach(checkSettings);
  return new CallbackRunner(options.settings, deps);
}

class CallbackRunner implements RunningCallbacks {
  readonly #door: Door;
  readonly #deps: CallbackDeps;
  readonly #book = new Book();
  readonly #desk: Desk;
  readonly #letters = new LetterBox();
  readonly #outbox: Outbox;
  readonly #listeners: ((event: CallbackEventRecord) => void)[] = [];
  #running = false;
  #stopping = false;
  #subscribed = false;
  /** The tick to come: at once, or after a pause when the store refused. */
  #tickTimer: Timer | null = null;
  #wakeTimer: Timer | null = null;
  #batchSize = maxBatch;
  #strikes = 0;

  constructor(settings: readonly CallbackSettings[], deps: CallbackDeps) {
    this.#deps = deps;
    this.#door = new Door(settings, deps.hours ?? noHours, this.#book);
    this.#desk = new Desk(this.#book, this.#door, deps);
    this.#outbox = new Outbox(deps, ({ callbackId, effect }, reason) => {
      const atMs = deps.clock.nowMs();
      this.#hear(callbackId, { type: 'command-failed', atMs, command: effect.type, reason });
    });
  }

  async start(): Promise<void> {
    if (this.#running) return;
    const { store, calls, agents } = this.#deps;
    const states = store.unfinished();
    const openEffects = store.openEffects();
    for (const state of states) this.#book.put(state);
    this.#desk.remember();
    this.#running = true;
    if (!this.#subscribed) {
      this.#subscribed = true;
      calls.onEvent((id, attemptKey, event) => {
        const atMs = this.#deps.clock.nowMs();
        this.#hear(id, { type: 'call-reported', atMs, attemptKey, event });
      });
      agents.onNotice((id, notice) => {
        const atMs = this.#deps.clock.nowMs();
        this.#hear(id, { type: 'agent-noticed', atMs, notice, numberInUse: false });
      });
    }
    const ports = { calls, clock: this.#deps.clock, log: this.#deps.log, outbox: this.#outbox };
    for (const { id, event } of recover(states, openEffects, ports)) this.#hear(id, event);
    this.#deps.log.info('callbacks-started', { unfinished: states.length });
    this.#tick();
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#stopping = true;
    while (this.#letters.size > 0) {
      const before = this.#letters.size;
      this.#tick();
      if (this.#letters.size >= before) break; // the store refuses; the promises are on disk
    }
    this.#running = this.#stopping = false;
    for (const timer of [this.#tickTimer, this.#wakeTimer]) timer?.cancel();
    this.#tickTimer = this.#wakeTimer = null;
    for (const letter of this.#letters.take(Infinity)) {
      if (letter.kind !== 'event') letter.asked.reject(callbacksStopped());
    }
    this.#outbox.flush();
    for (const state of [...this.#book.states()]) this.#book.remove(state);
    this.#deps.log.info('callbacks-stopped');
  }

  create(request: CreateCallback): Promise<Created> {
    return this.#ask((asked) => ({ kind: 'create', request, asked }));
  }

  cancel(id: string): Promise<CallbackRecord> {
    return this.#ask((asked) => ({ kind: 'cancel', id, asked }));
  }

  #ask<Answer>(letterFor: (asked: Asked<Answer>) => Letter): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.#running) reject(callbacksStopped());
      else if (this.#letters.put(letterFor({ resolve, reject }))) this.#soon(0);
      else reject(tooManyCallbacks(this.#letters.size));
    });
  }

  waitingFor(queueId: string, who: CallerSays): string | null {
    return this.#running ? this.#desk.waitingFor(queueId, who) : null;
  }

  merge(id: string): Promise<CallbackRecord> {
    return this.#ask((asked) => ({ kind: 'merge', id, asked }));
  }

  callIn(id: string, callerId: string): Promise<CallbackRecord> {
    return this.#ask((asked) => ({ kind: 'call-in', id, callerId, asked }));
  }

  readonly callIns: CallInMatching = {
    find: (call) => this.#desk.find(call),
    match: (call) => this.#ask((asked) => ({ kind: 'match', call, asked })),
  };

  move(id: string, change: MoveCallback): Promise<CallbackRecord> {
    return this.#ask((asked) => ({ kind: 'move', id, change, asked }));
  }

  answer(id: string, answer: Answer): Promise<CallbackRecord> {
    return this.#ask((asked) => ({ kind: 'answer', id, answer, asked }));
  }

  dispose(id: string, said: Omit<Disposition, 'atMs'>): Promise<CallbackRecord> {
    return this.#ask((asked) => ({ kind: 'dispose', id, said, asked }));
  }

  get(id: string): CallbackRecord | null {
    return this.#desk.get(id);
  }

  get times(): OpeningTimes {
    return this.#door;
  }

  availability(
    queueId: string,
    range: { readonly fromMs: number; readonly toMs: number; readonly limit: number },
  ): readonly FreeSlot[] | null {
    return this.#door.availability(queueId, range);
  }

  openPeriods(queueId: string, fromMs: number, toMs: number): readonly Period[] | null {
    return this.#door.openPeriods(queueId, fromMs, toMs);
  }

  list(filter: CallbackFilter): CallbackPage {
    return this.#deps.store.list(filter);
  }

  history(id: string): readonly CallbackEventRecord[] {
    return this.#deps.store.history(id);
  }

  eventsAfter(sequence: number, limit: number): readonly CallbackEventRecord[] {
    return this.#deps.store.eventsAfter(sequence, limit);
  }

  onEvent(listener: (event: CallbackEventRecord) => void): void {
    this.#listeners.push(listener);
  }

  /** News of the world; what is not about an unfinished callback is somebody else's. */
  #hear(id: string, event: CallbackMachineEvent): void {
    if (!this.#running || this.#book.state(id) === null) return;
    if (this.#letters.put({ kind: 'event', id, event })) this.#soon(0);
    else this.#deps.log.error('callback-news-dropped', { callbackId: id, type: event.type });
  }

  #soon(delayMs: number): void {
    this.#tickTimer ??= this.#deps.clock.after(delayMs, () => this.#tick());
  }

  #tick(): void {
    this.#tickTimer?.cancel();
    this.#tickTimer = null;
    if (!this.#running) return;
    const batch = new Batch(this.#book);
    const letters = this.#letters.take(this.#batchSize);
    const answers: (() => void)[] = [];
    for (const letter of letters) this.#open(letter, batch, answers);
    const writes = batch.writes();
    if (writes.length > 0) {
      let events: readonly CallbackEventRecord[];
      try {
        events = this.#deps.store.commit(writes, this.#outbox.doneKeys);
      } catch (fault) {
        this.#commitFailed(fault, batch, letters);
        return;
      }
      this.#committed(batch, events);
    }
    for (const answer of answers) answer();
    if (this.#letters.size > 0) this.#soon(0);
    this.#arm();
  }

  #committed(batch: Batch, events: readonly CallbackEventRecord[]): void {
    this.#outbox.marked();
    this.#strikes = 0;
    this.#batchSize = maxBatch;
    for (const event of events) this.#tell(event);
    for (const row of batch.effects) this.#outbox.perform(row);
  }

  #tell(event: CallbackEventRecord): void {
    const { callbackId, type, state, revision } = event;
    this.#deps.log.info('callback-stepped', { callbackId, type, state, revision });
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (fault) {
        this.#deps.log.error('callback-listener-failed', { callbackId, fault: String(fault) });
      }
    }
  }

  /** Nothing was written: everything is as before, and the same letters are tried again later. */
  #commitFailed(fault: unknown, batch: Batch, letters: readonly Letter[]): void {
    batch.revert();
    const code = fault instanceof RingbackError ? fault.code : null;
    this.#deps.log.error('callback-commit-failed', { code, reason: String(fault) });
    const kept: Letter[] = [];
    for (const letter of letters) {
      if (letter.kind !== 'event') letter.asked.reject(fault);
      else if (letter.event.type !== 'time-passed') kept.push(letter); // time comes again by itself
    }
    if (code === 'STORE_CONFLICT')
      this.#reload(String((fault as RingbackError).fields['callbackId']));
    if (code !== 'STORE_UNAVAILABLE') {
      this.#batchSize = 1;
      if (letters.length === 1 && (this.#strikes += 1) >= maxStrikes) {
        this.#strikes = 0;
        const dropped = kept.pop();
        if (dropped?.kind === 'event') {
          const { id: callbackId, event } = dropped;
          this.#deps.log.error('callback-event-given-up', { callbackId, type: event.type });
        }
      }
    }
    this.#letters.putBack(kept);
    this.#soon(code === 'STORE_CONFLICT' ? 0 : storeRetryMs);
  }

  /** Somebody else changed the callback: what is stored is true. */
  #reload(id: string): void {
    try {
      const known = this.#book.state(id);
      if (known !== null) this.#book.remove(known);
      const stored = this.#deps.store.load(id);
      if (stored !== null) this.#book.put(stored);
    } catch (fault) {
      this.#deps.log.error('callback-reload-failed', { callbackId: id, reason: String(fault) });
    }
  }

  #open(letter: Letter, batch: Batch, answers: (() => void)[]): void {
    try {
      switch (letter.kind) {
        case 'event':
          return this.#step(letter.id, letter.event, batch);
        case 'create':
        case 'answer':
        case 'dispose':
        case 'move':
        case 'merge':
        case 'match':
        case 'call-in':
        case 'cancel':
          answers.push(this.#desk.open(letter, batch));
      }
    } catch (fault) {
      if (letter.kind !== 'event') return letter.asked.reject(fault);
      const { id: callbackId, event } = letter;
      const reason = String(fault);
      this.#deps.log.error('callback-step-failed', { callbackId, type: event.type, reason });
      this.#book.due.set(callbackId, this.#deps.clock.nowMs() + ignoredWakeGapMs);
    }
  }

  /** News that had to wait for the store is acted upon as of now: what was in time may be late. */
  #step(id: string, news: CallbackMachineEvent, batch: Batch): void {
    const state = this.#book.state(id);
    if (state === null) return;
    if (this.#stopping && news.type === 'agent-noticed') return; // nobody is dialled any more
    const nowMs = this.#deps.clock.nowMs();
    const event = { ...news, atMs: nowMs };
    const isStepped = batch.step(state, this.#desk.withFacts(state, event, nowMs));
    if (isStepped || event.type !== 'time-passed') return;
    const dueMs = wakeAtMs(state);
    this.#book.due.set(id, dueMs === null ? null : Math.max(dueMs, nowMs + ignoredWakeGapMs));
  }

  /** Sleeps until the next callback is due; not while a refused commit waits to be tried again. */
  #arm(): void {
    this.#wakeTimer?.cancel();
    this.#wakeTimer = null;
    const dueMs = this.#book.due.next();
    if (dueMs === null) return;
    const { clock } = this.#deps;
    const delayMs = Math.min(maxSleepMs, Math.max(0, dueMs - clock.nowMs()));
    this.#wakeTimer = clock.after(delayMs, () => {
      this.#wakeTimer = null;
      const atMs = clock.nowMs();
      for (const id of this.#book.takeDue(atMs)) {
        const event = { type: 'time-passed', atMs, numberInUse: false } as const;
        if (this.#letters.put({ kind: 'event', id, event })) this.#soon(0);
        else this.#book.due.set(id, atMs + ignoredWakeGapMs);
      }
      if (this.#letters.size === 0) this.#arm();
    });
  }
}
