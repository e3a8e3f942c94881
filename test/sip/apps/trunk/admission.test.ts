// The token bucket, the cap on live calls and the line behind both.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  MAX_WAITING,
  startAdmission,
  stepAdmission,
} from '../../../../sip/apps/trunk/admission.ts';
import type { AdmissionEffect, AdmissionEvent } from '../../../../sip/apps/trunk/admission.ts';
import type { TrunkLimits } from '../../../../sip/index.ts';

const NO_LIMITS: TrunkLimits = { callsPerSecond: null, maxCalls: null, maxWaitMs: 1_000 };

/** Steps it all and notes what was granted and refused when, firing timers when they are due. */
function run(limits: TrunkLimits, events: readonly AdmissionEvent[], untilMs: number) {
  let state = startAdmission(limits, 0);
  let timerAtMs = Infinity;
  const granted: { id: string; atMs: number }[] = [];
  const refused: { id: string; atMs: number; why: string }[] = [];
  let mostLive = 0;
  const step = (event: AdmissionEvent): void => {
    let effects: readonly AdmissionEffect[];
    [state, effects] = stepAdmission(state, event);
    for (const effect of effects) {
      if (effect.type === 'grant') granted.push({ id: effect.id, atMs: event.atMs });
      if (effect.type === 'refuse') refused.push({ ...effect, atMs: event.atMs });
      if (effect.type === 'start-timer') timerAtMs = event.atMs + effect.afterMs;
    }
    mostLive = Math.max(mostLive, state.live);
  };
  const fireUntil = (atMs: number): void => {
    while (timerAtMs <= atMs) {
      const dueMs = timerAtMs;
      timerAtMs = Infinity;
      step({ type: 'timer-fired', atMs: dueMs });
    }
  };
  for (const event of events) {
    fireUntil(event.atMs);
    step(event);
  }
  fireUntil(untilMs);
  return { state: state, granted, refused, mostLive };
}

const ask = (id: string, atMs: number): AdmissionEvent => ({ type: 'asked', id, atMs });

test('without limits everybody goes at once', () => {
  const all = Array.from({ length: 50 }, (_, i) => ask(`c${i}`, 0));
  assert.equal(run(NO_LIMITS, all, 0).granted.length, 50);
});

test('calls per second: a burst, then one by one, in order', () => {
  const limits = { callsPerSecond: 2, maxCalls: null, maxWaitMs: 60_000 };
  const all = ['a', 'b', 'c', 'd', 'e'].map((id) => ask(id, 0));
  assert.deepEqual(run(limits, all, 10_000).granted, [
    { id: 'a', atMs: 0 },
    { id: 'b', atMs: 0 },
    { id: 'c', atMs: 500 },
    { id: 'd', atMs: 1_000 },
    { id: 'e', atMs: 1_500 },
  ]);
});

test('a burst is never more than one second allows, and never less than one call', () => {
  const atOnce = (callsPerSecond: number) => {
    const limits = { callsPerSecond, maxCalls: null, maxWaitMs: 60_000 };
    return run(
      limits,
      Array.from({ length: 9 }, (_, i) => ask(`${i}`, 0)),
      0,
    ).granted.length;
  };
  assert.deepEqual([0.1, 1, 3.9].map(atOnce), [1, 1, 3]);
});

test('calls at once: the next goes when one is over, or is told in time', () => {
  const limits = { callsPerSecond: null, maxCalls: 1, maxWaitMs: 1_000 };
  const { granted, refused } = run(
    limits,
    [ask('a', 0), ask('b', 100), ask('c', 200), { type: 'released', atMs: 400 }],
    5_000,
  );
  assert.deepEqual(
    granted.map(({ id, atMs }) => [id, atMs]),
    [
      ['a', 0],
      ['b', 400],
    ],
  );
  assert.deepEqual(
    refused.map(({ id, atMs, why }) => [id, atMs, why]),
    [['c', 1_200, 'calls at once']],
  );
});

test('who withdraws is passed over; a trunk that closes sends everybody away', () => {
  const limits = { callsPerSecond: null, maxCalls: 1, maxWaitMs: 9_000 };
  const { granted, refused, state } = run(
    limits,
    [
      ...[ask('a', 0), ask('b', 1), ask('c', 2), ask('d', 3)],
      { type: 'withdrawn', id: 'b', atMs: 4 },
      { type: 'released', atMs: 5 },
      { type: 'closed', why: 'down', atMs: 6 },
    ],
    20_000,
  );
  assert.deepEqual(
    granted.map(({ id }) => id),
    ['a', 'c'],
  );
  assert.deepEqual(
    refused.map(({ id, why }) => [id, why]),
    [['d', 'down']],
  );
  assert.equal(state.waiting.length, 0);
});

test('the line is bounded', () => {
  const limits = { callsPerSecond: null, maxCalls: 1, maxWaitMs: 9_000 };
  const all = Array.from({ length: MAX_WAITING + 2 }, (_, i) => ask(`c${i}`, 0));
  const { refused } = run(limits, all, 0);
  assert.deepEqual(
    refused.map(({ id }) => id),
    [`c${MAX_WAITING + 1}`],
  );
});

test('property: never over the limits, in order, and everybody hears in time', () => {
  const limits = fc.record({
    callsPerSecond: fc.option(fc.constantFrom(0.5, 1, 3.5, 10), { nil: null }),
    maxCalls: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
    maxWaitMs: fc.constantFrom(0, 300, 2_000),
  });
  const moves = fc.array(
    fc.record({ gapMs: fc.nat(400), what: fc.constantFrom('ask', 'ask', 'release') }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(limits, moves, (limit, all) => {
      let atMs = 0;
      let asked = 0;
      const events = all.map(({ gapMs, what }): AdmissionEvent => {
        atMs += gapMs;
        return what === 'ask' ? ask(`${asked++}`, atMs) : { type: 'released', atMs };
      });
      const times = new Map(events.flatMap((e) => (e.type === 'asked' ? [[e.id, e.atMs]] : [])));
      const { granted, refused, mostLive } = run(limit, events, atMs + 10_000);
      assert.equal(granted.length + refused.length, asked);
      assert.ok(mostLive <= (limit.maxCalls ?? Infinity));
      const order = granted.map(({ id }) => Number(id));
      assert.deepEqual(
        order,
        [...order].sort((a, b) => a - b),
      );
      for (const { id, atMs: heardMs } of [...granted, ...refused]) {
        assert.ok(heardMs - Number(times.get(id)) <= limit.maxWaitMs);
      }
      const rate = limit.callsPerSecond;
      if (rate === null) return;
      const burst = Math.max(1, Math.floor(rate));
      granted.forEach((from, i) =>
        granted.slice(i).forEach((to, count) => {
          const most = burst + (rate * (to.atMs - from.atMs)) / 1_000;
          assert.ok(count + 1 <= most + 1e-6, `${count + 1} calls, ${most} allowed`);
        }),
      );
    }),
  );
});
