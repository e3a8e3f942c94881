// A second life over the store of the first: what is taken up, what is left alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unavailable } from '../../core/errors.ts';
import { MemoryStore } from '../../callback/index.ts';
import type { CallbackStore } from '../../callback/index.ts';
import { storeConflict } from '../../callback/store/faults.ts';
import { VirtualClock } from '../support/clock.ts';
import {
  benchOf,
  countingIds,
  findingOf,
  RecordingAgents,
  RecordingCalls,
  requestOf,
  startMs,
} from './support.ts';

test('a queued callback takes its place again, with its arrival', async () => {
  const store = new MemoryStore();
  const first = await benchOf({ store });
  const id = await first.promised({ arrivedAtMs: startMs - 5_000 });
  const again = await benchOf({ store, clock: first.clock });
  assert.deepEqual(again.agents.told, [`submit ${id} -5000`]);
  assert.equal(again.callbacks.get(id)?.revision, 1, 'no step was needed');
});

test('killed while dialling: no second dial before the first surely stopped ringing', async () => {
  const store = new MemoryStore();
  const first = await benchOf({ store });
  const id = await first.promised();
  first.agents.reserve(id);
  first.tick();
  assert.equal(first.calls.dials.length, 1);
  const again = await benchOf({ store, clock: first.clock });
  again.tick();
  assert.equal(again.callbacks.get(id)?.attempts[0]?.result, 'INTERRUPTED');
  again.tick(29_999);
  assert.deepEqual(again.agents.told, [`not-reached ${id}`]);
  again.tick(1);
  assert.deepEqual(again.agents.told.slice(1), [`submit ${id} 0`]);
});

test('killed while connected: AGENT_CONNECTED, and the history says it was cut off', async () => {
  const store = new MemoryStore();
  const { agents, calls, clock, promised, tick } = await benchOf({ store });
  const id = await promised();
  agents.reserve(id);
  tick();
  calls.say(id, { type: 'customer-answered' });
  calls.say(id, { type: 'customer-classified', finding: findingOf('person') });
  calls.say(id, { type: 'agent-answered', reservationId: 'r1' });
  calls.say(id, { type: 'joined', reservationId: 'r1', recording: null });
  tick();
  const again = await benchOf({ store, clock });
  assert.equal(again.callbacks.get(id)?.reason, 'AGENT_CONNECTED');
  const last = again.callbacks.history(id).at(-1);
  assert.equal(last?.type, 'process-restarted');
  assert.equal(last?.data['interrupted'], true);
});

test('a call that outlived the driver goes on: asked, not dialled', async () => {
  const store = new MemoryStore();
  const calls = new RecordingCalls();
  const first = await benchOf({ store, calls });
  const id = await first.promised();
  first.agents.reserve(id);
  first.tick();
  await first.callbacks.stop();
  const again = await benchOf({ store, calls, clock: first.clock });
  assert.equal(again.callbacks.get(id)?.state, 'dialing');
  calls.say(id, { type: 'customer-answered' });
  again.tick();
  assert.equal(calls.dials.length, 1);
  assert.deepEqual(
    again.callbacks.history(id).map(({ type }) => type),
    ['created', 'agent-reserved', 'customer-answered'],
  );
});

/** Never hears that an effect was performed: as if killed before the mark. */
class ForgetfulStore extends MemoryStore {
  forgets = true;

  override commit(...[writes, doneKeys]: Parameters<CallbackStore['commit']>) {
    return super.commit(writes, this.forgets ? [] : doneKeys);
  }
}

test('what was owed is given back: open hang-ups and withdrawals are performed again', async () => {
  const store = new ForgetfulStore();
  const first = await benchOf({ store });
  const id = await first.promised();
  first.agents.reserve(id);
  first.tick();
  const cancelling = first.callbacks.cancel(id);
  first.tick();
  await cancelling;
  store.forgets = false;
  const again = await benchOf({ store, clock: first.clock });
  assert.deepEqual(again.calls.told, ['end-contact']);
  assert.deepEqual(again.agents.told, [`withdraw ${id} cancelled`]);
  again.tick(2_000);
  assert.deepEqual(store.openEffects(), [], 'and then nothing is open');
});

test('overdue while the process was down: queued at the desired time, or expired', async () => {
  const store = new MemoryStore();
  const first = await benchOf({ store });
  const soon = await first.promised({ desiredTimeMs: startMs + 60_000 });
  const customerNumber = '+12025550102';
  const old = await first.promised({ customerNumber });
  const later = await benchOf({ store, clock: new VirtualClock(startMs + 86_400_000) });
  later.tick();
  assert.equal(later.callbacks.get(old)?.reason, 'FAIL_TIMEOUT_TTL');
  assert.equal(later.callbacks.get(soon)?.state, 'queued');
  assert.ok(later.agents.told.includes(`submit ${soon} 60000`));
});

/** What a test says through a port, or what never fails. */
const notPorts = new Set<string | symbol>(['onEvent', 'onNotice', 'say', 'reserve', 'assign']);

