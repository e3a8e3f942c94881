// What creators ask for: create, move, cancel. Checked, stepped into the batch of this tick, and
// answered once that is committed. Nothing is awaited here.
import type { Clock, Ids } from '../core/ports.ts';
import { AccessDesk, onlyOne } from './access-desk.ts';
import type { AccessDeps } from './access-desk.ts';
import type { AccessCall, AccessFinding } from './access.ts';
import { checkAnswer, disposable } from './asking.ts';
import type { Batch } from './batch.ts';
import type { Book } from './book.ts';
import { canCallIn } from './calling-in.ts';
import type { Door } from './door.ts';
import type { Asked, Created, Letter } from './letters.ts';
import { cancellable } from './machine.ts';
import type {
  Answer,
  CallbackRecord,
  CallbackSettings,
  CreateCallback,
  Disposition,
} from './model.ts';
import { movable } from './moving.ts';
import { toRecord } from './record.ts';
import {
  callbackBusy,
  callbackCompleted,
  callbackConnected,
  callbackNotTalked,
  callbackUnknown,
  keyReused,
  tooManyCallbacks,
} from './requests.ts';
import { makePromise, movedPromise } from './schedule.ts';
import type { MoveCallback } from './schedule.ts';
import type { CallbackMachineEvent, CallbackMachineState, CallbackPromise } from './state.ts';
import { requestHash } from './store/request-hash.ts';
import type { CallbackStore } from './store/store.ts';

/** Callbacks not completed at one time. */
const maxUnfinished = 100_000;
/** Codes tried before a callback goes without one. */
const maxCodeTries = 5;

/** How a caller is known: the number shown, or the code that a machine was told. */
export type CallerSays = { readonly customerNumber: string } | { readonly returnCode: string };

/** A letter that somebody waits for the answer of. */
export type Request = Exclude<Letter, { kind: 'event' }>;

export interface DeskDeps extends AccessDeps {
  /** Whether somebody with this number is on the line as a caller; nobody is unless given. */
  readonly isOnTheLine?: (customerNumber: string) => boolean;
  readonly store: CallbackStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How long a new callback would wait in a queue; null: not known. */
  readonly predictedWaitMs?: (queueId: string) => number | null;
  /** A code nobody can guess, of digits; without it no message ends with one. */
  readonly newReturnCode?: () => string;
}

export class Desk {
  readonly #book: Book;
  readonly #door: Door;
  readonly #deps: DeskDeps;
  readonly #access: AccessDesk;

  constructor(book: Book, door: Door, deps: DeskDeps) {
    this.#book = book;
    this.#door = door;
    this.#deps = deps;
    this.#access = new AccessDesk(book, deps);
  }

  /**
   * Steps what is asked into the batch; answers what is to be called after its commit.
   * @throws RingbackError when it is refused; then nothing has changed
   */
  open(letter: Request, batch: Batch): () => void {
    switch (letter.kind) {
      case 'create':
        return this.#create(letter.request, letter.asked, batch);
      case 'cancel':
        return this.#cancel(letter.id, letter.asked, batch);
      case 'answer':
        return this.#answer(letter.id, letter.answer, letter.asked, batch);
      case 'dispose':
        return this.#dispose(letter.id, letter.said, letter.asked, batch);
      case 'merge':
        return this.#merge(letter.id, letter.asked, batch);
      case 'match':
        return this.#match(letter.call, letter.asked, batch);
      case 'call-in':
        return this.#callIn(letter.id, letter.callerId, letter.asked, batch);
      case 'move':
        return this.#move(letter.id, letter.change, letter.asked, batch);
    }
  }

  get(id: string): CallbackRecord | null {
    const state = this.#book.state(id) ?? this.#deps.store.load(id);
    return state === null ? null : toRecord(state);
  }

  /** Counts again what was accepted before this process began. */
  remember(): void {
    const { store, clock } = this.#deps;
    const windowMs = this.#door.longestWindowMs;
    if (windowMs === 0) return;
    for (const accepted of store.acceptedSince(clock.nowMs() - windowMs)) {
      this.#door.accepted(accepted, accepted.createdAtMs);
    }
  }

  #create(request: CreateCallback, asked: Asked<Created>, batch: Batch): () => void {
    const { clock, ids, store, predictedWaitMs } = this.#deps;
    const { idempotencyKey: key } = request;
    const hash = key === null ? '' : requestHash(request);
    const used = key === null ? null : (batch.idempotency(key) ?? store.idempotency(key));
    if (used !== null) {
      if (used.requestHash !== hash) throw keyReused();
      return () => this.#replay(used.callbackId, asked);
    }
    const nowMs = clock.nowMs();
    const waitMs = predictedWaitMs?.(request.queueId) ?? null;
    const { settings, dialAllowedAtMs } = this.#door.admit(request, nowMs, waitMs);
    if (this.#book.size >= maxUnfinished) throw tooManyCallbacks(maxUnfinished);
    const { callIn } = this.#access.giveOut(request, settings);
    const made = makePromise(request, settings, ids.next(), nowMs, dialAllowedAtMs, callIn);
    const predicted = waitMs === null ? made : { ...made, predictedWaitMs: waitMs };
    const promise = this.#withCode(predicted, settings);
    const idempotency = key === null ? null : { key, requestHash: hash };
    const state = batch.create(promise, idempotency, dialAllowedAtMs);
    batch.onRevert(this.#door.accepted(promise, nowMs));
    return () => asked.resolve({ record: toRecord(state), replayed: false });
  }

  /** A code of its own among those of the queue; without one when chance will not have it. */
  #withCode(promise: CallbackPromise, settings: CallbackSettings): CallbackPromise {
    const { newReturnCode } = this.#deps;
    if (settings.returnCode !== true || newReturnCode === undefined) return promise;
    for (let tries = 0; tries < maxCodeTries; tries += 1) {
      const returnCode = newReturnCode();
      if (this.#book.byCode(promise.queueId, returnCode) === null)
        return { ...promise, returnCode };
    }
    return promise;
  }

  #replay(id: string, asked: Asked<Created>): void {
    try {
      const record = this.get(id);
      if (record === null) throw callbackUnknown(id);
      asked.resolve({ record, replayed: true });
    } catch (fault) {
      asked.reject(fault);
    }
  }

