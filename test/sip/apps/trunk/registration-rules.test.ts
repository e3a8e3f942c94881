// Our registration with a trunk: refreshed in time, patient after failures, removed at the end.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  startRegistration,
  stepRegistration,
} from '../../../../sip/apps/trunk/registration-rules.ts';
import type {
  RegistrationEffect,
  RegistrationEvent,
  RegistrationState,
} from '../../../../sip/apps/trunk/registration-rules.ts';

const idle = startRegistration({ expiresSeconds: 600 });
const start: RegistrationEvent = { type: 'start-asked' };
const stop: RegistrationEvent = { type: 'stop-asked' };
const timer: RegistrationEvent = { type: 'timer-fired' };

function response(
  status: number,
  change: Partial<Extract<RegistrationEvent, { type: 'response-received' }>> = {},
): RegistrationEvent {
  return {
    type: 'response-received',
    ...{ status, reason: 'Because', atMs: 0, roll: 0 },
    ...{ grantedSeconds: null, minSeconds: null, retryAfterSeconds: null },
    ...change,
  };
}

function run(events: readonly RegistrationEvent[]) {
  let state: RegistrationState = idle;
  let effects: readonly RegistrationEffect[] = [];
  for (const event of events) [state, effects] = stepRegistration(state, event);
  return { state, effects };
}

const delayOf = (effects: readonly RegistrationEffect[]): number =>
  effects.find((effect) => effect.type === 'start-timer')?.afterMs ?? -1;

test('registered and refreshed between three quarters and nine tenths of the time granted', () => {
  assert.deepEqual(run([start]).effects, [{ type: 'send-register', expiresSeconds: 600 }]);
  const early = run([start, response(200, { grantedSeconds: 100, roll: 0, atMs: 7 })]);
  assert.equal(early.state.name, 'registered');
  assert.equal('expiresAtMs' in early.state && early.state.expiresAtMs, 100_007);
  assert.equal(delayOf(early.effects), 75_000);
  const late = run([start, response(200, { grantedSeconds: 100, roll: 1 })]);
  assert.equal(delayOf(late.effects), 90_000);
  const refresh = run([start, response(200), timer]);
  assert.deepEqual(refresh.effects, [{ type: 'send-register', expiresSeconds: 600 }]);
  assert.ok('expiresAtMs' in refresh.state && refresh.state.expiresAtMs === 600_000, 'still good');
});

test('423: asked again for what it wants, once, and remembered', () => {
  const obeyed = run([start, response(423, { minSeconds: 1_800 })]);
  assert.deepEqual(obeyed.effects, [{ type: 'send-register', expiresSeconds: 1_800 }]);
  const refresh = run([start, response(423, { minSeconds: 1_800 }), response(200), timer]);
  assert.deepEqual(refresh.effects, [{ type: 'send-register', expiresSeconds: 1_800 }]);
  for (const minSeconds of [null, 60, 1_000_000]) {
    assert.equal(run([start, response(423, { minSeconds })]).state.name, 'waiting');
  }
  const twice = [start, response(423, { minSeconds: 700 }), response(423, { minSeconds: 800 })];
  assert.equal(run(twice).state.name, 'waiting');
});

test('failures: doubled and spread, refusals wait longer, Retry-After is obeyed', () => {
  const fail = (times: number, roll: number) =>
    run([start, ...Array.from({ length: times }, () => [response(408, { roll }), timer]).flat()]);
  const delays = [1, 2, 3, 20].map((times) => {
    const { state } = fail(times - 1, 1);
    return delayOf(stepRegistration(state, response(408, { roll: 1 }))[1]);
  });
  assert.deepEqual(delays, [2_000, 4_000, 8_000, 600_000]);
  assert.equal(delayOf(run([start, response(503, { roll: 0 })]).effects), 1_000);
  assert.equal(delayOf(run([start, response(403, { roll: 1 })]).effects), 60_000);
  const asked = run([start, response(503, { retryAfterSeconds: 30 })]);
  assert.equal(delayOf(asked.effects), 30_000);
});

test('a failed refresh keeps what is still good, and no longer', () => {
  const states = [1_000, 900_000].map(
    (atMs) => run([start, response(200), timer, response(503, { atMs })]).state,
  );
  assert.deepEqual(
    states.map((state) => 'expiresAtMs' in state && state.expiresAtMs),
    [600_000, null],
  );
});

test('stopped: removed where there is something to remove', () => {
  const removal = { type: 'send-register', expiresSeconds: 0 };
  for (const before of [[start], [start, response(200)], [start, response(200), timer]]) {
    const { state, effects } = run([...before, stop]);
    assert.equal(state.name, 'unregistering');
    assert.deepEqual(effects, [{ type: 'stop-timer' }, removal]);
    const [last, told] = stepRegistration(state, response(408));
    assert.equal(last.name, 'unregistered');
    assert.deepEqual(told, [{ type: 'tell-unregistered' }]);
  }
  assert.deepEqual(run([stop]).effects, [{ type: 'tell-unregistered' }]);
  assert.equal(run([start, response(403), stop]).state.name, 'unregistered');
});

test('property: one request or one timer at a time, and always a way on', () => {
  const event = fc.oneof(
    fc.constant(timer),
    fc
      .record({
        status: fc.constantFrom(200, 401, 403, 408, 423, 500, 503),
        roll: fc.double({ min: 0, max: 1, noNaN: true }),
        minSeconds: fc.option(fc.nat(100_000), { nil: null }),
        grantedSeconds: fc.option(fc.nat(100_000), { nil: null }),
        retryAfterSeconds: fc.option(fc.nat(100_000), { nil: null }),
      })
      .map(({ status, ...change }) => response(status, change)),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      let [state] = stepRegistration(idle, start);
      for (const next of events) {
        // A driver brings answers to requests and firings of timers, nothing else.
        const isDue = (next.type === 'timer-fired') !== (state.name === 'registering');
        if (!isDue) continue;
        const [after, effects] = stepRegistration(state, next);
        const work = effects.filter(
          ({ type }) => type === 'send-register' || type === 'start-timer',
        );
        assert.equal(work.length, 1);
        const delay = delayOf(effects);
        if (work[0]?.type === 'start-timer') assert.ok(delay >= 500 && delay <= 86_400_000);
        state = after;
      }
    }),
  );
});
