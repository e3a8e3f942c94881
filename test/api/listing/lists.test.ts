// Lists over real HTTP: pages that stay whole while things come and go, links, fields, refusals.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cursorKey, cursorText } from '../../../api/listing/cursor.ts';
import { pageOf } from '../../../api/listing/page.ts';
import { KEY } from '../fakes.ts';
import { served } from '../http.ts';

interface Listed {
  readonly items: readonly Record<string, unknown>[];
  readonly nextCursor: string | null;
  readonly code?: string;
  readonly remedy?: string;
  readonly errors?: readonly { field: string; value?: unknown; message: string }[];
}

async function get(url: string): Promise<{ response: Response; body: Listed }> {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${KEY}` } });
  return { response, body: (await response.json()) as Listed };
}

const named = (id: string) => ({ idOf: (text: string) => text, name: id });

test('whatever comes between two pages, nothing that was there is left out or told twice', () => {
  const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { maxLength: 30 });
  fc.assert(
    fc.property(words, words, fc.integer({ min: 1, max: 7 }), (before, later, limit) => {
      const told: string[] = [];
      let cursor: string | undefined;
      let all = before;
      do {
        const page = pageOf(all, { limit, cursor }, named('words'));
        told.push(...page.items);
        cursor = page.nextCursor ?? undefined;
        all = [...new Set([...before, ...later])];
      } while (cursor !== undefined);
      assert.equal(new Set(told).size, told.length);
      assert.ok(before.every((word) => told.includes(word)));
    }),
  );
});

test('an order may have equals, and may be reversed', () => {
  const items = ['b1', 'a1', 'a2', 'b2'];
  const rules = { ...named('words'), sorts: { first: (text: string) => text.slice(0, 1) } };
  const read = (sort: string): string[] => {
    const first = pageOf(items, { limit: 3, sort }, rules);
    const cursor = first.nextCursor ?? '';
    return [...first.items, ...pageOf(items, { limit: 3, sort, cursor }, rules).items];
  };
  assert.deepEqual(read('first'), ['a1', 'a2', 'b1', 'b2']);
  assert.deepEqual(read('-first'), ['b2', 'b1', 'a2', 'a1']);
});

test('a cursor is of one question, and every changed letter of it is noticed', () => {
  const cursor = cursorText(['agents', {}], ['anna', 7]);
  assert.deepEqual(cursorKey(['agents', {}], cursor), ['anna', 7]);
  const refused = { code: 'CURSOR_INVALID' };
  assert.throws(() => cursorKey(['agents', { state: 'ready' }], cursor), refused);
  fc.assert(
    fc.property(fc.nat(cursor.length - 1), (at) => {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
      assert.throws(() => cursorKey(['agents', {}], changed), refused);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.throws(() => cursorKey(['agents', {}], text), refused);
    }),
  );
});

test('agents are read page by page along the links, with filters and fields', async (t) => {
  const { world, server } = await served(t);
  for (const agentId of ['ede', 'anna', 'ben', 'carl', 'dora']) {
    world.router.putAgent({ agentId, displayName: agentId, username: agentId, skills: {} });
  }
  world.router.login('ben');
  const told: unknown[] = [];
  let next: string | null = '/api/v1/agents?limit=2&fields=agentId,state';
  while (next !== null) {
    const { response, body }: Awaited<ReturnType<typeof get>> = await get(server.url + next);
    assert.equal(response.status, 200);
    told.push(...body.items);
    const link = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '');
    assert.equal(link === null, body.nextCursor === null);
    next = link?.[1] ?? null;
    if (told.length === 2) world.router.removeAgent('anna'); // where the cursor does not look again
  }
  assert.deepEqual(told, [
    { agentId: 'anna', state: 'logged-out' },
    { agentId: 'ben', state: 'not-ready' },
    { agentId: 'carl', state: 'logged-out' },
    { agentId: 'dora', state: 'logged-out' },
    { agentId: 'ede', state: 'logged-out' },
  ]);
  const busy = await get(`${server.url}/api/v1/agents?state=ready,not-ready&sort=-agentId`);
  assert.deepEqual(
    busy.body.items.map((agent) => agent['agentId']),
    ['ben'],
  );
});

test('callbacks are paged by a cursor that no other filter takes', async (t) => {
  const { world, server } = await served(t);
  for (const customerNumber of ['+12025550121', '+12025550122', '+12025550123']) {
    await world.ask('POST', '/api/v1/callbacks', { queueId: 'support', customerNumber });
  }
  const path = `${server.url}/api/v1/callbacks?limit=2&state=queued,scheduled`;
  const first = await get(path);
  assert.deepEqual(
    first.body.items.map(({ id }) => id),
    ['cb-1', 'cb-2'],
  );
  const cursor = first.body.nextCursor ?? '';
  const second = await get(`${path}&cursor=${cursor}`);
  assert.deepEqual(
    [second.body.items.map(({ id }) => id), second.body.nextCursor],
    [['cb-3'], null],
  );
  const other = await get(`${server.url}/api/v1/callbacks?cursor=${cursor}`);
  assert.deepEqual([other.response.status, other.body.code], [400, 'CURSOR_INVALID']);
  assert.equal(other.body.errors?.[0]?.field, 'cursor');
});

const LISTS = ['callbacks', 'agents', 'queues', 'trunks', 'webhooks', 'prompts', 'calls'];

test('every list refuses what it does not know, with field, value and remedy', async (t) => {
  const { server } = await served(t);
  for (const list of LISTS) {
    for (const [query, field, value] of [
      ['colour=blue', 'colour', 'blue'],
      ['limit=501', 'limit', '501'],
      ['limit=0', 'limit', '0'],
      ['cursor=abc.def', 'cursor', 'abc.def'],
      ['fields=nonsense', 'fields', 'nonsense'],
    ] as const) {
      const { response, body } = await get(`${server.url}/api/v1/${list}?${query}`);
      const where = `${list}?${query}`;
      assert.equal(response.status, 400, where);
      const [issue] = body.errors ?? [];
      assert.deepEqual([issue?.field, issue?.value], [field, value], where);
      assert.ok((body.remedy ?? '').length > 10 && (issue?.message ?? '').length > 5, where);
    }
  }
});

test('a refused number is shown masked, a refused password never', async (t) => {
  const { world } = await served(t);
  const number = await world.ask('POST', '/api/v1/callbacks', {
    ...{ queueId: 'support', customerNumber: '+120255501234567' },
  });
  const { errors } = (await number.json()) as Listed;
  assert.equal(errors?.[0]?.value, '+************567');
  const agent = await world.ask('POST', '/api/v1/agents', { agentId: 'anna', password: 'short' });
  const [issue] = ((await agent.json()) as Listed).errors ?? [];
  assert.deepEqual([issue?.field, issue?.value], ['password', '[redacted]']);
});