  #cancel(id: string, asked: Asked<CallbackRecord>, batch: Batch): () => void {
    const state = this.#unfinished(id);
    if (!cancellable(state)) throw callbackConnected(id);
    batch.step(state, { type: 'cancel-requested', atMs: this.#deps.clock.nowMs() });
    return () => this.#show(id, asked);
  }

  #merge(id: string, asked: Asked<CallbackRecord>, batch: Batch): () => void {
    const state = this.#unfinished(id);
    if (!movable(state.phase)) throw callbackBusy(id);
    batch.step(state, { type: 'merge-requested', atMs: this.#deps.clock.nowMs() });
    return () => this.#show(id, asked);
  }

  /** Whom a call to an access number is from. */
  find(call: AccessCall): AccessFinding {
    return this.#access.find(call, this.#deps.clock.nowMs());
  }

  #match(call: AccessCall, asked: Asked<CallbackRecord>, batch: Batch): () => void {
    const nowMs = this.#deps.clock.nowMs();
    return this.#merge(onlyOne(this.#access.find(call, nowMs), nowMs), asked, batch);
  }

  #callIn(id: string, callerId: string, asked: Asked<CallbackRecord>, batch: Batch): () => void {
    const state = this.#unfinished(id);
    if (!canCallIn(state)) throw callbackBusy(id);
    batch.step(state, { type: 'call-landed', atMs: this.#deps.clock.nowMs(), callerId });
    return () => this.#show(id, asked);
  }

  /** The unfinished callback that waits for a caller, by number or by code; null: none. */
  waitingFor(queueId: string, who: CallerSays): string | null {
    if ('returnCode' in who) return this.#book.byCode(queueId, who.returnCode)?.promise.id ?? null;
    const ids = this.#book.waitingIds(queueId, who.customerNumber);
    const waiting = ids.find((id) => {
      const state = this.#book.state(id);
      return state !== null && movable(state.phase);
    });
    return waiting ?? null;
  }

  #move(id: string, change: MoveCallback, asked: Asked<CallbackRecord>, batch: Batch): () => void {
    const state = this.#unfinished(id);
    if (!movable(state.phase)) throw callbackBusy(id);
    const atMs = this.#deps.clock.nowMs();
    const { settings, dialAllowedAtMs } = this.#door.admitMove(state.promise, change, atMs);
    const promise = movedPromise(state.promise, change, settings, atMs, dialAllowedAtMs);
    batch.step(state, { type: 'move-requested', atMs, promise, dialAllowedAtMs });
    return () => this.#show(id, asked);
  }

  #answer(id: string, answer: Answer, asked: Asked<CallbackRecord>, batch: Batch): () => void {
    const state = this.#unfinished(id);
    const atMs = this.#deps.clock.nowMs();
    checkAnswer(state, answer, atMs);
    const { promise } = state;
    const numberInUse = this.#numberInUse(state, atMs);
    const dialAllowedAtMs = this.#door.dialAllowedAtMs(promise, atMs);
    batch.step(state, { type: 'answer-given', atMs, answer, numberInUse, dialAllowedAtMs });
    return () => this.#show(id, asked);
  }

  /** What only the driver knows rides on the events that may lead to a call. */
  withFacts(
    state: CallbackMachineState,
    event: CallbackMachineEvent,
    nowMs: number,
  ): CallbackMachineEvent {
    if (event.type !== 'time-passed' && event.type !== 'agent-noticed') return event;
    const { promise } = state;
    const numberInUse = this.#numberInUse(state, nowMs);
    const dialAllowedAtMs = this.#door.dialAllowedAtMs(promise, nowMs);
    const known = { ...event, numberInUse, dialAllowedAtMs };
    if (known.type !== 'time-passed') return known;
    const predictedWaitMs = this.#deps.predictedWaitMs?.(promise.queueId) ?? null;
    return predictedWaitMs === null ? known : { ...known, predictedWaitMs };
  }

  /** A person is dialled by one callback at a time, and never while calling us. */
  #numberInUse(state: CallbackMachineState, nowMs: number): boolean {
    if (this.#book.numberInUse(state, nowMs)) return true;
    return this.#deps.isOnTheLine?.(state.promise.customerNumber) ?? false;
  }

  #dispose(
    id: string,
    said: Omit<Disposition, 'atMs'>,
    asked: Asked<CallbackRecord>,
    batch: Batch,
  ): () => void {
    const state = batch.state(id) ?? this.#book.state(id) ?? this.#deps.store.load(id);
    if (state === null) throw callbackUnknown(id);
    if (!disposable(state)) throw callbackNotTalked(id);
    const atMs = this.#deps.clock.nowMs();
    batch.step(state, { type: 'disposition-given', atMs, disposition: { ...said, atMs } });
    return () => this.#show(id, asked);
  }

  #unfinished(id: string): CallbackMachineState {
    const state = this.#book.state(id);
    if (state !== null) return state;
    throw this.#deps.store.load(id) === null ? callbackUnknown(id) : callbackCompleted(id);
  }

  #show(id: string, asked: Asked<CallbackRecord>): void {
    const record = this.get(id);
    if (record === null) asked.reject(callbackUnknown(id));
    else asked.resolve(record);
  }
}
