// Callers who choose: a callback instead of waiting, and the place of one that waits already.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../core/live.ts';
import { createLiveCalls } from '../../callback/index.ts';
import type { CallbackSettings, CallEvent } from '../../callback/index.ts';
import type { Bench } from './support.ts';
import { benchOf, countingIds, number, settingsOf, startMs } from './support.ts';

const waitMs = 600_000;
const offer = { whenWaitAboveSeconds: 120, everySeconds: 30 };

/** Callbacks and callers over the same recording ports. */
async function lobbyOf(
  changes: Partial<CallbackSettings>,
  predictedWaitMs: number | null = waitMs,
) {
  const settings = [settingsOf(changes)];
  const isOnTheLine = (): boolean => false;
  const newReturnCode = (): string => '048213';
  const bench = await benchOf({ settings, isOnTheLine, newReturnCode, ids: countingIds() });
  const counted: string[] = [];
  const { calls, agents, callbacks, clock } = bench;
  const live = createLiveCalls(
    { settings },
    {
      ...{ calls, agents, callbacks, clock, log: silentLog },
      predictedWaitMs: () => predictedWaitMs,
      readNumber: (digits) => (digits === '5550199' ? '+12025550199' : null),
      countOffer: (_queueId, answer) => counted.push(answer),
    },
  );
  const say = (event: CallEvent): void => calls.say('x', event);
  return {
    ...{ ...bench, live, counted, say },
    arrive: async (callerNumber: string | null = number) => {
      live.callerArrived({
        ...{ interactionId: 'x', queueId: 'sales', callerNumber },
        arrivedAtMs: clock.nowMs(),
      });
      await settle(bench);
    },
    press: async (keys: string) => {
      for (const digit of keys) say({ type: 'digit', leg: 'customer', digit, durationMs: 90 });
      await settle(bench);
    },
    heard: async (treatment: string) => {
      say({ type: 'treatment-ended', treatment });
      await settle(bench);
    },
  };
}

/** Lets the store commit and promises be kept. */
async function settle({ tick }: Bench): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    tick();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('offered when the wait is long: the callback has the place of the call', async () => {
  const lobby = await lobbyOf({ offer });
  await lobby.arrive();
  await lobby.heard('queue-welcome');
  lobby.tick(30_000);
  assert.equal(lobby.calls.told.at(-1), 'play callback-offer');
  await lobby.press('1');
  assert.equal(lobby.calls.told.at(-1), 'play offer-number');
  await lobby.press('1');
  assert.ok(lobby.agents.told.includes('withdraw x cancelled'));
  const [record] = lobby.callbacks.list({ limit: 10 }).records;
  assert.deepEqual([record?.customerNumber, record?.arrivedAtMs], [number, startMs]);
  assert.equal(lobby.calls.told.at(-1), 'play callback-promised');
  await lobby.heard('callback-promised');
  assert.deepEqual(lobby.live.list(), []);
  assert.deepEqual(lobby.counted, ['made', 'accepted']);
  assert.equal(lobby.callbacks.list({ limit: 10 }).records.length, 1, 'not once more for leaving');
});

test('another number is entered by keys; a wrong one is asked for again', async () => {
  const lobby = await lobbyOf({ offer });
  await lobby.arrive(null);
  await lobby.heard('queue-welcome');
  lobby.tick(30_000);
  await lobby.press('1911#');
  assert.equal(lobby.calls.told.at(-1), 'play number-wrong');
  await lobby.press('5550199#');
  const [record] = lobby.callbacks.list({ limit: 10 }).records;
  assert.equal(record?.customerNumber, '+12025550199');
});

test('a short wait is not worth an offer; who declines is not asked again', async () => {
  const short = await lobbyOf({ offer }, 60_000);
  await short.arrive();
  await short.heard('queue-welcome');
  short.tick(300_000);
  assert.deepEqual(short.counted, []);
  const nobody = await lobbyOf({ offer }, null);
  await nobody.arrive();
  await nobody.heard('queue-welcome');
  nobody.tick(30_000);
  assert.deepEqual(nobody.counted, ['made'], 'nobody is logged in: the wait is no shorter');
  await nobody.heard('callback-offer');
  nobody.tick(8_000);
  assert.equal(nobody.calls.told.at(-1), 'play waiting loop', 'no answer is no decline');
  nobody.tick(30_000);
  await nobody.press('2');
  nobody.tick(300_000);
  assert.deepEqual(nobody.counted, ['made', 'made', 'declined']);
});

