// Every call of a port fails once, at its Nth use, for every N there is: the promise is neither
// lost nor kept twice, whatever stood still at that moment.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../callback/index.ts';
import type {
  CallbackSettings,
  CallInSettings,
  DialCustomer,
  TakeCall,
} from '../../callback/index.ts';
import { storeUnavailable } from '../../callback/store/faults.ts';
import {
  benchOf,
  failureOf,
  findingOf,
  number,
  RecordingAgents,
  RecordingCalls,
  requestOf,
  settingsOf,
} from './support.ts';

/** Throws at the Nth use, once. */
class Fuse {
  uses = 0;
  readonly #nth: number;
  #armed = false;

  constructor(nth: number) {
    this.#nth = nth;
  }

  /** Counts from now on. */
  arm(): void {
    this.uses = 0;
    this.#armed = true;
  }

  use(): void {
    if (!this.#armed) return;
    this.uses += 1;
    if (this.uses === this.#nth) throw storeUnavailable('made to fail');
  }
}

/** The same port, with a fuse before every method but those that only listen. */
function fused<Port extends object>(port: Port, fuse: Fuse): Port {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      if (key === 'onEvent' || key === 'onNotice' || key === 'say')
        return value.bind(target) as unknown;
      return (...all: unknown[]): unknown => {
        fuse.use();
        return Reflect.apply(value, target, all);
      };
    },
  });
}

/** Telephones that behave: what they say next waits until the test lets them speak. */
class Telephones extends RecordingCalls {
  readonly said: (() => void)[] = [];
  readonly conversations = new Set<string>();
  dialedTwice = 0;
  busyFirst = false;

  override dialCustomer(command: DialCustomer): void {
    const { interactionId: id, attemptKey } = command;
    if (this.live.has(id)) this.dialedTwice += 1;
    super.dialCustomer(command);
    if (this.busyFirst) {
      this.busyFirst = false;
      this.said.push(() => {
        this.live.delete(id);
        this.say(id, { type: 'customer-failed', failure: failureOf(486) }, attemptKey);
      });
      return;
    }
    this.said.push(() => this.say(id, { type: 'customer-answered' }, attemptKey));
    const finding = findingOf('person');
    this.said.push(() => this.say(id, { type: 'customer-classified', finding }, attemptKey));
  }

  override takeCall(command: TakeCall): void {
    if (this.live.has(command.interactionId)) this.dialedTwice += 1;
    super.takeCall(command);
  }

  override playToCustomer(id: string, treatment: string, loop: boolean): void {
    super.playToCustomer(id, treatment, loop);
    if (!loop) this.said.push(() => this.say(id, { type: 'treatment-ended', treatment }));
  }

  override ringAgent(command: {
    interactionId: string;
    username: string;
    reservationId: string;
  }): void {
    super.ringAgent(command);
    const { interactionId: id, reservationId } = command;
    this.said.push(() => this.say(id, { type: 'agent-answered', reservationId }));
  }

  override join(id: string, reservationId: string, record: boolean): void {
    super.join(id, reservationId, record);
    this.said.push(() => {
      this.conversations.add(this.live.get(id) ?? '');
      this.say(id, { type: 'joined', reservationId, recording: null });
    });
    this.said.push(() => this.say(id, { type: 'customer-hung-up' }));
  }
}

/** Routing with an agent for everybody who has a place. */
class Desk extends RecordingAgents {
  readonly waiting = new Set<string>();
  #reservations = 0;

  override submit(entry: { interactionId: string; arrivedAtMs: number }): void {
    super.submit(entry);
    this.waiting.add(entry.interactionId);
  }

  override withdraw(id: string, why: string): void {
    super.withdraw(id, why);
    this.waiting.delete(id);
  }

  serve(): void {
    for (const id of this.waiting) {
      this.waiting.delete(id);
      this.reserve(id, `r${(this.#reservations += 1)}`);
    }
  }
}

type PortName = 'store' | 'calls' | 'agents';

