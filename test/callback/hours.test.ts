// Nobody is called when the office is closed or the customer sleeps; what cannot be promised is
// refused with other times; what was promised can be moved.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingbackError } from '../../core/errors.ts';
import { readDay, readWeekly } from '../../callback/index.ts';
import type { CallbackSettings, HoursOptions, SlotPlan } from '../../callback/index.ts';
import { benchOf, failureOf, number, requestOf, settingsOf, startMs } from './support.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function weekly(text: string) {
  const read = readWeekly(text);
  return read.ok ? read.value : assert.fail(read.problem);
}

function day(text: string) {
  const read = readDay(text);
  return read.ok ? read.value : assert.fail(read.problem);
}

/** Open Monday to Friday 08:00 to 12:00 UTC; it is Monday 09:00 when a bench starts. */
function hours(changes: Partial<HoursOptions> = {}): HoursOptions {
  const office = {
    timeZone: 'UTC',
    weekly: weekly('Mon-Fri 08:00-12:00'),
    days: [day('2026-01-07 closed')],
  };
  return { offices: new Map([['office', office]]), calling: [], ...changes };
}

function open(changes: Partial<CallbackSettings> = {}) {
  return [settingsOf({ officeHours: 'office', ...changes })];
}

/** The refusal of a request, with its facts. */
async function refusal(asked: Promise<unknown>): Promise<RingbackError> {
  return asked.then(
    () => assert.fail('it was accepted'),
    (fault: unknown) => {
      assert.ok(fault instanceof RingbackError, String(fault));
      return fault;
    },
  );
}

test('asked for while closed: it takes its place when it opens, and lasts from then', async () => {
  const bench = await benchOf({ settings: open({ ttlSeconds: 3_600 }), hours: hours() });
  bench.tick(4 * hourMs); // 13:00
  const id = await bench.promised();
  const record = bench.callbacks.get(id);
  assert.equal(record?.state, 'scheduled');
  assert.equal(record?.nextAttemptAtMs, startMs + 23 * hourMs, 'Tuesday 08:00');
  assert.equal(record?.expiresAtMs, startMs + 24 * hourMs, 'an hour after it opens');
  assert.deepEqual(bench.agents.told, []);
  bench.tick(19 * hourMs);
  assert.equal(bench.callbacks.get(id)?.state, 'queued');
  assert.deepEqual(bench.agents.told, [`submit ${id} ${4 * hourMs}`], 'at its own place');
});

test('an agent is given back when the office has closed meanwhile', async () => {
  const bench = await benchOf({ settings: open(), hours: hours() });
  const id = await bench.promised();
  bench.tick(3 * hourMs + 1);
  bench.agents.reserve(id);
  bench.tick();
  assert.deepEqual(bench.calls.told, [], 'nobody is dialled');
  assert.equal(bench.agents.told.at(-1), `not-reached ${id}`);
  assert.equal(bench.callbacks.get(id)?.nextAttemptAtMs, startMs + 23 * hourMs);
  bench.tick(20 * hourMs);
  bench.agents.reserve(id);
  bench.tick();
  assert.deepEqual(bench.calls.told, [`dial ${number}`]);
});

test('a retry that falls into closed hours waits for the opening', async () => {
  const bench = await benchOf({ settings: open({ retryGapSeconds: 600 }), hours: hours() });
  const id = await bench.promised();
  bench.tick(3 * hourMs - 60_000); // 11:59
  bench.agents.reserve(id);
  bench.tick();
  bench.calls.say(id, { type: 'customer-failed', failure: failureOf(486) });
  bench.tick(600_000);
  assert.equal(bench.callbacks.get(id)?.state, 'scheduled');
  bench.tick(20 * hourMs);
  assert.equal(bench.callbacks.get(id)?.state, 'queued');
});

test('no opening before it expires: it is given up', async () => {
  const bench = await benchOf({ settings: open({ ttlSeconds: 3_600 }), hours: hours() });
  bench.tick(2.5 * hourMs);
  const id = await bench.promised();
  bench.tick(0.5 * hourMs);
  bench.agents.reserve(id);
  bench.tick();
  assert.equal(bench.callbacks.get(id)?.reason, 'FAIL_TIMEOUT_TTL');
});

