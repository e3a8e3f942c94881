// The SIP engine goes away under a call: that is no refusal of the customer's.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createCalls } from '../../../callback/adapters/calls.ts';
import { until } from '../../support/until.ts';
import { failure, makeWorld } from './fakes.ts';

test('who rings when the engine dies: a customer is lost, an agent not reached', async () => {
  const world = makeWorld();
  const calls = createCalls({ treatment: () => [] }, world.deps);
  const heard: string[] = [];
  calls.onEvent((_id, _key, event) => heard.push(event.type));
  calls.dialCustomer({
    ...{ interactionId: 'cb-1', attemptKey: 'cb-1:3:0', customerNumber: '+15550100' },
    ...{ trunk: null, ringTimeoutMs: 30_000 },
  });
  const customer = await until('the call', () => world.calls[0]);
  customer.events.provisional(180, null);
  customer.events.failed({ ...failure(503), engineLost: true });
  assert.deepEqual(heard, ['customer-ringing', 'call-lost']);
  assert.equal(calls.isLive('cb-1', 'cb-1:3:0'), false);
  calls.ringAgent({
    ...{ interactionId: 'cb-1', reservationId: 'res-1', username: '1001' },
    ...{ ringTimeoutMs: 10_000, customerNumber: '+15550100' },
  });
  const agent = await until('the call of the agent', () => world.calls[1]);
  agent.events.failed({ ...failure(503), engineLost: true });
  assert.equal(heard.at(-1), 'agent-failed');
});