test('an agent who comes in the middle of an offer ends it', async () => {
  const lobby = await lobbyOf({ offer });
  await lobby.arrive();
  await lobby.heard('queue-welcome');
  lobby.tick(30_000);
  lobby.agents.assign('x');
  assert.deepEqual(lobby.calls.told.slice(-2), ['play waiting loop', 'ring ann r1']);
  await lobby.press('1');
  assert.equal(lobby.live.list()[0]?.state, 'ringing');
});

test('a refused callback: the caller stands in line again, where it was', async () => {
  const lobby = await lobbyOf({ offer });
  await lobby.promised();
  await lobby.arrive();
  await lobby.heard('queue-welcome');
  lobby.tick(30_000);
  await lobby.press('11');
  assert.equal(lobby.calls.told.at(-1), 'play callback-refused');
  assert.equal(lobby.agents.told.at(-1), 'submit x 0');
  assert.deepEqual(lobby.counted, ['made']);
});

test('the customer of a waiting callback calls in: merge takes its place', async () => {
  const lobby = await lobbyOf({ whenCallsIn: 'merge', callbackOnAbandon: false });
  const id = await lobby.promised();
  lobby.tick(90_000);
  await lobby.arrive();
  assert.equal(lobby.callbacks.get(id)?.reason, 'MERGED');
  assert.deepEqual(lobby.agents.told.slice(-2), ['withdraw x cancelled', 'submit x 0']);
  lobby.say({ type: 'customer-hung-up' });
  await settle(lobby);
  const waiting = lobby.callbacks.list({ limit: 10, state: 'queued' }).records;
  assert.deepEqual(
    waiting.map(({ arrivedAtMs }) => arrivedAtMs),
    [startMs],
    'who hangs up is called back after all, at that place',
  );
});

test('cancel, ask and ignore', async () => {
  const cancels = await lobbyOf({ whenCallsIn: 'cancel' });
  const cancelled = await cancels.promised();
  await cancels.arrive();
  assert.equal(cancels.callbacks.get(cancelled)?.reason, 'CANCELLED');

  const asks = await lobbyOf({ whenCallsIn: 'ask' });
  const asked = await asks.promised();
  await asks.arrive();
  await asks.heard('queue-welcome');
  assert.equal(asks.calls.told.at(-1), 'play callback-waiting');
  await asks.press('1');
  assert.equal(asks.callbacks.get(asked)?.reason, 'MERGED');

  const ignores = await lobbyOf({});
  const kept = await ignores.promised();
  await ignores.arrive();
  assert.equal(ignores.callbacks.get(kept)?.state, 'queued');
});

test('a code from the message on a machine takes the place, from whatever number', async () => {
  const lobby = await lobbyOf({ returnCode: true });
  const id = await lobby.promised();
  const record = lobby.callbacks.get(id);
  assert.ok(!JSON.stringify([record, lobby.callbacks.history(id)]).includes('048213'));
  await lobby.arrive('+12025550177');
  await lobby.press('*000000');
  assert.equal(lobby.callbacks.get(id)?.state, 'queued');
  await lobby.press('*048213');
  assert.equal(lobby.callbacks.get(id)?.reason, 'MERGED');
  const guesser = await lobbyOf({ returnCode: true });
  const safe = await guesser.promised();
  await guesser.arrive('+12025550177');
  await guesser.press('*000000*000001*000002*048213');
  assert.equal(guesser.callbacks.get(safe)?.state, 'queued', 'three tries for each call');
});

test('the code follows the message on a machine', async () => {
  const lobby = await lobbyOf({ returnCode: true });
  const id = await lobby.promised();
  lobby.agents.reserve(id);
  lobby.tick();
  for (const event of [
    { type: 'customer-answered' },
    { type: 'machine-beeped' },
    { type: 'treatment-ended', treatment: 'machine-message' },
  ] as const) {
    lobby.calls.say(id, event);
    lobby.tick();
  }
  assert.equal(lobby.calls.told.at(-1), 'play return-code 048213');
  lobby.calls.say(id, { type: 'treatment-ended', treatment: 'return-code' });
  lobby.tick();
  assert.equal(lobby.callbacks.get(id)?.attempts[0]?.result, 'ANSWERING_MACHINE');
});