test('refused while closed, for closed days, before closing: with other times', async () => {
  const refusing = open({ whenClosed: 'refuse', refuseNotBeforeClosing: true });
  const bench = await benchOf({
    settings: refusing,
    hours: hours(),
    predictedWaitMs: () => 2 * hourMs,
  });
  const late = await (async () => {
    bench.tick(1.5 * hourMs);
    const asked = refusal(bench.callbacks.create(requestOf()));
    bench.tick();
    return asked;
  })();
  assert.equal(late.code, 'CALLBACK_NOT_BEFORE_CLOSING');
  assert.equal(late.verdict.httpStatus, 409);
  bench.tick(2 * hourMs);
  const closed = refusal(bench.callbacks.create(requestOf()));
  const holidayMs = startMs + 2 * dayMs;
  const holiday = refusal(bench.callbacks.create(requestOf({ desiredTimeMs: holidayMs })));
  bench.tick();
  assert.equal((await closed).code, 'CALLBACK_CLOSED');
  assert.deepEqual((await closed).fields['alternatives'], ['2026-01-06T08:00:00Z']);
  assert.equal((await holiday).code, 'CALLBACK_CLOSED');
  assert.deepEqual((await holiday).fields['alternatives'], ['2026-01-08T08:00:00Z']);
});

test('quiet hours: of the number, or of the time zone that was said', async () => {
  const calling = [
    { countries: ['DE'], weekly: weekly('Mon-Sat 08:00-20:00'), days: [] },
    { countries: [], weekly: weekly('Mon-Sun 09:00-21:00'), days: [] },
  ];
  const bench = await benchOf({ hours: { offices: new Map(), calling } });
  // 09:00 UTC: 10:00 in Berlin; in the United States no zone is awake.
  const berlin = await bench.promised({ customerNumber: '+4930901820' });
  assert.equal(bench.callbacks.get(berlin)?.state, 'queued');
  const american = await bench.promised({ customerNumber: '+12025550111' });
  // Honolulu is ten hours behind: 09:00 there is 19:00 UTC; New York sleeps from 02:00 on.
  assert.equal(bench.callbacks.get(american)?.nextAttemptAtMs, startMs + 10 * hourMs);
  const stated = { customerNumber: '+12025550112', timeZone: 'America/New_York' };
  const eastern = await bench.promised(stated);
  assert.equal(bench.callbacks.get(eastern)?.nextAttemptAtMs, startMs + 5 * hourMs);
  const night = { ...stated, customerNumber: '+12025550113', desiredTimeMs: startMs + dayMs };
  const quiet = refusal(bench.callbacks.create(requestOf(night)));
  const nowhere = refusal(bench.callbacks.create(requestOf({ timeZone: 'Mars/Base' })));
  bench.tick();
  assert.equal((await quiet).code, 'CALLBACK_QUIET_HOURS');
  assert.deepEqual((await quiet).fields['alternatives'], ['2026-01-06T14:00:00Z']);
  assert.equal((await nowhere).code, 'CALLBACK_TIME_ZONE_UNKNOWN');
});

const slots: SlotPlan = { minutes: 30, places: 1, weekly: [], days: [] };

