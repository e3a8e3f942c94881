// Versions over real HTTP: reads that are known are not sent again, changes touch what was seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, createWorld, KEY } from './fakes.ts';
import { served } from './http.ts';

test('what a client knows already is 304 without a body; what changed comes again', async (t) => {
  const { world, server } = await served(t);
  world.router.putAgent({ agentId: 'anna', displayName: 'A', username: 'anna', skills: {} });
  for (const path of ['/api/v1/agents', '/api/v1/agents/anna', '/api/v1/queues/support']) {
    const ask = (etag: string): Promise<Response> =>
      fetch(server.url + path, {
        headers: { Authorization: `Bearer ${KEY}`, 'If-None-Match': etag },
      });
    const first = await ask('');
    await first.arrayBuffer();
    const etag = first.headers.get('etag') ?? '';
    assert.match(etag, /^"[\w-]{22}"$/, path);
    const known = await ask(`"other", W/${etag}`);
    assert.deepEqual([known.status, await known.text()], [304, ''], path);
    assert.equal((await ask('"other"')).status, 200, path);
  }
});

test('each change takes If-Match, and a stale one changes nothing', async () => {
  const world = createWorld();
  world.router.putAgent({ agentId: 'anna', displayName: 'A', username: 'anna', skills: {} });
  const hook = { url: 'https://hooks.example/', active: false };
  const made = await world.ask('POST', '/api/v1/webhooks', hook);
  const webhook = made.headers.get('location') ?? '';
  for (const [method, path, body, read] of [
    ['PATCH', webhook, { description: 'new' }, webhook],
    ['DELETE', webhook, undefined, webhook],
    ['DELETE', '/api/v1/agents/anna', undefined, '/api/v1/agents/anna'],
    ['POST', '/api/v1/trunks/carrier/disable', undefined, '/api/v1/trunks/carrier'],
  ] as const) {
    const etag = (await world.ask('GET', read)).headers.get('etag') ?? '';
    const stale = await world.ask(method, path, body, { 'If-Match': '"stale"' });
    const { code, fields } = await bodyOf(stale);
    assert.deepEqual([stale.status, code, fields], [412, 'PRECONDITION_FAILED', { current: etag }]);
    assert.equal((await world.ask('GET', read)).headers.get('etag'), etag, path);
    const right = await world.ask(method, path, body, { 'If-Match': etag });
    assert.ok(right.status < 300, `${method} ${path}: ${right.status}`);
  }
});
