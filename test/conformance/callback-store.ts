// What every store of callbacks must do. One suite, run over each adapter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { RingbackError } from '../../core/errors.ts';
import { begin, step } from '../../callback/machine.ts';
import type { CallbackFilter } from '../../callback/model.ts';
import { historyOf, historyOfCreation, toRecord } from '../../callback/record.ts';
import { makePromise } from '../../callback/schedule.ts';
import { effectKey } from '../../callback/state.ts';
import type { CallbackMachineEvent, CallbackMachineState } from '../../callback/state.ts';
import type { CallbackStore, CallbackWrite } from '../../callback/store/store.ts';
import { requestOf, settingsOf, startMs } from '../callback/support.ts';

export interface StoreUnderTest {
  readonly store: CallbackStore;
  /** The same store, closed and opened again; null: it does not outlive its process. */
  readonly reopen: (() => CallbackStore) | null;
}

/** A new callback as its first write. */
export function creation(
  id: string,
  changes: Parameters<typeof requestOf>[0] = {},
  atMs = startMs,
) {
  const promise = makePromise(requestOf(changes), settingsOf(), id, atMs);
  const [state, effects] = begin(promise);
  const rows = effects.map((effect, index) => {
    const { revision } = state;
    return { key: effectKey(id, revision, index), callbackId: id, revision, effect };
  });
  const write: CallbackWrite = {
    expectedRevision: 0,
    state,
    history: [historyOfCreation(state)],
    effects: rows,
    idempotency: null,
  };
  return { state, write };
}

/** The next write of a callback. */
export function nextWrite(before: CallbackMachineState, event: CallbackMachineEvent) {
  const [state, effects] = step(before, event);
  const { id } = state.promise;
  const { revision } = state;
  const write: CallbackWrite = {
    expectedRevision: before.revision,
    state,
    history: [historyOf(event, before, state)],
    effects: effects.map((effect, index) => ({
      key: effectKey(id, revision, index),
      callbackId: id,
      revision,
      effect,
    })),
    idempotency: null,
  };
  return { state, write };
}

export function cancelled(before: CallbackMachineState) {
  return nextWrite(before, { type: 'cancel-requested', atMs: startMs + 1000 });
}

function isConflict(fault: unknown): boolean {
  return fault instanceof RingbackError && fault.code === 'STORE_CONFLICT';
}

/** Runs the suite; `open` gives a fresh, empty store and sees to its closing. */
export function storeConformance(name: string, open: Open): void {
  writingConformance(name, open);
  readingConformance(name, open);
}

type Open = (t: TestContext) => StoreUnderTest;

function writingConformance(name: string, open: Open): void {
  test(`${name}: what was committed is read back as it was`, (t) => {
    const { store } = open(t);
    const userData = { note: 'née "Ü" \u0000 end', empty: '' };
    const { state, write } = creation('a', { userData, priority: 5 });
    const events = store.commit([write], []);
    assert.deepEqual(store.load('a'), state);
    assert.deepEqual(store.unfinished(), [state]);
    assert.deepEqual(store.openEffects(), write.effects);
    assert.deepEqual(store.history('a'), events);
    assert.equal(events[0]?.type, 'created');
    assert.equal(store.load('b'), null);
    assert.deepEqual(store.history('b'), []);
  });

  test(`${name}: a completed callback stays readable and is not unfinished`, (t) => {
    const { store } = open(t);
    const first = creation('a');
    const second = cancelled(first.state);
    store.commit([first.write], []);
    store.commit([second.write], []);
    assert.deepEqual(store.unfinished(), []);
    assert.equal(store.load('a')?.phase.name, 'completed');
    assert.equal(store.history('a').length, 2);
  });

  test(`${name}: a commit is all or nothing, and needs the stored revision`, (t) => {
    const { store } = open(t);
    const a = creation('a');
    store.commit([a.write], []);
    const b = creation('b');
    const stale = { ...cancelled(a.state).write, expectedRevision: 7 };
    assert.throws(() => store.commit([b.write, stale], ['a:1:0']), isConflict);
    assert.equal(store.load('b'), null);
    assert.equal(store.openEffects().length, 1);
    assert.equal(store.eventsAfter(0, 10).length, 1);
    assert.throws(() => store.commit([a.write], []), isConflict);
    const unknown = { ...cancelled(creation('x').state).write };
    assert.throws(() => store.commit([unknown], []), isConflict);
  });

  test(`${name}: outbox rows stay in order until they are marked done`, (t) => {
    const { store } = open(t);
    const a = creation('a');
    const b = creation('b');
    store.commit([a.write, b.write], []);
    const gone = cancelled(a.state);
    store.commit([gone.write], ['a:1:0', 'never:1:0']);
    assert.deepEqual(
      store.openEffects().map(({ key }) => key),
      ['b:1:0', 'a:2:0'],
    );
    store.commit([], ['b:1:0', 'a:2:0']);
    assert.deepEqual(store.openEffects(), []);
  });
}