test('a full slot is refused with free ones; a cancelled callback frees it', async () => {
  const bench = await benchOf({ settings: open({ slots }), hours: hours() });
  const at = (minutes: number) => startMs + dayMs + minutes * 60_000;
  const first = await bench.promised({ desiredTimeMs: at(5) });
  await bench.promised({ desiredTimeMs: at(45), customerNumber: '+12025550102' });
  const again = requestOf({ desiredTimeMs: at(20), customerNumber: '+12025550103' });
  const full = refusal(bench.callbacks.create(again));
  bench.tick();
  assert.equal((await full).code, 'CALLBACK_SLOT_FULL');
  const alternatives = (await full).fields['alternatives'];
  assert.ok(Array.isArray(alternatives));
  assert.deepEqual(alternatives.slice(0, 3), [
    '2026-01-06T08:00:00Z',
    '2026-01-06T08:30:00Z',
    '2026-01-06T10:00:00Z',
  ]);
  const range = { fromMs: at(0), toMs: at(120), limit: 10 };
  const free = () => bench.callbacks.availability('sales', range)?.map(({ startMs: ms }) => ms);
  assert.deepEqual(free(), [at(60), at(90)]);
  const { times } = bench.callbacks;
  const all = times.slots('sales', { ...range, fullToo: true });
  assert.equal(all?.minutes, 30);
  assert.deepEqual(
    all.slots.map(({ startMs: ms, free: left }) => [ms, left]),
    [0, 30, 60, 90].map((minutes, index) => [at(minutes), index < 2 ? 0 : 1]),
  );
  const [one, ...more] = times.slots('sales', { ...range, limit: 1, fullToo: false })?.slots ?? [];
  assert.deepEqual([one?.startMs, more], [at(60), []], 'the limit counts what is shown');
  assert.equal(times.slots('elsewhere', { ...range, fullToo: true }), null);
  assert.equal(times.office('elsewhere'), null);
  const cancelled = bench.callbacks.cancel(first);
  bench.tick();
  await cancelled;
  assert.deepEqual(free(), [at(0), at(60), at(90)]);
});

test('moved: to later, within its own slot, to now; not while it is dialled', async () => {
  const bench = await benchOf({ settings: open({ slots }), hours: hours() });
  const at = (minutes: number) => startMs + dayMs + minutes * 60_000;
  const move = async (id: string, desiredTimeMs: number | null) => {
    const moving = bench.callbacks.move(id, { desiredTimeMs });
    bench.tick();
    return moving;
  };
  const id = await bench.promised();
  assert.equal((await move(id, at(5))).state, 'scheduled');
  assert.equal(bench.agents.told.at(-1), `withdraw ${id} cancelled`);
  assert.equal((await move(id, at(20))).desiredTimeMs, at(20), 'its own place is not in its way');
  assert.equal(bench.callbacks.get(id)?.arrivedAtMs, at(20), 'a later time is a later place');
  const now = await move(id, null);
  assert.equal(now.state, 'queued');
  assert.equal(now.arrivedAtMs, startMs);
  bench.agents.reserve(id);
  bench.tick();
  const busy = refusal(bench.callbacks.move(id, { desiredTimeMs: at(5) }));
  bench.tick();
  assert.equal((await busy).code, 'CALLBACK_STATE');
  assert.ok(bench.callbacks.history(id).some(({ type }) => type === 'moved'));
});

test('moved between two attempts: not before the old call has stopped', async () => {
  const bench = await benchOf();
  const id = await bench.promised();
  bench.agents.reserve(id);
  bench.tick();
  bench.calls.say(id, { type: 'call-lost', reason: 'worker died' });
  bench.tick();
  const before = bench.callbacks.get(id);
  assert.equal(before?.state, 'waiting-retry');
  const moving = bench.callbacks.move(id, { userData: { note: 'new' } });
  bench.tick();
  const after = await moving;
  assert.equal(after.nextAttemptAtMs, before.nextAttemptAtMs);
  assert.deepEqual(after.userData, { note: 'new' });
});

test('execution buffer: the place is taken early by the predicted wait', async () => {
  let waitMs = 60_000;
  const settings = [settingsOf({ executionBufferSeconds: 600 })];
  const bench = await benchOf({ settings, predictedWaitMs: () => waitMs });
  const id = await bench.promised({ desiredTimeMs: startMs + hourMs });
  bench.tick(50 * 60_000 + 1_000);
  assert.equal(bench.callbacks.get(id)?.state, 'scheduled', 'a minute would do');
  waitMs = 5 * 60_000;
  bench.tick(4 * 60_000);
  assert.equal(bench.callbacks.get(id)?.state, 'scheduled');
  bench.tick(60_000 + 5_000);
  assert.equal(bench.callbacks.get(id)?.state, 'queued', 'five minutes ahead');
  assert.deepEqual(bench.agents.told, [`submit ${id} ${hourMs}`], 'behind who is due before');
});
