// Reports by the numbers: facts handed in, rows read; then over the file the facts come from.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Reporting, SqliteStore } from '../../callback/index.ts';
import type { ReportOptions } from '../../callback/index.ts';
import type { CallbackFact } from '../../callback/facts.ts';
import { offersReport, PunctualityReport, SummaryReport } from '../../callback/reports.ts';
import { benchOf, findingOf, startMs } from './support.ts';

const options: ReportOptions = {
  interval: 'day',
  timeZone: 'UTC',
  queueId: null,
  serviceLevelSeconds: 60,
  toleranceSeconds: 300,
};

function fact(changes: Partial<CallbackFact> = {}): CallbackFact {
  return {
    id: 'c1',
    queueId: 'sales',
    completedAtMs: startMs,
    reason: 'AGENT_CONNECTED',
    isScheduled: false,
    dueAtMs: startMs - 100_000,
    firstDialAtMs: startMs - 60_000,
    connectedAtMs: startMs - 50_000,
    answered: 1,
    promisedWaitMs: null,
    results: ['CONNECTED'],
    ...changes,
  };
}

function summaryOf(facts: readonly CallbackFact[], changes: Partial<ReportOptions> = {}) {
  const report = new SummaryReport({ ...options, ...changes });
  for (const one of facts) report.add(one);
  return report.rows();
}

test('summary: counts, rates, quantiles by nearest rank, and predictions against the truth', () => {
  const connected = Array.from({ length: 10 }, (_, index) =>
    fact({ connectedAtMs: startMs - 100_000 + (index + 1) * 10_000, promisedWaitMs: 60_000 }),
  );
  const failed = fact({
    reason: 'FAIL_CALL_TO_CUSTOMER',
    connectedAtMs: null,
    answered: 0,
    results: ['BUSY', 'NO_ANSWER'],
  });
  const [row, ...others] = summaryOf([...connected, failed]);
  assert.deepEqual(others, []);
  assert.equal(row?.completed, 11);
  assert.deepEqual(row?.reasons, { AGENT_CONNECTED: 10, FAIL_CALL_TO_CUSTOMER: 1 });
  assert.deepEqual(row?.results, { CONNECTED: 10, BUSY: 1, NO_ANSWER: 1 });
  assert.equal(row?.answerRate, 10 / 12);
  const waits = { count: 10, meanSeconds: 55, p50Seconds: 50, p90Seconds: 90 };
  assert.deepEqual(row?.waits, waits);
  assert.equal(row?.serviceLevel, 6 / 11);
  assert.deepEqual(row?.estimates, {
    count: 10,
    meanPromisedSeconds: 60,
    meanTrueSeconds: 55,
    meanErrorSeconds: 5,
  });
});

test('days and hours are those of the zone, also where it differs by 45 minutes', () => {
  const late = fact({ completedAtMs: Date.UTC(2026, 0, 5, 18, 20) });
  const from = (timeZone: string, interval: 'hour' | 'day') =>
    summaryOf([late], { timeZone, interval })[0]?.from;
  assert.equal(from('UTC', 'day'), '2026-01-05T00:00:00+00:00');
  assert.equal(from('Asia/Kathmandu', 'day'), '2026-01-06T00:00:00+05:45');
  assert.equal(from('Asia/Kathmandu', 'hour'), '2026-01-06T00:00:00+05:45');
  assert.equal(summaryOf([late], { interval: 'all' })[0]?.from, null);
  assert.deepEqual(summaryOf([late], { queueId: 'support' }), []);
});

test('punctuality counts scheduled ones only, early and late beyond the tolerance', () => {
  const report = new PunctualityReport(options);
  const dialed = (byMs: number | null) =>
    fact({
      isScheduled: true,
      firstDialAtMs: byMs === null ? null : startMs + byMs,
      dueAtMs: startMs,
    });
  [-301_000, -1_000, 0, 300_000, 301_000, null].forEach((byMs) => report.add(dialed(byMs)));
  report.add(fact());
  const [row] = report.rows();
  assert.deepEqual(
    [row?.scheduled, row?.dialed, row?.early, row?.punctual, row?.late],
    [6, 5, 1, 3, 1],
  );
  assert.equal(row?.lateness.count, 4);
});

test('offers are summed by queue', () => {
  const count = { atMs: startMs, queueId: 'sales', made: 3, accepted: 1, declined: 1 };
  const rows = offersReport([count, { ...count, atMs: startMs + 60_000 }], options);
  const [row] = rows;
  assert.equal(rows.length, 1);
  assert.deepEqual([row?.made, row?.accepted, row?.declined], [6, 2, 2]);
  assert.equal(row?.acceptanceRate, 1 / 3);
});

test('a callback leaves its fact when it is over, with the wait that was predicted', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-reports-'));
  const store = new SqliteStore({ path: join(folder, 'callbacks.sqlite') });
  t.after(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const bench = await benchOf({ store, predictedWaitMs: () => 90_000 });
  const { agents, calls, callbacks, tick, promised } = bench;
  t.after(() => callbacks.stop());
  const id = await promised();
  assert.equal(callbacks.get(id)?.predictedWaitMs, 90_000);
  tick(40_000);
  agents.reserve(id);
  tick(10_000);
  calls.say(id, { type: 'customer-answered' });
  calls.say(id, { type: 'customer-classified', finding: findingOf('person') });
  calls.say(id, { type: 'agent-answered', reservationId: 'r1' });
  calls.say(id, { type: 'treatment-ended', treatment: 'greeting' });
  calls.say(id, { type: 'joined', reservationId: 'r1', recording: null });
  tick();
  calls.say(id, { type: 'customer-hung-up' });
  tick();
  await promised({ customerNumber: '+12025550102' });
  const { keeping } = store;
  keeping.countOffer('sales', 'made', startMs);
  keeping.countOffer('sales', 'made', startMs + 1);
  keeping.countOffer('sales', 'declined', startMs + 2);
  const reporting = new Reporting({ keeping, pause: () => Promise.resolve() });
  const span = { fromMs: startMs, toMs: startMs + 86_400_000 };
  const [row] = await reporting.summary(span, options);
  assert.equal(row?.completed, 1);
  assert.equal(row?.waits.p90Seconds, 50);
  assert.equal(row?.estimates.meanErrorSeconds, 40);
  assert.deepEqual(reporting.detail(span, null, 10)[0]?.results, ['CONNECTED']);
  assert.deepEqual(reporting.detail({ ...span, toMs: startMs + 1 }, null, 10), []);
  const [offered] = reporting.offers(span, options);
  assert.deepEqual([offered?.made, offered?.declined], [2, 1]);
});
