// What must hold at every moment and at the end, whatever goes wrong. The telephone network of the
// simulation outlives our crashes, so it is the one to judge.
import assert from 'node:assert/strict';
import type { CallbackStore, DialCustomer } from '../../callback/index.ts';
import { maxFreeAttempts } from '../../callback/attempt.ts';
import { dueAtMs } from '../../callback/schedule.ts';
import type { CallbackPromise } from '../../callback/state.ts';
import type { Router } from '../../routing/index.ts';
import { Order } from './order.ts';
import type { Given } from './order.ts';
import { routingFaults } from './routing-invariants.ts';

interface Served extends Given {
  readonly reservationId: string;
}

export class Invariants {
  readonly #store: CallbackStore;
  readonly #mayBeCalled: (promise: CallbackPromise, atMs: number) => boolean;
  readonly #accepted = new Set<string>();
  readonly #cancelled = new Set<string>();
  readonly #dialledKeys = new Set<string>();
  /** Number to the attempt key whose call is at the customer's telephone. */
  readonly #busyNumbers = new Map<string, string>();
  readonly #agentOf = new Map<string, string>();
  readonly #broken: string[] = [];
  /** When each took its place last; monotonic. */
  readonly #cameMs = new Map<string, number>();
  /** The latest wall time seen: what was due stays due when the clock is put back. */
  #latestMs = 0;
  readonly order = new Order();
  dials = 0;
  conversations = 0;
  callIns = 0;

  /** @param mayBeCalled whether hours allow a call; at any time unless given */
  constructor(
    store: CallbackStore,
    mayBeCalled: (promise: CallbackPromise, atMs: number) => boolean = () => true,
  ) {
    this.#store = store;
    this.#mayBeCalled = mayBeCalled;
  }

  sawTime(nowMs: number): void {
    this.#latestMs = Math.max(this.#latestMs, nowMs);
  }

  /** Routing keeps its word, and who was passed over is told why. */
  checkRouting(router: Router): void {
    this.#broken.push(...routingFaults(router));
  }

  placeTaken(interactionId: string, monotonicMs: number): void {
    this.#cameMs.set(interactionId, monotonicMs);
  }

