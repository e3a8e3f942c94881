// Availability in both versions, office hours and capacity.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { bodyOf } from '../fakes.ts';
import { createGmsWorld, type GmsWorld } from './world.ts';

const FIRST = '/genesys/1/service/callback/sales/availability';
const SECOND = '/genesys/2/service/callback/sales/availability';
/** Monday 2026-01-05 08:00 in New York. */
const OPENS = Date.UTC(2026, 0, 5, 13);

function withSlots(): GmsWorld {
  const world = createGmsWorld();
  world.callbacks.slots = [
    { startMs: OPENS, endMs: OPENS + 1_800_000, places: 4, free: 4 },
    { startMs: OPENS + 3_600_000, endMs: OPENS + 5_400_000, places: 4, free: 1 },
  ];
  return world;
}

test('version 1: the start of each free slot with its places, by GET and by POST', async () => {
  const world = withSlots();
  const expected = { '2026-01-05T13:00:00.000Z': 4, '2026-01-05T14:00:00.000Z': 1 };
  const span = 'start=2026-01-05T00:00:00Z&number-of-days=1';
  assert.deepEqual(await bodyOf(await world.json('GET', `${FIRST}?${span}`)), expected);
  const form = Object.fromEntries(new URLSearchParams(span));
  assert.deepEqual(await bodyOf(await world.form(FIRST, form)), expected);
  const one = await bodyOf(await world.json('GET', `${FIRST}?${span}&max-time-slots=1`));
  assert.deepEqual(one, { '2026-01-05T13:00:00.000Z': 4 });
});

test('version 2: local times, and busy slots for those who ask', async () => {
  const world = withSlots();
  const span = `start-ms=${OPENS}&end-ms=${OPENS + 5_400_000}`;
  const free = await bodyOf(await world.json('GET', `${SECOND}?${span}`));
  assert.deepEqual(free, {
    slots: [
      {
        utcTime: '2026-01-05T13:00:00.000Z',
        localTime: '2026-01-05T08:00:00.000-05:00',
        capacity: 4,
        total: 4,
      },
      {
        utcTime: '2026-01-05T14:00:00.000Z',
        localTime: '2026-01-05T09:00:00.000-05:00',
        capacity: 1,
        total: 4,
      },
    ],
    durationMin: 30,
    timezone: 'America/New_York',
  });
  const query = `${span}&report-busy=true&timezone=Europe/Berlin`;
  const all = (await bodyOf(await world.json('GET', `${SECOND}?${query}`))) as unknown as {
    slots: { localTime: string; capacity: number }[];
  };
  assert.deepEqual(
    all.slots.map(({ capacity }) => capacity),
    [4, 0, 1],
  );
  assert.equal(all.slots[0]?.localTime, '2026-01-05T14:00:00.000+01:00');
});

test('wrong spans are refused; a service without slots says that it has none', async () => {
  const world = withSlots();
  const status = async (path: string) => (await world.json('GET', path)).status;
  assert.equal(await status(`${FIRST}?number-of-days=1000`), 400);
  assert.equal(await status(`${FIRST}?start=2026-01-06T00:00:00Z&end=2026-01-05T00:00:00Z`), 400);
  assert.equal(await status(`${FIRST}?start=soon`), 400);
  assert.equal(await status(`${SECOND}?timezone=Nowhere`), 400);
  assert.equal(await status(`${SECOND}?report-busy=perhaps`), 400);
  const bare = createGmsWorld(
    'genesys: { enabled: true, services: [{ name: sales, queue: support }] }',
  );
  const answer = await bodyOf(await bare.json('GET', FIRST));
  assert.equal(answer['exception'], 'CallbackExceptionResource');
});

test('office hours: open now, closed now, and the periods of a week', async () => {
  const world = createGmsWorld();
  const url = '/genesys/1/service/hours';
  // 09:00 UTC is 04:00 in New York.
  assert.deepEqual(await bodyOf(await world.json('GET', url)), { error: null, periods: [] });
  const week = await bodyOf(await world.json('GET', `${url}?number-of-days=7`));
  const periods = week['periods'] as { start: string; end: string }[];
  assert.equal(periods.length, 5);
  assert.deepEqual(periods[0], {
    start: '2026-01-05T13:00:00.000Z',
    end: '2026-01-05T23:00:00.000Z',
  });
  world.clock.advance(6 * 3_600_000);
  const now = (await bodyOf(await world.json('GET', url)))['periods'] as { end: string }[];
  assert.deepEqual(
    now.map(({ end }) => end),
    ['2026-01-05T23:00:00.000Z'],
  );
  assert.equal((await world.json('GET', '/genesys/1/service/none')).status, 404);
});

test('capacity: places for each slot, stretches of the same number joined', async () => {
  const world = withSlots();
  const query = 'start=2026-01-05T00:00:00Z&number-of-days=1';
  const body = await bodyOf(await world.json('GET', `/genesys/1/service/places?${query}`));
  assert.deepEqual(body, {
    error: null,
    periods: [{ start: '2026-01-05T13:00:00.000Z', end: '2026-01-05T23:00:00.000Z', capacity: 4 }],
  });
});
