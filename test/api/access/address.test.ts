// Whose address counts: of the connection, or what a trusted proxy says of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, createWorld, KEY, type World } from '../fakes.ts';

/** As if it came over a connection from there. */
function from(world: World, remoteAddress: string, forwarded?: string, key = KEY) {
  const headers = {
    Authorization: `Bearer ${key}`,
    ...(forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded }),
  };
  const incoming = { socket: { remoteAddress, remotePort: 9, remoteFamily: 'IPv4' } };
  return world.app.request('/api/v1/agents', { headers }, { incoming });
}

test('X-Forwarded-For is believed of trusted proxies only, from its end', async () => {
  const world = createWorld('http: { trustedProxies: [192.0.2.1, 10.0.0.0/8, "2001:db8::/32"] }');
  const told: readonly (readonly [string, string | undefined, string])[] = [
    ['192.0.2.1', '203.0.113.7', '203.0.113.7'],
    ['::ffff:192.0.2.1', '198.51.100.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['2001:db8::1', '2001:db9::5', '2001:db9::5'],
    ['192.0.2.2', '203.0.113.7', '192.0.2.2'],
    ['192.0.2.1', 'unknown', '192.0.2.1'],
    ['192.0.2.1', undefined, '192.0.2.1'],
  ];
  for (const [remote, forwarded] of told) {
    assert.equal((await from(world, remote, forwarded, 'wrong')).status, 401);
  }
  const { items } = await bodyOf(await world.ask('GET', '/api/v1/audit?refused=true'));
  const addresses = (items as { address: string }[]).map(({ address }) => address);
  assert.deepEqual(
    addresses.toReversed(),
    told.map(([, , address]) => address),
  );
});

test('known keys of one address share a rate, if there is one', async () => {
  const world = createWorld('http: { requestsPerSecondPerAddress: 1 }');
  const statuses: number[] = [];
  for (let times = 0; times < 3; times += 1) {
    statuses.push((await from(world, '192.0.2.1')).status);
  }
  assert.deepEqual(statuses, [200, 200, 429]);
  assert.equal((await from(world, '192.0.2.2')).status, 200);
  world.clock.advance(1_000);
  assert.equal((await from(world, '192.0.2.1')).status, 200);
});
