// Previews, the customer's "ready", dispositions and named agents over HTTP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, createWorld } from './fakes.ts';

const GOOD = { queueId: 'support', customerNumber: '+12025550123' };
const PATH = '/api/v1/callbacks/cb-1';

test('a callback for an agent: known ones only', async () => {
  const world = createWorld();
  const unknown = await world.ask('POST', '/api/v1/callbacks', { ...GOOD, agentId: 'nobody' });
  assert.equal(unknown.status, 404);
  assert.equal((await bodyOf(unknown))['code'], 'ROUTING_AGENT_UNKNOWN');
  await world.ask('POST', '/api/v1/agents', { agentId: 'ann', password: 'long-enough' });
  const request = { ...GOOD, agentId: 'ann', agentStrict: true, firstParty: 'agent' };
  const made = await bodyOf(await world.ask('POST', '/api/v1/callbacks', request));
  assert.deepEqual([made['agentId'], made['agentStrict']], ['ann', true]);
});

test('ready: yes, no or later, while the customer is asked', async () => {
  const world = createWorld();
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  const early = await world.ask('POST', `${PATH}/ready`, { ready: true });
  assert.equal((await bodyOf(early))['code'], 'CALLBACK_NOT_ASKED');
  const untilMs = world.clock.nowMs() + 30_000;
  const asked = { who: 'customer', agentId: null, untilMs } as const;
  for (const body of [{ ready: true }, { ready: false }, { snoozeMinutes: 5 }]) {
    world.callbacks.happen('cb-1', 'ready-asked', { asked });
    const shown = await bodyOf(await world.ask('GET', PATH));
    assert.deepEqual(shown['asked'], {
      who: 'customer',
      agentId: null,
      until: '2026-01-05T09:00:30.000Z',
    });
    assert.equal((await world.ask('POST', `${PATH}/ready`, body)).status, 200);
  }
  assert.deepEqual(world.callbacks.answers, [
    { by: 'customer', says: 'yes' },
    { by: 'customer', says: 'no' },
    { by: 'customer', says: 'later', minutes: 5 },
  ]);
  for (const body of [{}, { ready: true, snoozeMinutes: 5 }, { snoozeMinutes: 0 }]) {
    assert.equal((await world.ask('POST', `${PATH}/ready`, body)).status, 400);
  }
});

test('preview: the agent sees the callback held for them and decides', async () => {
  const world = createWorld();
  const path = '/api/v1/agents/ann/preview';
  assert.equal((await world.ask('GET', path)).status, 404);
  await world.ask('POST', '/api/v1/agents', { agentId: 'ann', password: 'long-enough' });
  const none = await world.ask('GET', path);
  assert.equal((await bodyOf(none))['code'], 'CALLBACK_NOT_ASKED');
  await world.ask('POST', '/api/v1/callbacks', { ...GOOD, userData: { order: '4711' } });
  world.router.reserve('ann', 'cb-1');
  const asked = { who: 'agent', agentId: 'ann', untilMs: 1 } as const;
  world.callbacks.happen('cb-1', 'preview-offered', { asked });
  const shown = await bodyOf(await world.ask('GET', path));
  assert.deepEqual([shown['id'], shown['userData']], ['cb-1', { order: '4711' }]);
  for (const body of [{ decision: 'accept' }, { decision: 'reject' }, { decision: 'snooze' }]) {
    world.callbacks.happen('cb-1', 'preview-offered', { asked });
    assert.equal((await world.ask('POST', path, body)).status, 200);
  }
  const by = { by: 'agent', agentId: 'ann' };
  assert.deepEqual(world.callbacks.answers, [
    { ...by, says: 'yes' },
    { ...by, says: 'no' },
    { ...by, says: 'later', minutes: 15 },
  ]);
});

test('disposition: kept and shown', async () => {
  const world = createWorld();
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  const said = await world.ask('POST', `${PATH}/disposition`, { outcome: 'sold', notes: 'two' });
  assert.deepEqual((await bodyOf(said))['disposition'], {
    outcome: 'sold',
    notes: 'two',
    at: '2026-01-05T09:00:00.000Z',
  });
  assert.equal((await world.ask('POST', `${PATH}/disposition`, { outcome: '' })).status, 400);
});