  /** An agent was given to this one: nobody is overtaken, and who stands ahead knows the reason. */
  served(router: Router, given: Served, monotonicMs: number): void {
    const { interactionId, reservationId } = given;
    this.#broken.push(...this.order.given(router, given, reservationId, monotonicMs));
    const entry = router.entry(interactionId);
    if (entry === null) return;
    const queue = router.queue(entry.queueId);
    for (const ahead of queue?.entries ?? []) {
      if (ahead.position === 0 || ahead.priority < entry.priority) continue;
      const isAhead = ahead.priority > entry.priority || ahead.arrivedAtMs < entry.arrivedAtMs;
      // Who came, or came back, at the same moment may have come after the agent was given.
      const cameMs = this.#cameMs.get(ahead.interactionId) ?? monotonicMs;
      if (!isAhead || cameMs >= monotonicMs) continue;
      const before = router.explain(ahead.interactionId)?.servedBefore ?? [];
      const told = before.find((one) => one.interactionId === interactionId);
      const overtaken = `${interactionId} overtook ${ahead.interactionId}`;
      this.#demand(told !== undefined, `${overtaken} without a reason`);
      this.#demand(
        told?.why !== 'arrival' && told?.why !== 'priority',
        `${overtaken}: ${told?.why}`,
      );
    }
  }

  /** No slot is promised to more customers than it has places. */
  checkSlots(queueId: string, slotMs: number, places: number): void {
    const taken = new Map<number, number>();
    for (const { promise } of this.#store.unfinished()) {
      if (promise.queueId !== queueId || promise.desiredTimeMs === null) continue;
      const slot = Math.floor(promise.desiredTimeMs / slotMs);
      taken.set(slot, (taken.get(slot) ?? 0) + 1);
    }
    for (const [slot, count] of taken) {
      const at = new Date(slot * slotMs).toISOString();
      this.#demand(count <= places, `${count} callbacks in the slot of ${at}`);
    }
  }

  /** create() was answered: from now on this promise may never be lost. */
  accepted(id: string): void {
    this.#accepted.add(id);
  }

  cancelled(id: string): void {
    this.#cancelled.add(id);
  }

  get acceptedCount(): number {
    return this.#accepted.size;
  }

  /** Noted, not thrown: a throw inside a port would be taken for one of the world's faults. */
  #demand(holds: boolean, broken: string): void {
    if (!holds) this.#broken.push(broken);
  }

  /** Throws the first broken invariant. */
  check(): void {
    assert.deepEqual(this.#broken, []);
  }

  /** An INVITE reaches the customer's telephone. */
  dialled(command: DialCustomer, nowMs: number): void {
    const { interactionId: id, attemptKey, customerNumber } = command;
    this.dials += 1;
    this.#demand(!this.#dialledKeys.has(attemptKey), `attempt ${attemptKey} dialled twice`);
    this.#dialledKeys.add(attemptKey);
    const other = this.#busyNumbers.get(customerNumber);
    this.#demand(other === undefined, `${customerNumber}: ${attemptKey} while ${other} is up`);
    this.#busyNumbers.set(customerNumber, attemptKey);
    const stored = this.#store.load(id);
    this.#demand(stored !== null, `${id} dialled, but never stored`);
    if (stored === null) return;
    const { promise, attempts } = stored;
    this.#demand(!this.#cancelled.has(id), `${id} dialled after it was cancelled`);
    this.sawTime(nowMs);
    this.#demand(this.#latestMs >= dueAtMs(promise), `${id} dialled before it was due`);
    const at = new Date(nowMs).toISOString();
    this.#demand(this.#mayBeCalled(promise, nowMs), `${id} dialled outside the hours, ${at}`);
    const ringsUntilMs = nowMs + command.ringTimeoutMs;
    this.#demand(ringsUntilMs <= promise.expiresAtMs, `${id} rings beyond its expiry`);
    const isFew = attempts.length <= promise.maxAttempts + maxFreeAttempts;
    this.#demand(isFew, `${id} dialled too often`);
    const own = attempts.find((attempt) => attempt.attemptKey === attemptKey);
    this.#demand(own !== undefined, `${attemptKey} was dialled before it was committed`);
    const talked = attempts.some((attempt) => attempt.result === 'CONNECTED' && attempt !== own);
    this.#demand(!talked, `${id} dialled again after the conversation`);
  }

  /** A customer's own call became an attempt. */
  landed(id: string, attemptKey: string): void {
    this.callIns += 1;
    const attempts = this.#store.load(id)?.attempts ?? [];
    const own = attempts.find((attempt) => attempt.attemptKey === attemptKey);
    this.#demand(own?.calledIn === true, `${attemptKey} was taken before it was committed`);
    const talked = attempts.some((attempt) => attempt.result === 'CONNECTED' && attempt !== own);
    this.#demand(!talked, `${id} called in again after the conversation`);
    this.#demand(!this.#cancelled.has(id), `${id} called in after it was cancelled`);
  }

  /** The customer's telephone is free again. */
  phoneFree(customerNumber: string, attemptKey: string): void {
    if (this.#busyNumbers.get(customerNumber) === attemptKey) {
      this.#busyNumbers.delete(customerNumber);
    }
  }

  agentBusy(username: string, interactionId: string): void {
    const other = this.#agentOf.get(username);
    const free = other === undefined || other === interactionId;
    this.#demand(free, `${username} rung for ${interactionId} while with ${other}`);
    this.#agentOf.set(username, interactionId);
  }

  agentFree(username: string, interactionId: string): void {
    if (this.#agentOf.get(username) === interactionId) this.#agentOf.delete(username);
  }

  /** A process died: its agents' telephones went silent. */
  agentsFree(): void {
    this.#agentOf.clear();
  }

  /** No promise is lost, ever. */
  nothingLost(): void {
    for (const id of this.#accepted) {
      assert.ok(this.#store.load(id) !== null, `the promise ${id} is lost`);
    }
  }

  /** Faults have stopped long ago: every callback has ended, with a reason and a whole history. */
  everythingEnded(): void {
    this.check();
    this.nothingLost();
    const left = this.#store
      .unfinished()
      .map(({ promise, phase }) => `${promise.id} ${phase.name}`);
    assert.deepEqual(left, [], 'callbacks that never end');
    for (const id of this.#accepted) this.#wholeHistory(id);
    assert.equal(this.#busyNumbers.size, 0, 'telephones still up');
  }

  #wholeHistory(id: string): void {
    const state = this.#store.load(id);
    // A question is a line of its own at the step that asks it.
    const history = this.#store.history(id).filter(({ type }) => type !== 'call-in-asked');
    assert.deepEqual(
      history.map(({ revision }) => revision),
      history.map((_, index) => index + 1),
      `${id}: gaps in the history`,
    );
    assert.equal(history.at(-1)?.state, 'completed');
    assert.equal(history.length, state?.revision);
    for (const attempt of state?.attempts ?? []) {
      assert.ok(attempt.endedAtMs !== null && attempt.result !== null, `${id}: open attempt`);
    }
  }
}
