// Calls to access numbers: known by the number shown, by a code keyed, or not at all; over the real
// callbacks and recording ports.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../core/live.ts';
import { createAccessCalls, MemoryStore } from '../../callback/index.ts';
import type { CallEvent, CallInSettings } from '../../callback/index.ts';
import { storeUnavailable } from '../../callback/store/faults.ts';
import { benchOf, number, requestOf, settingsOf } from './support.ts';

const accessNumber = '+12025550199';
const stranger = '+12025550188';
const own: CallInSettings = {
  accessNumbers: [accessNumber],
  codeDigits: 6,
  withCode: true,
  knowsByNumber: true,
  callWithinSeconds: 90,
  whenNotCalled: 'expire',
  whenUnknown: 'queue',
};

async function lobby(changes: Partial<CallInSettings> = {}, store = new MemoryStore()) {
  const settings = [settingsOf({ callIn: { ...own, ...changes } })];
  const bench = await benchOf({ settings, store, randomDigits: () => '481516' });
  const { calls, callbacks, clock, tick } = bench;
  const queued: string[] = [];
  const access = createAccessCalls(
    { settings },
    {
      ...{ calls, callbacks, clock, log: silentLog },
      enterQueue: ({ interactionId, queueId, callerNumber }) =>
        queued.push(`${interactionId} ${queueId} ${callerNumber ?? ''}`),
    },
  );
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 3; round += 1) {
      tick();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const say = async (id: string, event: CallEvent): Promise<void> => {
    calls.say(id, event);
    await settle();
  };
  return {
    ...bench,
    ...{ access, queued, say, settle },
    promise: async (): Promise<string> => {
      const callIn = {
        opens: 'turn',
        ...{ callWithinSeconds: null, whenNotCalled: null, withCode: null, codeDigits: null },
      } as const;
      const creating = callbacks.create(requestOf({ callIn }));
      tick();
      return (await creating).record.id;
    },
    ring: async (id: string, callerNumber: string | null): Promise<void> => {
      const arrivedAtMs = clock.nowMs();
      access.callerArrived({ interactionId: id, accessNumber, callerNumber, arrivedAtMs });
      await settle();
    },
    key: async (id: string, digits: string): Promise<void> => {
      for (const digit of digits) {
        calls.say(id, { type: 'digit', leg: 'customer', digit, durationMs: 90 });
      }
      await settle();
    },
  };
}

test('known by the number shown: the call is the callback from then on', async () => {
  const { promise, ring, calls, callbacks, access } = await lobby();
  const id = await promise();
  assert.ok(access.isAccessNumber(accessNumber));
  assert.ok(!access.isAccessNumber('+12025550000'));
  await ring('a1', number);
  assert.equal(callbacks.get(id)?.state, 'routing');
  assert.deepEqual(calls.told, ['take a1', 'play access-welcome']);
  assert.equal(access.queueOf('a1'), null, 'it is no access call any more');
  await callbacks.stop();
});

test('from another telephone: the code is asked for, its sixth digit ends it', async () => {
  const { promise, ring, key, calls, callbacks, access } = await lobby();
  const id = await promise();
  await ring('a1', stranger);
  assert.deepEqual(calls.told, ['play access-code']);
  assert.equal(access.queueOf('a1'), 'sales', 'asked in the language of the queue');
  await key('a1', '481516');
  assert.equal(callbacks.get(id)?.state, 'routing');
  assert.deepEqual(calls.told.slice(1), ['take a1', 'play access-welcome']);
  await ring('a2', null);
  await key('a2', '481516');
  assert.deepEqual(calls.told.slice(3), ['play access-code', 'play access-taken']);
  calls.say('a2', { type: 'treatment-ended', treatment: 'access-taken' });
  assert.equal(calls.told.at(-1), 'end-contact');
  await callbacks.stop();
});

test('three wrong codes: waits as any caller, or is sent away', async () => {
  const polite = await lobby();
  await polite.promise();
  await polite.ring('a1', stranger);
  for (const wrong of ['111111', '22#', '333333']) await polite.key('a1', wrong);
  const asked = ['play access-code', 'play access-code-wrong', 'play access-code-wrong'];
  assert.deepEqual(polite.calls.told, asked);
  assert.deepEqual(polite.queued, [`a1 sales ${stranger}`]);
  await polite.callbacks.stop();
  const strict = await lobby({ whenUnknown: 'refuse' });
  await strict.promise();
  await strict.ring('a1', stranger);
  await strict.key('a1', '#');
  assert.deepEqual(strict.calls.told, ['play access-code', 'play access-unknown']);
  await strict.say('a1', { type: 'treatment-ended', treatment: 'access-unknown' });
  assert.equal(strict.calls.told.at(-1), 'end-contact');
  assert.deepEqual(strict.queued, []);
  await strict.callbacks.stop();
});

test('no code in time, or no codes at all: not expected here', async () => {
  const silent = await lobby();
  await silent.ring('a1', stranger);
  await silent.say('a1', { type: 'treatment-ended', treatment: 'access-code' });
  silent.clock.advance(8_000);
  assert.deepEqual(silent.queued, [`a1 sales ${stranger}`]);
  await silent.callbacks.stop();
  const codeless = await lobby({ withCode: false });
  await codeless.ring('a1', stranger);
  assert.deepEqual(codeless.queued, [`a1 sales ${stranger}`]);
  await codeless.callbacks.stop();
});

test('who hangs up is gone; a prompt that cannot be played is over at once', async () => {
  const { promise, ring, key, say, calls, callbacks, access, queued } = await lobby();
  const id = await promise();
  await ring('a1', stranger);
  await say('a1', { type: 'customer-hung-up' });
  assert.equal(access.queueOf('a1'), null);
  await key('a1', '481516');
  assert.equal(callbacks.get(id)?.state, 'queued');
  assert.equal(calls.told.at(-1), 'end-contact');
  calls.playToCustomer = () => {
    throw new Error('no such prompt');
  };
  await ring('a2', stranger);
  await key('a2', '481516');
  assert.equal(callbacks.get(id)?.state, 'routing', 'the code counts all the same');
  assert.deepEqual(queued, []);
  await callbacks.stop();
});

class FullDisk extends MemoryStore {
  isFull = false;
  override commit(...all: Parameters<MemoryStore['commit']>): ReturnType<MemoryStore['commit']> {
    if (this.isFull) throw storeUnavailable('the disk is full');
    return super.commit(...all);
  }
}

test('nothing can be written: the caller waits as any, and the callback is as it was', async () => {
  const store = new FullDisk();
  const { promise, ring, callbacks, queued } = await lobby({}, store);
  const id = await promise();
  store.isFull = true;
  await ring('a1', number);
  assert.deepEqual(queued, [`a1 sales ${number}`]);
  assert.equal(callbacks.get(id)?.state, 'queued');
  store.isFull = false;
  await callbacks.stop();
});

test('a stop ends what is not known yet', async () => {
  const { ring, access, calls, callbacks } = await lobby();
  await ring('a1', stranger);
  access.stop();
  assert.equal(calls.told.at(-1), 'end-contact');
  assert.equal(access.queueOf('a1'), null);
  await callbacks.stop();
});
