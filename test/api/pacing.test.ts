// What decides whether callbacks of a queue are dialled, over HTTP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, createWorld } from './fakes.ts';

test('agents, customers and what was learned; a queue that is not there is unknown', async () => {
  const world = createWorld();
  const answer = await world.ask('GET', '/api/v1/queues/support/pacing');
  assert.equal(answer.status, 200);
  const shown = await bodyOf(answer);
  const { queueId, waitingForDial, dialling, onLine } = shown;
  assert.deepEqual([queueId, waitingForDial, dialling, onLine], ['support', 0, 0, 0]);
  const learned = shown['learned'] as Record<string, number>;
  assert.deepEqual(Object.keys(learned).sort(), [
    ...['answerChance', 'answered', 'care', 'ringingSeconds', 'waitedOver2s'],
  ]);
  const unknown = await world.ask('GET', '/api/v1/queues/nobody/pacing');
  assert.equal(unknown.status, 404);
  assert.equal((await bodyOf(unknown))['code'], 'QUEUE_UNKNOWN');
});
