// Up and down by pings, pauses by Retry-After, and the switch over both.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_REST_MS, startHealth, stepHealth } from '../../../../sip/apps/trunk/health.ts';
import type { HealthEvent, HealthState } from '../../../../sip/apps/trunk/health.ts';

const start = startHealth({ failuresToDown: 3, successesToUp: 2 });
const answered: HealthEvent = { type: 'probe-answered' };
const failed: HealthEvent = { type: 'probe-failed', reason: 'no answer' };

function after(events: readonly HealthEvent[], from: HealthState = start): HealthState {
  return events.reduce((state, event) => stepHealth(state, event)[0], from);
}

test('down after so many failures in a row, up after so many answers in a row', () => {
  assert.equal(after([failed, failed, answered, failed, failed]).reach.name, 'up');
  const down = after([failed, failed, failed]);
  assert.deepEqual(down.reach, { name: 'down', successes: 0, reason: 'no answer' });
  assert.equal(after([answered, failed, answered], down).reach.name, 'down');
  assert.equal(after([answered, answered], down).reach.name, 'up');
});

test('a pause ends with its own timer, is made longer but never shorter, and is bounded', () => {
  const [resting, effects] = stepHealth(start, { type: 'rest-asked', atMs: 100, afterMs: 5_000 });
  assert.deepEqual(effects, [{ type: 'start-rest-timer', turn: 1, afterMs: 5_000 }]);
  assert.equal(resting.rest?.untilMs, 5_100);
  const shorter = stepHealth(resting, { type: 'rest-asked', atMs: 200, afterMs: 100 });
  assert.deepEqual(shorter, [resting, []]);
  const [longer] = stepHealth(resting, { type: 'rest-asked', atMs: 200, afterMs: 9_000 });
  assert.equal(after([{ type: 'rest-timer-fired', turn: 1 }], longer).rest?.untilMs, 9_200);
  assert.equal(after([{ type: 'rest-timer-fired', turn: 2 }], longer).rest, null);
  const [bounded] = stepHealth(start, { type: 'rest-asked', atMs: 0, afterMs: Infinity });
  assert.equal(bounded.rest?.untilMs, MAX_REST_MS);
  assert.equal(after([{ type: 'rest-asked', atMs: 0, afterMs: 0 }]).rest, null);
});

test('enabled again it starts afresh, and old timers mean nothing', () => {
  const state = after([
    { type: 'rest-asked', atMs: 0, afterMs: 5_000 },
    ...[failed, failed, failed],
    { type: 'disabled' },
  ]);
  assert.equal(state.disabled, true);
  const fresh = after([{ type: 'enabled' }], state);
  assert.deepEqual([fresh.disabled, fresh.rest, fresh.reach.name], [false, null, 'up']);
  const again = after([{ type: 'rest-asked', atMs: 0, afterMs: 5_000 }], fresh);
  assert.notEqual(after([{ type: 'rest-timer-fired', turn: 1 }], again).rest, null);
});

test('property: a trunk that answers for long enough is up, whatever was before', () => {
  const event = fc.oneof(
    fc.constant(answered),
    fc.constant(failed),
    fc.constant<HealthEvent>({ type: 'disabled' }),
    fc.constant<HealthEvent>({ type: 'enabled' }),
    fc.record({
      type: fc.constant('rest-asked' as const),
      atMs: fc.nat(10_000),
      afterMs: fc.nat(10_000),
    }),
    fc.record({ type: fc.constant('rest-timer-fired' as const), turn: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const state = after([...events, answered, answered]);
      assert.equal(state.reach.name, 'up');
      assert.equal(after([failed, failed, failed], state).reach.name, 'down');
    }),
  );
});
