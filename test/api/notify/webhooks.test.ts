// Webhooks over real sockets: signatures, order, retries, dead letters, replay, restart, refusals.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { until } from '../../support/until.ts';
import { fakeNotify } from '../fake-notify.ts';
import { bodyOf, createWorld, type World } from '../fakes.ts';
import { REACHABLE, receiver, type Receiver } from './receiver.ts';

const GOOD = { queueId: 'support', customerNumber: '+12025550123' };

function worldOf(t: TestContext, yaml = REACHABLE): World {
  const world = createWorld(yaml);
  t.after(() => world.close());
  return world;
}

async function hook(world: World, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const answer = await world.ask('POST', '/api/v1/webhooks', body);
  assert.equal(answer.status, 201);
  return bodyOf(answer);
}

const idsOf = ({ received }: Receiver): string[] => received.map(({ event }) => event.id);

async function deliveriesOf(world: World, id: unknown): Promise<Record<string, unknown>[]> {
  const body = await bodyOf(await world.ask('GET', `/api/v1/webhooks/${String(id)}/deliveries`));
  return body['items'] as Record<string, unknown>[];
}

test('events are posted in order, signed with the secret that was shown once', async (t) => {
  const world = worldOf(t);
  const to = await receiver(t);
  const made = await hook(world, { url: to.url, filter: { types: ['callback'] } });
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  for (let n = 0; n < 150; n++) world.callbacks.happen('cb-1', 'heard', {});
  await until('all events', () => to.received.length === 151);
  assert.deepEqual(
    idsOf(to),
    Array.from({ length: 151 }, (_, index) => String(index + 1)),
  );
  const [first] = to.received;
  assert.ok(first !== undefined);
  const [, seconds, hash] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
    String(first.headers['ringback-signature']),
  ) ?? ['', '', ''];
  const secret = String(made['secret']);
  const expected = createHmac('sha256', secret).update(`${seconds}.${first.body}`).digest('hex');
  assert.equal(hash, expected);
  assert.equal(Number(seconds), world.clock.nowMs() / 1_000);
  assert.equal(first.headers['ringback-delivery'], `${String(made['id'])}.1`);
  const shown = await bodyOf(await world.ask('GET', `/api/v1/webhooks/${String(made['id'])}`));
  assert.equal('secret' in shown, false);
  assert.equal(shown['cursor'], 151);
});

test('a failed delivery is tried again later, and the ones after it wait', async (t) => {
  const world = worldOf(t);
  const to = await receiver(t);
  to.status = 500;
  const { id } = await hook(world, { url: to.url, filter: { types: ['callback'] } });
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  world.callbacks.happen('cb-1', 'heard', {});
  const triesOfFirst = async (): Promise<unknown> => (await deliveriesOf(world, id)).at(-1);
  for (const [tries, delayMs] of [
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
  ] as const) {
    await until('the try', () => world.clock.pendingCount > 0 && to.received.length === tries);
    await until('its outcome', async () => {
      return ((await triesOfFirst()) as { lastStatus: unknown }).lastStatus === 500;
    });
    world.clock.advance(delayMs / 2 - 10);
    assert.equal(to.received.length, tries, 'not before its time');
    if (tries === 3) to.status = 200;
    world.clock.advance(20);
  }
  await until('both', () => to.received.length === 5);
  assert.deepEqual(idsOf(to), ['1', '1', '1', '1', '2']);
});

test('a slow webhook delays no other one', async (t) => {
  const world = worldOf(t);
  const slow = await receiver(t);
  slow.status = null;
  const quick = await receiver(t);
  await hook(world, { url: slow.url, filter: { types: ['callback'] } });
  await hook(world, { url: quick.url, filter: { types: ['callback'] } });
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  for (let n = 0; n < 20; n++) world.callbacks.happen('cb-1', 'heard', {});
  await until('all at the quick one', () => quick.received.length === 21);
  assert.equal(slow.received.length, 1);
});

test('after a day an event is laid aside, the next goes on; it can be replayed', async (t) => {
  const world = worldOf(t);
  const to = await receiver(t);
  to.status = 503;
  const { id } = await hook(world, { url: to.url, filter: { types: ['callback'] } });
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  await until(
    'the first try',
    async () => (await deliveriesOf(world, id))[0]?.['lastStatus'] === 503,
  );
  world.clock.advance(86_400_000);
  await until(
    'the last try',
    async () => (await deliveriesOf(world, id))[0]?.['status'] === 'dead',
  );
  to.status = 200;
  world.callbacks.happen('cb-1', 'heard', {});
  world.clock.advance(3_600_000);
  await until('the next event', () => idsOf(to).includes('2'));
  const path = `/api/v1/webhooks/${String(id)}/deliveries`;
  const dead = await bodyOf(await world.ask('GET', `${path}?status=dead`));
  const [{ id: deliveryId } = {}] = dead['items'] as Record<string, unknown>[];
  assert.equal((await world.ask('POST', `${path}/${String(deliveryId)}/replay`)).status, 200);
  await until('the replay', () => idsOf(to).at(-1) === '1');
  assert.equal((await world.ask('POST', `${path}/nothing/replay`)).status, 404);
});