/** Of `b` and `a` (made at the start, and 5 ms later), `d` (5 ms) and `c` (9 ms). */
function listsByPlaceAndTime(ids: (filter: Omit<CallbackFilter, 'limit'>) => string[]): void {
  assert.deepEqual(ids({ newestFirst: true }), ['c', 'd', 'a', 'b']);
  const gone = { createdAtMs: startMs + 5, id: 'c2' };
  assert.deepEqual(ids({ after: gone }), ['d', 'c']);
  assert.deepEqual(ids({ after: gone, newestFirst: true }), ['a', 'b']);
  assert.deepEqual(ids({ states: ['queued', 'dialing'] }), ['b', 'a', 'd', 'c']);
  assert.deepEqual(ids({ states: ['completed'] }), []);
  assert.deepEqual(ids({ createdFromMs: startMs + 5, createdToMs: startMs + 9 }), ['a', 'd']);
  assert.deepEqual(ids({ completedFromMs: 0 }), []);
}

function readingConformance(name: string, open: Open): void {
  test(`${name}: events are numbered upwards over all callbacks and read in pages`, (t) => {
    const { store } = open(t);
    const writes = ['a', 'b', 'c'].map((id) => creation(id).write);
    const events = store.commit(writes, []);
    assert.deepEqual(
      events.map(({ callbackId }) => callbackId),
      ['a', 'b', 'c'],
    );
    const [first, ...rest] = events;
    assert.ok(first !== undefined);
    assert.deepEqual(store.eventsAfter(first.sequence, 10), rest);
    assert.deepEqual(store.eventsAfter(first.sequence, 1), rest.slice(0, 1));
    assert.deepEqual(store.eventsAfter(rest.at(-1)?.sequence ?? 0, 10), []);
  });

  test(`${name}: an idempotency key remembers its request and its callback`, (t) => {
    const { store } = open(t);
    const { write } = creation('a');
    store.commit([{ ...write, idempotency: { key: 'k', requestHash: 'h' } }], []);
    assert.deepEqual(store.idempotency('k'), { requestHash: 'h', callbackId: 'a' });
    assert.equal(store.idempotency('other'), null);
  });

  test(`${name}: lists filter, and page in order of creation and id`, (t) => {
    const { store } = open(t);
    const other = { customerNumber: '+12025550177' };
    const made = [
      creation('b', {}, startMs),
      creation('a', {}, startMs + 5),
      creation('d', { queueId: 'support' }, startMs + 5),
      creation('c', other, startMs + 9),
    ];
    store.commit(
      made.map(({ write }) => write),
      [],
    );
    const ids = (filter: Omit<Parameters<CallbackStore['list']>[0], 'limit'>, limit = 10) =>
      store.list({ ...filter, limit }).records.map(({ id }) => id);
    assert.deepEqual(ids({}), ['b', 'a', 'd', 'c']);
    assert.deepEqual(ids({ queueId: 'support' }), ['d']);
    assert.deepEqual(ids({ customerNumber: other.customerNumber }), ['c']);
    assert.deepEqual(ids({ state: 'scheduled' }), []);
    assert.deepEqual(ids({ queueId: 'sales', state: 'queued' }), ['b', 'a', 'c']);
    const page = store.list({ limit: 2 });
    assert.equal(page.nextCursor, 'a');
    assert.deepEqual(page.records[0], made[0] && toRecord(made[0].state));
    assert.deepEqual(store.list({ limit: 2, cursor: 'a' }).nextCursor, null);
    assert.deepEqual(ids({ cursor: 'a' }, 2), ['d', 'c']);
    assert.equal(ids({}, 0).length, 1);
    listsByPlaceAndTime(ids);
    assert.throws(
      () => store.list({ limit: 2, cursor: 'nobody' }),
      (fault) => fault instanceof RingbackError && fault.code === 'CALLBACK_CURSOR_UNKNOWN',
    );
  });

  test(`${name}: survives being closed and opened again`, (t) => {
    const { store, reopen } = open(t);
    if (reopen === null) return t.skip('keeps nothing beyond its process, by design');
    const { state, write } = creation('a');
    const [event] = store.commit([write], []);
    const again = reopen();
    assert.deepEqual(again.unfinished(), [state]);
    assert.deepEqual(again.openEffects(), write.effects);
    const later = again.commit([creation('b').write], []);
    assert.ok((later[0]?.sequence ?? 0) > (event?.sequence ?? 0));
  });
}
