// Slots, office hours and moves over HTTP.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { bodyOf, createWorld } from './fakes.ts';

const GOOD = { queueId: 'support', customerNumber: '+12025550123' };

test('availability shows slots; without slots it says so', async () => {
  const world = createWorld();
  const path = '/api/v1/queues/support/availability';
  const none = await bodyOf(await world.ask('GET', path));
  assert.deepEqual(none, { slotted: false, items: [] });
  const startMs = world.clock.nowMs() + 3_600_000;
  world.callbacks.slots = [{ startMs, endMs: startMs + 900_000, places: 3, free: 2 }];
  const some = await bodyOf(await world.ask('GET', `${path}?limit=5`));
  assert.deepEqual(some, {
    slotted: true,
    items: [
      { start: '2026-01-05T10:00:00.000Z', end: '2026-01-05T10:15:00.000Z', places: 3, free: 2 },
    ],
  });
});

test('office hours: open until, closed, always open', async () => {
  const world = createWorld();
  const path = '/api/v1/queues/support/office-hours';
  const always = await bodyOf(await world.ask('GET', path));
  assert.deepEqual([always['open'], always['closesInSeconds']], [true, null]);
  const nowMs = world.clock.nowMs();
  world.callbacks.periods = [{ fromMs: nowMs, toMs: nowMs + 1_800_000 }];
  const open = await bodyOf(await world.ask('GET', path));
  assert.deepEqual([open['open'], open['closesInSeconds']], [true, 1_800]);
  world.callbacks.periods = [{ fromMs: nowMs + 60_000, toMs: nowMs + 1_800_000 }];
  const closed = await bodyOf(await world.ask('GET', path));
  assert.deepEqual([closed['open'], closed['closesInSeconds']], [false, 0]);
});

test('spans that end before they begin, are too long or about no queue are refused', async () => {
  const world = createWorld();
  const ask = async (path: string) => {
    const response = await world.ask('GET', path);
    return [response.status, (await bodyOf(response))['code']];
  };
  const root = '/api/v1/queues/support/availability';
  const from = 'from=2026-02-01T00:00:00Z';
  assert.deepEqual(await ask(`${root}?${from}&to=2026-01-01T00:00:00Z`), [400, 'REQUEST_INVALID']);
  assert.deepEqual(await ask(`${root}?${from}&to=2027-01-01T00:00:00Z`), [400, 'REQUEST_INVALID']);
  assert.deepEqual(await ask('/api/v1/queues/none/office-hours'), [404, 'QUEUE_UNKNOWN']);
});

test('a callback is moved, unless it has changed or is being called', async () => {
  const world = createWorld();
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  const path = '/api/v1/callbacks/cb-1';
  const change = { desiredTime: '2026-01-05T12:00:00Z' };
  const stale = await world.ask('PATCH', path, change, { 'If-Match': '"99"' });
  assert.equal(stale.status, 412);
  const moved = await world.ask('PATCH', path, change);
  assert.equal(moved.status, 200);
  assert.equal((await bodyOf(moved))['desiredAt'], '2026-01-05T12:00:00.000Z');
  assert.match(moved.headers.get('etag') ?? '', /^"\d+"$/);
  const soon = await bodyOf(await world.ask('PATCH', path, { desiredTime: null }));
  assert.equal(soon['desiredAt'], null);
  world.callbacks.happen('cb-1', 'dialled', { state: 'dialing' });
  const busy = await world.ask('PATCH', path, change);
  assert.deepEqual([busy.status, (await bodyOf(busy))['code']], [409, 'CALLBACK_STATE']);
  const unknown = await world.ask('PATCH', path, { colour: 'red' });
  assert.equal(unknown.status, 400);
});