/** One promise under one fault, until it is over; answers how often the port was used. */
async function live(
  port: PortName,
  nth: number,
  settings: Partial<CallbackSettings>,
  busyFirst: boolean,
): Promise<number> {
  const callIn = settings.callIn ? anyTurn : null;
  const fuse = new Fuse(nth);
  const whole = { store: new MemoryStore(), calls: new Telephones(), agents: new Desk() };
  whole.calls.busyFirst = busyFirst;
  const ports = { ...whole, settings: [settingsOf(settings)], randomDigits: () => '481516' };
  const { callbacks, tick, clock } = await benchOf({
    ...ports,
    ...(port === 'store' ? { store: fused(whole.store, fuse) } : {}),
    ...(port === 'calls' ? { calls: fused(whole.calls, fuse) } : {}),
    ...(port === 'agents' ? { agents: fused(whole.agents, fuse) } : {}),
  });
  fuse.arm();
  const told = `${port} fails at use ${nth}`;
  const ask = async () => {
    const creating = callbacks.create(requestOf({ idempotencyKey: 'k', callIn }));
    tick(1_000);
    return creating.then(({ record }) => record.id);
  };
  const id = await ask().catch(ask); // who was refused asks again, with the same key
  assert.equal(await ask().catch(ask), id, `${told}: promised twice`);
  for (let round = 0; round < 200; round += 1) {
    if (whole.store.load(id)?.phase.name === 'completed') break;
    whole.agents.serve();
    tick(100);
    // Told to, the customer calls, and calls again when it came to nothing.
    if (callbacks.get(id)?.access?.isAwaited === true) {
      void callbacks.callIn(id, `access-${round}`).catch(() => undefined);
      tick(100);
    }
    whole.calls.said.shift()?.();
    tick(1_100); // a refused commit is tried again after a second
    if (whole.calls.said.length === 0) tick(5_000);
  }
  clock.advance(5_000);
  const over = whole.store.load(id);
  assert.equal(over?.phase.name === 'completed' && over.phase.reason, 'AGENT_CONNECTED', told);
  assert.equal(whole.store.list({ limit: 10, customerNumber: number }).records.length, 1, told);
  assert.equal(whole.calls.dialedTwice, 0, `${told}: dialled while the first call was live`);
  assert.equal(whole.calls.conversations.size, 1, `${told}: one conversation`);
  // A question is a line of its own at the step that asks it.
  const steps = whole.store.history(id).filter(({ type }) => type !== 'call-in-asked');
  const revisions = steps.map(({ revision }) => revision);
  assert.deepEqual(
    revisions,
    revisions.map((_, index) => index + 1),
    `${told}: every step once`,
  );
  await callbacks.stop();
  const { uses } = fuse;
  const again = await benchOf({ store: whole.store, clock });
  again.tick(2_000);
  assert.equal(whole.store.openEffects().length, 0, `${told}: nothing is left to do`);
  assert.equal(again.calls.dials.length, 0, `${told}: a second life calls nobody`);
  await again.callbacks.stop();
  return uses;
}

/** A store whose disk is full, until it is not. */
class FullDisk extends MemoryStore {
  isFull = false;

  override commit(...all: Parameters<MemoryStore['commit']>): ReturnType<MemoryStore['commit']> {
    if (this.isFull) throw storeUnavailable('the disk is full');
    return super.commit(...all);
  }
}

test('an agent lost while nothing could be written is not rung afterwards', async () => {
  const store = new FullDisk();
  const { callbacks, calls, agents, tick, promised } = await benchOf({ store });
  const id = await promised();
  agents.reserve(id);
  tick();
  store.isFull = true;
  calls.say(id, { type: 'customer-answered' });
  calls.say(id, { type: 'customer-classified', finding: findingOf('person') });
  tick(40_000);
  agents.lose(id);
  tick(5_000);
  store.isFull = false;
  tick(2_000);
  assert.equal(callbacks.get(id)?.state, 'routing');
  assert.ok(!calls.told.some((told) => told.startsWith('ring')), calls.told.join());
  agents.assign(id, 'r2', 'bob');
  tick();
  assert.equal(calls.told.at(-1), 'ring bob r2');
  await callbacks.stop();
});

const anyTurn = {
  opens: 'turn',
  ...{ callWithinSeconds: null, whenNotCalled: null, withCode: null, codeDigits: null },
} as const;
const callIn: CallInSettings = {
  ...{ accessNumbers: ['+12025550199'], codeDigits: 6, withCode: true, knowsByNumber: true },
  ...{ callWithinSeconds: 600, whenNotCalled: 'expire', whenUnknown: 'queue' },
};

test('an agent who answered while nothing could be written, too late, is let go', async () => {
  const store = new FullDisk();
  const { callbacks, calls, agents, tick, promised } = await benchOf({ store });
  const id = await promised();
  agents.reserve(id);
  tick();
  calls.say(id, { type: 'customer-answered' });
  calls.say(id, { type: 'customer-classified', finding: findingOf('person') });
  tick(1_000);
  assert.equal(calls.told.at(-1), 'ring ann r1');
  store.isFull = true;
  calls.say(id, { type: 'treatment-ended', treatment: 'greeting' });
  calls.say(id, { type: 'agent-answered', reservationId: 'r1' });
  tick(14_000);
  agents.lose(id);
  tick(5_000);
  store.isFull = false;
  tick(2_000);
  assert.ok(!calls.told.some((told) => told.startsWith('join')), calls.told.join());
  assert.ok(calls.told.includes('hang-up-agent'), calls.told.join());
  assert.equal(callbacks.get(id)?.state, 'routing');
  agents.assign(id, 'r2', 'bob');
  tick();
  assert.equal(calls.told.at(-1), 'ring bob r2');
  await callbacks.stop();
});

const scenarios = [
  { name: 'reached at once', settings: {}, busyFirst: false },
  { name: 'busy, then reached', settings: { retryGapSeconds: 60 }, busyFirst: true },
  { name: 'agent first', settings: { firstParty: 'agent' }, busyFirst: false },
  { name: 'the customer calls in', settings: { callIn }, busyFirst: false },
] as const;

for (const { name, settings, busyFirst } of scenarios) {
  for (const port of ['store', 'calls', 'agents'] as const) {
    test(`${name}: ${port} fails at every use in turn`, async () => {
      let nth = 1;
      for (let uses = Infinity; nth <= uses; nth += 1) {
        uses = await live(port, nth, settings, busyFirst);
      }
      assert.ok(nth > 3, 'the port was used');
    });
  }
}