test('after the process died exactly the events not acknowledged yet go on', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-webhooks-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'events.sqlite');
  const to = await receiver(t);
  const before = createWorld(REACHABLE, { notify: fakeNotify(path) });
  const { id } = await hook(before, { url: to.url, filter: { types: ['callback'] } });
  await before.ask('POST', '/api/v1/callbacks', GOOD);
  for (let n = 0; n < 9; n++) before.callbacks.happen('cb-1', 'heard', {});
  await until('ten', () => to.received.length === 10);
  await until(
    'all known',
    async () => (await deliveriesOf(before, id))[0]?.['status'] === 'delivered',
  );
  to.status = null;
  before.callbacks.happen('cb-1', 'heard', {});
  await until('one unanswered', () => to.received.length === 11);
  before.callbacks.happen('cb-1', 'heard', {});
  before.close();
  to.status = 200;
  const { callbacks } = before;
  for (let n = 0; n < 3; n++) callbacks.happen('cb-1', 'while-down', {});
  const after = createWorld(REACHABLE, { notify: fakeNotify(path), callbacks });
  t.after(() => after.close());
  await until('the rest', () => idsOf(to).includes('15'));
  assert.deepEqual(idsOf(to).slice(10), ['11', '11', '12', '13', '14', '15']);
});

test('of an agent that changes often only the latest state waits', async (t) => {
  const world = worldOf(t);
  const to = await receiver(t);
  to.status = null;
  const { id } = await hook(world, { url: to.url, filter: { types: ['agent'] } });
  world.router.putAgent({ agentId: 'anna', displayName: 'A', username: 'anna', skills: {} });
  await until('the first', () => to.received.length === 1);
  for (let n = 0; n < 10; n++) world.router.login('anna');
  const all = await deliveriesOf(world, id);
  assert.equal(all.length, 2);
  assert.equal((all[0]?.['event'] as { agent: { state: string } }).agent.state, 'not-ready');
});

test('while secrets change deliveries carry both signatures, later the new one', async (t) => {
  const world = worldOf(t);
  const to = await receiver(t);
  const { id } = await hook(world, { url: to.url });
  const path = `/api/v1/webhooks/${String(id)}`;
  const { secret } = await bodyOf(await world.ask('POST', `${path}/rotate-secret`));
  const tested = await bodyOf(await world.ask('POST', `${path}/test`));
  assert.deepEqual([tested['delivered'], tested['status']], [true, 200]);
  world.clock.advance(86_400_000);
  await world.ask('POST', `${path}/test`);
  const [both = '', one = ''] = to.received.map(({ headers }) =>
    String(headers['ringback-signature']),
  );
  assert.match(both, /^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/);
  const [, seconds = ''] = /^t=(\d+),v1=[0-9a-f]{64}$/.exec(one) ?? [];
  const body = to.received[1]?.body ?? '';
  const hash = createHmac('sha256', String(secret)).update(`${seconds}.${body}`).digest('hex');
  assert.ok(one.endsWith(hash));
});

test('a paused webhook keeps its place, a deleted one is gone', async (t) => {
  const world = worldOf(t);
  const to = await receiver(t);
  const { id } = await hook(world, { url: to.url, active: false, filter: { types: ['callback'] } });
  const path = `/api/v1/webhooks/${String(id)}`;
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  await world.ask('PATCH', path, { active: true, description: 'crm' });
  await until('the missed event', () => idsOf(to).includes('1'));
  assert.equal((await world.ask('DELETE', path)).status, 204);
  assert.equal((await world.ask('GET', path)).status, 404);
  world.callbacks.happen('cb-1', 'heard', {});
  assert.deepEqual((await bodyOf(await world.ask('GET', '/api/v1/webhooks')))['items'], []);
});

test('private addresses, clear text and too many webhooks are refused', async (t) => {
  const world = worldOf(t, 'events: { webhooks: { maxWebhooks: 1 } }');
  const refused = [
    ...['http://example.com/', 'https://127.0.0.1/', 'https://[::1]/', 'https://10.1.2.3/'],
    ...['https://169.254.169.254/', 'https://[::ffff:127.0.0.1]/', 'https://2130706433/'],
    ...['https://user:word@example.com/', 'ftp://example.com/', 'nonsense', 'https://[fe80::1]/'],
  ];
  for (const url of refused) {
    const answer = await world.ask('POST', '/api/v1/webhooks', { url });
    assert.equal(answer.status, 400, url);
    assert.equal((await bodyOf(answer))['code'], 'WEBHOOK_URL_REFUSED', url);
  }
  await hook(world, { url: 'https://example.com/' });
  const more = await world.ask('POST', '/api/v1/webhooks', { url: 'https://example.com/' });
  assert.equal((await bodyOf(more))['code'], 'WEBHOOKS_LIMIT');
});

test('a name that leads to a refused address is not connected to', async (t) => {
  const world = worldOf(t, 'events: { webhooks: { allowHttp: true } }');
  const to = await receiver(t);
  const url = to.url.replace('127.0.0.1', 'localhost');
  const { id } = await hook(world, { url });
  const tested = await bodyOf(await world.ask('POST', `/api/v1/webhooks/${String(id)}/test`));
  assert.match(String(tested['error']), /refused address/);
  assert.equal(to.received.length, 0);
});