/** Fails the `nth` use of any method of a port, once. */
function failingOnce<Port extends object>(port: Port, nth: number, fault: () => unknown): Port {
  let uses = 0;
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (notPorts.has(name)) return value.bind(target) as unknown;
      return (...given: unknown[]): unknown => {
        uses += 1;
        if (uses === nth) throw fault();
        return (value as (...args: unknown[]) => unknown).apply(target, given);
      };
    },
  });
}

/** A whole callback with a busy first attempt; drives whatever state it finds. */
async function wholeStory(parts: {
  readonly store?: CallbackStore;
  readonly calls?: RecordingCalls;
  readonly agents?: RecordingAgents;
}): Promise<{ readonly reason: string | null; readonly dialKeys: readonly string[] }> {
  const calls = parts.calls ?? new RecordingCalls();
  const agents = parts.agents ?? new RecordingAgents();
  const clock = new VirtualClock(startMs);
  const bench = await retried(() =>
    benchOf({ store: parts.store ?? new MemoryStore(), calls, agents, clock, ids: countingIds() }),
  );
  let id: string | null = null;
  for (let tries = 0; id === null && tries < 3; tries += 1) {
    id = await bench.promised({ idempotencyKey: 'k' }).catch(() => null);
    bench.tick(1_000);
  }
  assert.ok(id !== null, 'the promise was never accepted');
  const state = () => retriedNow(() => bench.callbacks.get(id));
  for (let round = 0; round < 80 && state()?.state !== 'completed'; round += 1) {
    const reservationId = `r${round}`;
    const rings = () => calls.told.findLast((told) => told.startsWith('ring'))?.split(' ')[2] ?? '';
    const record = state();
    if (record?.state === 'queued') agents.reserve(id, reservationId);
    else if (record?.state === 'routing' && rings() === '') agents.assign(id, reservationId);
    else if (record?.state === 'routing') {
      calls.say(id, { type: 'agent-answered', reservationId: rings() });
      bench.tick();
      calls.say(id, { type: 'joined', reservationId: rings(), recording: null });
    } else if (record?.state === 'dialing' && record.attempts.length > 1) {
      calls.say(id, { type: 'customer-answered' });
      bench.tick();
      calls.say(id, { type: 'customer-classified', finding: findingOf('person') });
    } else if (record?.state === 'dialing') calls.say(id, { type: 'customer-hung-up' });
    else if (record?.state === 'connected') calls.say(id, { type: 'customer-hung-up' });
    bench.tick(20_000);
    if (record?.state === 'routing') agents.assign(id, `${reservationId}-next`);
  }
  const dialKeys = calls.dials.map(({ attemptKey }) => attemptKey);
  return { reason: state()?.reason ?? null, dialKeys };
}

async function retried<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  return work().catch(() => work());
}

function retriedNow<Answer>(work: () => Answer): Answer {
  try {
    return work();
  } catch {
    return work();
  }
}

test('the story itself: one busy attempt, one conversation', async () => {
  const { reason, dialKeys } = await wholeStory({});
  assert.equal(reason, 'AGENT_CONNECTED');
  assert.equal(dialKeys.length, 2);
});

const storeFaults: readonly (readonly [string, () => unknown])[] = [
  ['refuses', () => unavailable('STORE_UNAVAILABLE', 'full')],
  ['conflicts', () => storeConflict('c1')],
  ['has a bug', () => new Error('bug')],
];
for (const [what, fault] of storeFaults) {
  test(`whichever use of the store ${what}: nothing lost, nothing doubled`, async () => {
    for (let nth = 1; nth <= 40; nth += 1) {
      const inner = new MemoryStore();
      const told = await wholeStory({ store: failingOnce<CallbackStore>(inner, nth, fault) });
      assert.equal(told.reason, 'AGENT_CONNECTED', `use ${nth}`);
      assert.equal(new Set(told.dialKeys).size, told.dialKeys.length, `use ${nth}`);
      assert.equal(inner.list({ limit: 10 }).records.length, 1, `use ${nth}`);
    }
  });
}

test('whichever use of the telephones throws: the callback still ends', async () => {
  for (let nth = 1; nth <= 15; nth += 1) {
    const calls = failingOnce(new RecordingCalls(), nth, () => new Error('no telephone'));
    const told = await wholeStory({ calls });
    assert.equal(told.reason, 'AGENT_CONNECTED', `use ${nth}`);
  }
});

test('whichever use of routing throws: the callback still ends', async () => {
  for (let nth = 1; nth <= 15; nth += 1) {
    const agents = failingOnce(new RecordingAgents(), nth, () => new Error('no routing'));
    const told = await wholeStory({ agents });
    assert.equal(told.reason, 'AGENT_CONNECTED', `use ${nth}`);
  }
});

test('a create answered with an error left nothing behind', async () => {
  const inner = new MemoryStore();
  const fault = () => unavailable('STORE_UNAVAILABLE', 'full');
  const { callbacks, tick } = await benchOf({ store: failingOnce<CallbackStore>(inner, 3, fault) });
  const creating = callbacks.create(requestOf());
  tick();
  await assert.rejects(creating);
  assert.deepEqual(inner.unfinished(), []);
  tick(1_000);
  const again = callbacks.create(requestOf());
  tick();
  assert.equal((await again).record.state, 'queued');
});
