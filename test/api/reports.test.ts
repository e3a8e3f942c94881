// /api/v1/reports and explanations: what is asked, and how it is shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reporting } from '../../callback/index.ts';
import type { CallbackFact } from '../../callback/facts.ts';
import { bodyOf, createWorld, entryOf } from './fakes.ts';

const atMs = Date.UTC(2026, 0, 5, 9);
const facts: readonly CallbackFact[] = ['c1', 'c2'].map((id, index) => ({
  id,
  queueId: 'support',
  completedAtMs: atMs + index,
  reason: 'FAIL_CALL_TO_CUSTOMER',
  isScheduled: false,
  dueAtMs: atMs - 1_000,
  firstDialAtMs: atMs,
  connectedAtMs: null,
  answered: 0,
  promisedWaitMs: 1_500,
  results: ['BUSY', 'NO_ANSWER'],
}));
const reports = new Reporting({
  keeping: {
    facts: (after, toMs, limit) =>
      facts
        .filter(({ completedAtMs }) => completedAtMs < toMs)
        .filter(({ completedAtMs, id }) =>
          completedAtMs === after.completedAtMs
            ? id > after.id
            : completedAtMs > after.completedAtMs,
        )
        .slice(0, limit),
    offers: () => [],
  },
  pause: () => Promise.resolve(),
});
const span = 'from=2026-01-05T00:00:00Z&to=2026-01-06T00:00:00Z';

test('a report is JSON, or CSV when asked for', async () => {
  const world = createWorld('', { reports });
  const json = await bodyOf(await world.ask('GET', `/api/v1/reports/summary?${span}`));
  const [row] = json['items'] as Record<string, unknown>[];
  assert.deepEqual(row?.['results'], { BUSY: 2, NO_ANSWER: 2 });
  const csv = await world.ask('GET', `/api/v1/reports/detail?${span}`, undefined, {
    Accept: 'text/csv',
  });
  assert.match(csv.headers.get('Content-Type') ?? '', /^text\/csv/);
  const [head, first] = (await csv.text()).split('\r\n');
  assert.match(head ?? '', /^id,queueId,completedAt,reason,/);
  assert.match(first ?? '', /^c1,support,2026-01-05T09:00:00\.000Z,.*,1\.5,BUSY NO_ANSWER$/);
});

test('details come in pages; spans and zones that cannot be are refused', async () => {
  const world = createWorld('', { reports });
  const path = `/api/v1/reports/detail?${span}&limit=1`;
  const page = await bodyOf(await world.ask('GET', path));
  const next = await bodyOf(await world.ask('GET', `${path}&cursor=${String(page['nextCursor'])}`));
  assert.equal((next['items'] as { id: string }[])[0]?.id, 'c2');
  for (const wrong of [
    'from=2026-01-05T00:00:00Z&to=2026-01-04T00:00:00Z',
    'from=2026-01-05T00:00:00Z&to=2028-01-04T00:00:00Z',
    `${span}&timeZone=Mars/Olympus`,
  ]) {
    const refused = await world.ask('GET', `/api/v1/reports/summary?${wrong}`);
    assert.equal(refused.status, 400, wrong);
  }
});

test('an explanation says what is waited for, and counts others without naming them', async () => {
  const world = createWorld();
  const made = await world.ask('POST', '/api/v1/callbacks', {
    queueId: 'support',
    customerNumber: '+12025550123',
  });
  const id = String((await bodyOf(made))['id']);
  const record = world.callbacks.get(id);
  assert.ok(record !== null);
  world.callbacks.records.set(id, { ...record, state: 'queued' });
  world.router.entries = [entryOf(id, 3)];
  world.router.explained = {
    interactionId: id,
    queueId: 'support',
    position: 3,
    ahead: [
      { interactionId: 'stranger-1', kind: 'live', why: 'priority' },
      { interactionId: 'stranger-2', kind: 'callback', why: 'arrival' },
    ],
    servedBefore: [{ interactionId: 'stranger-3', queueId: 'support', atMs, why: 'skill' }],
    isComplete: true,
  };
  const text = await (await world.ask('GET', `/api/v1/callbacks/${id}/explanation`)).text();
  assert.ok(!text.includes('stranger'));
  const told = JSON.parse(text) as Record<string, unknown>;
  assert.equal(told['waitsFor'], 'agent');
  assert.match(String(told['customerText']), /number 3 in line/);
  const place = told['place'] as Record<string, unknown>;
  assert.deepEqual(place['ahead'], { live: 1, callbacks: 1, byPriority: 1, byArrival: 1 });
  assert.deepEqual(place['servedBefore'], [
    { at: '2026-01-05T09:00:00.000Z', queueId: 'support', why: 'skill' },
  ]);
  world.callbacks.records.set(id, { ...record, state: 'completed', reason: 'CANCELLED' });
  const over = await bodyOf(await world.ask('GET', `/api/v1/callbacks/${id}/explanation`));
  assert.equal(over['waitsFor'], 'nothing');
  assert.equal((await world.ask('GET', '/api/v1/callbacks/nobody/explanation')).status, 404);
});
