// Configuration of what comes before the call.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig, toCallbackSettings } from '../../../api/config.ts';

const parsed = (callback: object, reservationTimeoutSeconds = 120) => {
  const queues = [{ id: 'sales', reservationTimeoutSeconds, callback }];
  return parseConfig(JSON.stringify({ queues }), {}, 'r.yaml');
};

test('off unless asked for; an empty section has defaults', () => {
  const [off] = toCallbackSettings(parsed({}));
  assert.deepEqual(
    [off?.preview, off?.readyConfirm, off?.preferredAgentSeconds],
    [null, null, 120],
  );
  const [on] = toCallbackSettings(parsed({ preview: {}, readyConfirm: {} }));
  assert.deepEqual(on?.preview, { timeoutSeconds: 30, maxRejects: 3, onTimeout: 'not-ready' });
  assert.deepEqual(on?.readyConfirm, { timeoutSeconds: 30, attempts: 1, onTimeout: 'dial' });
});

test('the agent is held long enough for all questions and the ringing', () => {
  const both = { preview: {}, readyConfirm: {} };
  assert.doesNotThrow(() => parsed(both, 90));
  assert.throws(() => parsed(both, 89), /reservationTimeoutSeconds.*too short.*90/s);
  assert.throws(() => parsed({ readyConfirm: { attempts: 4 } }), /too short/);
  assert.doesNotThrow(() => parsed({ dialMode: 'notification', readyConfirm: { attempts: 4 } }));
});

test('no preview where no agent is held', () => {
  assert.throws(() => parsed({ dialMode: 'notification', preview: {} }), /no agent is held/);
});
