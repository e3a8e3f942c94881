// Links for customers: what they open, for how long, and what the page of forms says.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { LINK_ACTIONS, linkOf, tokenOf } from '../../../api/self/links.ts';
import { bodyOf, createWorld, entryOf, type World } from '../fakes.ts';

interface Own {
  readonly world: World;
  readonly id: string;
  readonly path: string;
}

async function linked(body: object = {}, queued = true): Promise<Own> {
  const world = createWorld('http: { publicUrl: "https://call.example.com" }');
  const customerNumber = '+12025550123';
  const time = new Date(world.clock.nowMs() + 3_600_000).toISOString();
  const wish = { queueId: 'support', customerNumber, ...(queued ? {} : { desiredTime: time }) };
  const id = String((await bodyOf(await world.ask('POST', '/api/v1/callbacks', wish)))['id']);
  if (queued) world.router.entries = [entryOf(id, 3)];
  const answer = await world.ask('POST', `/api/v1/callbacks/${id}/links`, body);
  assert.equal(answer.status, 201);
  const { path, url } = await bodyOf(answer);
  assert.equal(url, `https://call.example.com${String(path)}`);
  return { world, id, path: String(path) };
}

const JSON_WANTED = { Accept: 'application/json' };

/** As a browser does: no key, a form or nothing. */
function open(own: Own, more = '', form?: string, headers: Record<string, string> = {}) {
  return own.world.app.request(`${own.path}${more}`, {
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      ...(form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(form === undefined ? {} : { body: form }),
  });
}

test('a link shows place and wait, masked number, and nothing is kept by browsers', async () => {
  const own = await linked();
  const answer = await open(own, '', undefined, { 'Accept-Language': 'de-AT,en' });
  const page = await answer.text();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('Cache-Control'), 'no-store');
  assert.equal(answer.headers.get('Referrer-Policy'), 'no-referrer');
  const policy = answer.headers.get('Content-Security-Policy') ?? '';
  assert.match(policy, /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/);
  const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  assert.ok(policy.includes(`style-src 'sha256-${hash}'`) && !policy.includes('unsafe'));
  assert.match(page, /<html lang="de">/);
  assert.match(page, /Sie sind Nummer 3 in der Warteschlange\./);
  assert.doesNotMatch(page, /2025550123|<script|https?:/);
  for (const [, id] of page.matchAll(/<input id="(\w+)"/g)) {
    assert.ok(page.includes(`<label for="${id}">`), `${id} has a label`);
  }
  const view = await bodyOf(await open(own, '', undefined, JSON_WANTED));
  assert.deepEqual([view['position'], view['state']], [3, 'waiting']);
  const [fromMs, toMs] = [Date.UTC(2026, 0, 5, 14, 10), Date.UTC(2026, 0, 5, 14, 25)];
  own.world.router.entries = [{ ...entryOf(own.id, 3), promised: { fromMs, toMs } }];
  const told = /between 2:10.PM and 2:25.PM \(UTC\)/;
  assert.match(await (await open(own)).text(), told);
  assert.match(await (await open(own)).text(), /You are number 3 in line\./);
});

test('the forms move, change the number and cancel; then the link is over', async () => {
  const own = await linked({}, false);
  const at = new Date(own.world.clock.nowMs() + 7_200_000).toISOString().slice(0, 16);
  const moved = await open(own, '/move', `localTime=${encodeURIComponent(at)}`);
  assert.equal(moved.status, 200, await moved.text());
  const record = own.world.callbacks.get(own.id);
  assert.equal(record?.desiredTimeMs, Date.parse(`${at}Z`));
  const refused = await open(own, '/number', 'customerNumber=12', { 'Accept-Language': 'en' });
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /not a telephone number/);
  const number = await open(own, '/number', 'customerNumber=%2B12025550199');
  assert.equal(number.status, 200);
  assert.match(await number.text(), /href="\/self\//);
  assert.equal((await open(own, '/cancel', '')).status, 200);
  assert.equal(own.world.callbacks.get(own.id)?.state, 'completed');
  for (const answer of [await open(own), await open(own, '/cancel', '')]) {
    assert.equal(answer.status, 410);
    assert.doesNotMatch(await answer.text(), /0123|0199|<form/, 'nothing of the callback is told');
  }
  const audit = await bodyOf(await own.world.ask('GET', '/api/v1/audit'));
  const told = JSON.stringify(audit['items']);
  assert.ok(told.includes(`link:${own.id}`));
  assert.ok(!told.includes(own.path.slice(6)), 'the token is not told');
});

test('a body that is not understood moves nothing', async () => {
  const own = await linked({}, false);
  const before = own.world.callbacks.get(own.id)?.desiredTimeMs;
  const json = { ...JSON_WANTED, 'Content-Type': 'application/json' };
  for (const body of [
    '{}',
    '{"desiredTime": 5}',
    '{"desiredTime": "now"}',
    '[]',
    '{',
    '{"x": 1}',
  ]) {
    assert.equal((await open(own, '/move', body, json)).status, 400, body);
    own.world.clock.advance(100_000);
  }
  assert.equal((await open(own, '/move', 'localTime=tomorrow')).status, 400);
  assert.equal(own.world.callbacks.get(own.id)?.desiredTimeMs, before);
  own.world.clock.advance(100_000);
  const moved = await open(own, '/move', '{"desiredTime": null}', json);
  assert.deepEqual([moved.status, await bodyOf(moved)], [200, { done: true }]);
  assert.equal(own.world.callbacks.get(own.id)?.desiredTimeMs, null);
});

test('a link opens what it was made for, and until its time', async () => {
  const own = await linked({ actions: ['view'], hours: 1 });
  assert.equal((await open(own, '/cancel', '')).status, 410);
  assert.equal((await open(own, '/move', 'localTime=')).status, 410);
  assert.doesNotMatch(await (await open(own)).text(), /<form/);
  own.world.clock.advance(3_600_000);
  assert.equal((await open(own)).status, 410);
});

test('forms of other pages are refused, and so are too many changes', async () => {
  const own = await linked();
  const foreign = { Origin: 'https://evil.example.com', Host: 'call.example.com' };
  assert.equal((await open(own, '/cancel', '', foreign)).status, 403);
  const crossSite = { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' };
  assert.equal((await open(own, '/cancel', '', crossSite)).status, 403);
  const same = { Origin: 'https://call.example.com', Host: 'call.example.com' };
  const statuses: number[] = [];
  for (let times = 0; times < 7; times += 1) {
    statuses.push((await open(own, '/number', 'customerNumber=1', same)).status);
  }
  assert.deepEqual(statuses, [400, 400, 400, 400, 400, 429, 429]);
  assert.equal(own.world.callbacks.get(own.id)?.state, 'queued');
});

test('no text but a token of ours is a link', () => {
  const link = { callbackId: 'cb-1', expiresAtMs: 10_000_000, actions: LINK_ACTIONS };
  const token = tokenOf(link, 'secret');
  assert.deepEqual(linkOf(token, 'secret', 0), link);
  assert.equal(linkOf(token, 'other', 0), null);
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...'.aZ0_'), (at, letter) => {
      fc.pre(token[at] !== letter);
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      assert.equal(linkOf(changed, 'secret', 0), null);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => linkOf(text, 'secret', 0) === null));
});
