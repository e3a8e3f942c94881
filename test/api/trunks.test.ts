// /api/v1/trunks, the metrics of trunks and their events.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { bodyOf, createWorld } from './fakes.ts';

test('trunks are listed and read with times in ISO 8601', async () => {
  const world = createWorld();
  const { items } = await bodyOf(await world.ask('GET', '/api/v1/trunks'));
  assert.ok(Array.isArray(items) && items.length === 1);
  const trunk = await bodyOf(await world.ask('GET', '/api/v1/trunks/carrier'));
  assert.deepEqual(items[0], trunk);
  assert.equal(trunk['state'], 'up');
  assert.equal(trunk['since'], '2026-01-05T08:00:00.000Z');
  assert.deepEqual(trunk['registration'], {
    state: 'registered',
    since: '2026-01-05T08:00:00.000Z',
    expiresAt: '2026-01-05T09:00:00.000Z',
    reason: null,
  });
  assert.deepEqual(trunk['failures'], [
    { at: '2026-01-05T08:00:00.000Z', what: 'call', status: 503, reason: 'Busy' },
  ]);
});

test('a trunk is disabled and enabled; another one is unknown', async () => {
  const world = createWorld();
  const off = await bodyOf(await world.ask('POST', '/api/v1/trunks/carrier/disable'));
  assert.equal(off['state'], 'disabled');
  assert.equal(
    (await bodyOf(await world.ask('GET', '/api/v1/trunks/carrier')))['state'],
    'disabled',
  );
  const on = await bodyOf(await world.ask('POST', '/api/v1/trunks/carrier/enable'));
  assert.equal(on['state'], 'up');
  for (const [method, path] of [
    ['GET', '/api/v1/trunks/other'],
    ['POST', '/api/v1/trunks/other/disable'],
    ['POST', '/api/v1/trunks/other/enable'],
  ] as const) {
    const refused = await world.ask(method, path);
    assert.equal(refused.status, 404);
    assert.equal((await bodyOf(refused))['code'], 'SIP_TRUNK_UNKNOWN');
  }
});

test('what happens to a trunk is on the event stream', async () => {
  const world = createWorld();
  const response = await world.ask('GET', '/api/v1/events');
  const reader = response.body?.getReader();
  assert.ok(reader);
  const decoder = new TextDecoder();
  const next = async () => decoder.decode((await reader.read()).value as Uint8Array);
  await next();
  await world.ask('POST', '/api/v1/trunks/carrier/disable');
  const text = await next();
  assert.match(text, /^event: trunk\ndata: \{.*"name":"carrier".*"state":"disabled"/);
  world.close();
});

test('metrics say how each trunk is', async () => {
  const world = createWorld();
  const text = await (await world.ask('GET', '/metrics')).text();
  for (const line of [
    'ringback_trunk_state{trunk="carrier",state="up"} 1',
    'ringback_trunk_state{trunk="carrier",state="down"} 0',
    'ringback_trunk_live_calls{trunk="carrier"} 3',
    'ringback_trunk_waiting_calls{trunk="carrier"} 1',
    'ringback_trunk_calls_per_second{trunk="carrier"} 0.4',
    'ringback_trunk_calls{trunk="carrier"} 17',
    'ringback_trunk_failures{trunk="carrier"} 1',
    'ringback_trunk_registered{trunk="carrier"} 1',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
});
