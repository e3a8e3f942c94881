// /api/v1/system/bans: who is kept out, and letting them in again.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Ban } from '../../sip/index.ts';
import { bodyOf, createWorld } from './fakes.ts';

const sinceMs = Date.UTC(2026, 0, 5, 8);

test('bans are listed, and lifted under the name they are listed with', async () => {
  const held = new Map<string, Ban>(
    ['198.51.100.7', '2001:db8:1:0::/64'].map((source) => [
      source,
      { source, sinceMs, untilMs: sinceMs + 60_000, count: 2, dropped: 5 },
    ]),
  );
  const world = createWorld(
    '',
    {},
    {
      bans: async () => [...held.values()],
      liftBan: async (source) => held.delete(source),
    },
  );
  const { items } = await bodyOf(await world.ask('GET', '/api/v1/system/bans'));
  assert.ok(Array.isArray(items) && items.length === 2);
  assert.deepEqual(items[0], {
    source: '198.51.100.7',
    since: '2026-01-05T08:00:00.000Z',
    until: '2026-01-05T08:01:00.000Z',
    count: 2,
    dropped: 5,
  });
  for (const path of ['198.51.100.7', '2001:db8:1:0::%2F64']) {
    assert.equal((await world.ask('DELETE', `/api/v1/system/bans/${path}`)).status, 204);
    const again = await world.ask('DELETE', `/api/v1/system/bans/${path}`);
    assert.equal(again.status, 404);
    assert.equal((await bodyOf(again))['code'], 'SIP_BAN_UNKNOWN');
  }
  assert.equal((await world.ask('DELETE', '/api/v1/system/bans/evil%0d%0a')).status, 400);
});
