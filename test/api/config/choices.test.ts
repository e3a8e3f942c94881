// Choices of customers: what contradicts itself is refused at the start, by name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../api/config.ts';

function queueWith(callback: object): string {
  return JSON.stringify({ queues: [{ id: 'support', callback }] });
}

test('a code needs a message to follow; nothing is chosen unless a queue says so', () => {
  const [queue] = parseConfig(queueWith({}), {}).queues;
  const { confirm, laterMinutes, returnCode, whenCallsIn, offer, survey } = queue?.callback ?? {};
  assert.deepEqual(
    [confirm, laterMinutes, returnCode, whenCallsIn, offer, survey],
    [null, null, false, 'ignore', null, []],
  );
  const told = queueWith({ returnCode: true, machineMessage: 'machine-message' });
  assert.equal(parseConfig(told, {}).queues[0]?.callback.returnCode, true);
  assert.throws(() => parseConfig(queueWith({ returnCode: true }), {}), /machineMessage/u);
  const twice = queueWith({ survey: ['survey-satisfaction', 'survey-satisfaction'] });
  assert.throws(() => parseConfig(twice, {}), /survey/u);
});
