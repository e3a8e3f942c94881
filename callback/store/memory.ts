// The store in memory: for tests, simulation and trying things out. Keeps its promises for as long
// as the process lives. Values are kept as JSON, so nothing can be changed behind the store's back.
import type { CallbackEventRecord, CallbackFilter } from '../model.ts';
import { stateNameOf, toRecord } from '../record.ts';
import type { CallbackMachineState } from '../state.ts';
import { cursorUnknown, storeConflict } from './faults.ts';
import { pageSize } from './store.ts';
import type {
  AcceptedCallback,
  CallbackPage,
  CallbackStore,
  CallbackWrite,
  OutboxRow,
} from './store.ts';

export class MemoryStore implements CallbackStore {
  readonly #bodies = new Map<string, string>();
  readonly #revisions = new Map<string, number>();
  readonly #unfinished = new Set<string>();
  readonly #events: string[] = [];
  readonly #histories = new Map<string, number[]>();
  readonly #outbox = new Map<string, string>();
  readonly #keys = new Map<string, { requestHash: string; callbackId: string }>();

  commit(
    writes: readonly CallbackWrite[],
    doneKeys: readonly string[],
  ): readonly CallbackEventRecord[] {
    for (const { state, expectedRevision } of writes) {
      const { id } = state.promise;
      if ((this.#revisions.get(id) ?? 0) !== expectedRevision) throw storeConflict(id);
    }
    for (const key of doneKeys) this.#outbox.delete(key);
    return writes.flatMap((write) => this.#write(write));
  }

  #write(write: CallbackWrite): CallbackEventRecord[] {
    const { state, idempotency } = write;
    const { id } = state.promise;
    this.#bodies.set(id, JSON.stringify(state));
    this.#revisions.set(id, state.revision);
    if (state.phase.name === 'completed') this.#unfinished.delete(id);
    else this.#unfinished.add(id);
    for (const row of write.effects) this.#outbox.set(row.key, JSON.stringify(row));
    if (idempotency !== null) {
      this.#keys.set(idempotency.key, { requestHash: idempotency.requestHash, callbackId: id });
    }
    return write.history.map((line) => {
      const event = { sequence: this.#events.length + 1, callbackId: id, ...line };
      this.#events.push(JSON.stringify(event));
      const history = this.#histories.get(id) ?? [];
      history.push(event.sequence);
      this.#histories.set(id, history);
      return event;
    });
  }

  load(id: string): CallbackMachineState | null {
    const body = this.#bodies.get(id);
    return body === undefined ? null : (JSON.parse(body) as CallbackMachineState);
  }

  unfinished(): readonly CallbackMachineState[] {
    return [...this.#unfinished].flatMap((id) => this.load(id) ?? []);
  }

  list(filter: CallbackFilter): CallbackPage {
    const limit = pageSize(filter.limit);
    const way = filter.newestFirst === true ? -1 : 1;
    const order = (a: Place, b: Place): number => way * inOrder(a, b);
    const states = [...this.#bodies.keys()]
      .flatMap((id) => this.load(id) ?? [])
      .sort((a, b) => order(a.promise, b.promise));
    const { cursor } = filter;
    const last = cursor === undefined ? (filter.after ?? null) : this.load(cursor)?.promise;
    if (last === undefined) throw cursorUnknown(cursor ?? '');
    const found = states.filter(
      (state) => (last === null || order(last, state.promise) < 0) && matches(state, filter),
    );
    const records = found.slice(0, limit).map(toRecord);
    const nextCursor = found.length > limit ? (records.at(-1)?.id ?? null) : null;
    return { records, nextCursor };
  }

  history(id: string): readonly CallbackEventRecord[] {
    return (this.#histories.get(id) ?? []).flatMap((sequence) => this.#event(sequence));
  }

  eventsAfter(sequence: number, limit: number): readonly CallbackEventRecord[] {
    const from = Math.max(0, Math.floor(sequence));
    return this.#events.slice(from, from + pageSize(limit)).map(parseEvent);
  }

  acceptedSince(sinceMs: number): readonly AcceptedCallback[] {
    return [...this.#bodies.keys()]
      .flatMap((id) => this.load(id)?.promise ?? [])
      .filter(({ createdAtMs }) => createdAtMs > sinceMs)
      .sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  openEffects(): readonly OutboxRow[] {
    return [...this.#outbox.values()].map((row) => JSON.parse(row) as OutboxRow);
  }

  idempotency(key: string): { readonly requestHash: string; readonly callbackId: string } | null {
    return this.#keys.get(key) ?? null;
  }

  close(): void {
    this.#bodies.clear();
  }

  #event(sequence: number): CallbackEventRecord[] {
    const body = this.#events[sequence - 1];
    return body === undefined ? [] : [parseEvent(body)];
  }
}

function parseEvent(body: string): CallbackEventRecord {
  return JSON.parse(body) as CallbackEventRecord;
}

/** What the order of the list goes by. */
interface Place {
  readonly createdAtMs: number;
  readonly id: string;
}

function inOrder(a: Place, b: Place): number {
  const byTime = a.createdAtMs - b.createdAtMs;
  if (byTime !== 0) return byTime;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function matches(state: CallbackMachineState, filter: CallbackFilter): boolean {
  const { promise, phase } = state;
  return (
    (filter.queueId === undefined || filter.queueId === promise.queueId) &&
    (filter.queueIds?.includes(promise.queueId) ?? true) &&
    (filter.customerNumber === undefined || filter.customerNumber === promise.customerNumber) &&
    (filter.state === undefined || filter.state === stateNameOf(phase)) &&
    (filter.states === undefined || filter.states.includes(stateNameOf(phase))) &&
    isWithin(promise.createdAtMs, filter.createdFromMs, filter.createdToMs) &&
    isWithin(
      phase.name === 'completed' ? phase.completedAtMs : null,
      filter.completedFromMs,
      filter.completedToMs,
    )
  );
}

/** A moment that is null is in no range that is asked for. */
function isWithin(atMs: number | null, from: number | undefined, to: number | undefined): boolean {
  if (from === undefined && to === undefined) return true;
  return atMs !== null && atMs >= (from ?? -Infinity) && atMs < (to ?? Infinity);
}
