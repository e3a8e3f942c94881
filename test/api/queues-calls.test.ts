// /api/v1/queues and /api/v1/calls over fakes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitAtPosition } from '../../api/schemas/queues.ts';
import { bodyOf, createWorld, entryOf, FakeRouter } from './fakes.ts';

test('queues are listed without entries, one is read with them', async () => {
  const world = createWorld();
  world.router.entries = [entryOf('cb-1', 1)];
  const { items } = await bodyOf(await world.ask('GET', '/api/v1/queues'));
  const [listed] = items as Record<string, unknown>[];
  assert.ok(listed !== undefined && !('entries' in listed));
  assert.equal(listed['waitingCallbacks'], 1);
  const one = await bodyOf(await world.ask('GET', '/api/v1/queues/support'));
  const [entry] = one['entries'] as Record<string, unknown>[];
  assert.equal(entry?.['arrivedAt'], '2026-01-05T08:00:00.000Z');
});

test('position and wait of one interaction', async () => {
  const world = createWorld();
  world.router.entries = [entryOf('cb-1', 4)];
  const place = await bodyOf(await world.ask('GET', '/api/v1/queues/support/entries/cb-1'));
  assert.equal(place['position'], 4);
  assert.equal((place['estimatedWait'] as { ewtSeconds: number }).ewtSeconds, 90);
});

test('unknown queues and entries are 404 with their own codes', async () => {
  const world = createWorld();
  world.router.entries = [{ ...entryOf('cb-1', 1), queueId: 'sales' }];
  const codeOf = async (path: string): Promise<unknown> =>
    (await bodyOf(await world.ask('GET', path)))['code'];
  assert.equal(await codeOf('/api/v1/queues/nowhere'), 'QUEUE_UNKNOWN');
  assert.equal(await codeOf('/api/v1/queues/support/entries/nobody'), 'ENTRY_UNKNOWN');
  assert.equal(await codeOf('/api/v1/queues/support/entries/cb-1'), 'ENTRY_UNKNOWN');
});

test('the wait at a position counts those ahead beyond the agents who are ready', () => {
  const router = new FakeRouter();
  const waitAt = (position: number): unknown => {
    const queue = router.queues()[0];
    assert.ok(queue !== undefined);
    const { ewtSeconds, reason } = waitAtPosition(queue, position);
    return [ewtSeconds, reason];
  };
  assert.deepEqual(waitAt(1), [0, 'estimated']);
  assert.deepEqual(waitAt(5), [120, 'estimated']);
  router.agentsReady = 2;
  assert.deepEqual(waitAt(2), [0, 'agent-free']);
  assert.deepEqual(waitAt(5), [60, 'estimated']);
  router.agentsServing = 0;
  assert.deepEqual(waitAt(5), [-1, 'nobody-logged-in']);
});

test('live calls: callbacks being handled and callers on the line', async () => {
  const world = createWorld('', {
    liveCallers: {
      list: () => [
        {
          interactionId: 'live-1',
          queueId: 'support',
          state: 'waiting',
          sinceMs: Date.UTC(2026, 0, 5, 8),
          callerNumber: '+12025550199',
          agentId: null,
        },
      ],
    },
    callIds: (id) => (id === 'live-1' ? ['call-1@here'] : []),
  });
  const good = { queueId: 'support', customerNumber: '+12025550123' };
  await world.ask('POST', '/api/v1/callbacks', good);
  await world.ask('POST', '/api/v1/callbacks', good);
  world.callbacks.happen('cb-2', 'dial-started', { state: 'dialing' });
  const { items } = await bodyOf(await world.ask('GET', '/api/v1/calls'));
  assert.deepEqual(
    (items as Record<string, unknown>[]).map((call) => [call['interactionId'], call['sipCallIds']]),
    [
      ['live-1', ['call-1@here']],
      ['cb-2', []],
    ],
  );
});

test('the ladder of a call is a drawing; without a trace or a call it says why not', async () => {
  const off = await createWorld().ask('GET', '/api/v1/calls/cb-1/ladder');
  assert.deepEqual([off.status, (await bodyOf(off))['code']], [404, 'TRACE_OFF']);
  const world = createWorld('', {
    callIds: (id) => (id === 'cb-1' ? ['a@b'] : []),
    ladder: (callIds) => (callIds.length === 0 ? null : `<svg>${callIds.join()}</svg>`),
  });
  const drawn = await world.ask('GET', '/api/v1/calls/cb-1/ladder');
  assert.equal(drawn.headers.get('content-type'), 'image/svg+xml');
  assert.equal(await drawn.text(), '<svg>a@b</svg>');
  const none = await world.ask('GET', '/api/v1/calls/cb-2/ladder');
  assert.deepEqual([none.status, (await bodyOf(none))['code']], [404, 'CALL_UNKNOWN']);
});
