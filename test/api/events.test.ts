// Event streams over real HTTP: order, replay, slow readers, limits, the end.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { until } from '../support/until.ts';
import { createWorld, KEY, type World } from './fakes.ts';
import { listen, served } from './http.ts';

const GOOD = { queueId: 'support', customerNumber: '+12025550123' };

async function withCallback(world: World): Promise<void> {
  await world.ask('POST', '/api/v1/callbacks', GOOD);
}

test('what happens is told as it happens: callbacks, agents, queues', async (t) => {
  const { world, server } = await served(t);
  await withCallback(world);
  const stream = await listen(t, server.url);
  world.callbacks.happen('cb-1', 'dial-started', { state: 'dialing' });
  world.router.putAgent({ agentId: 'anna', displayName: 'A', username: 'anna', skills: {} });
  world.router.notice({ type: 'queue-changed', queueId: 'support' });
  await until('three events', () => stream.text().includes('event: queue'));
  assert.deepEqual(stream.ids(), [2]);
  const [, data = ''] = /event: callback\ndata: (.*)/.exec(stream.text()) ?? [];
  assert.deepEqual(JSON.parse(data), {
    sequence: 2,
    callbackId: 'cb-1',
    revision: 2,
    type: 'dial-started',
    data: {},
    state: 'dialing',
    at: '2026-01-05T09:00:00.000Z',
    version: 1,
    id: '2',
    topic: 'callback',
    queueId: 'support',
  });
  assert.match(stream.text(), /event: agent\ndata: .*"agentId":"anna"/);
});

test('what happens is read from the log once for all who listen', async (t) => {
  const { world, server } = await served(t);
  await withCallback(world);
  const streams = await Promise.all([1, 2, 3].map(() => listen(t, server.url)));
  let reads = 0;
  const eventsAfter = world.callbacks.eventsAfter.bind(world.callbacks);
  world.callbacks.eventsAfter = (sequence, limit) => {
    reads += 1;
    return eventsAfter(sequence, limit);
  };
  world.callbacks.happen('cb-1', 'heard', {});
  for (const stream of streams) await until('the event', () => stream.ids().includes(2));
  assert.ok(reads < streams.length, `${reads} reads`);
});

test('a queue is told at once, and what changes within a fifth of a second together', async (t) => {
  const { world, server } = await served(t);
  const stream = await listen(t, server.url);
  const change = (): void => world.router.notice({ type: 'queue-changed', queueId: 'support' });
  const told = (): number => stream.text().split('event: queue').length - 1;
  change();
  change();
  change();
  await until('the first change', () => told() === 1);
  world.clock.advance(199);
  change();
  world.clock.advance(1);
  await until('the changes after it, as one', () => told() === 2);
  world.clock.advance(1_000);
  change();
  await until('a later change, at once', () => told() === 3);
});

test('after a break Last-Event-ID brings what was missed, once and in order', async (t) => {
  const { world, server } = await served(t);
  await withCallback(world);
  for (let n = 0; n < 249; n++) world.callbacks.happen('cb-1', 'heard', {});
  const stream = await listen(t, server.url, { 'Last-Event-ID': '20' });
  world.callbacks.happen('cb-1', 'heard', {});
  await until('the last event', () => stream.ids().includes(251));
  assert.deepEqual(
    stream.ids(),
    Array.from({ length: 231 }, (_, index) => index + 21),
  );
});

test('a Last-Event-ID that is none is refused', async (t) => {
  const { server } = await served(t);
  for (const id of ['-1', 'x', '1e3']) {
    assert.equal((await listen(t, server.url, { 'Last-Event-ID': id })).status, 400, id);
  }
});

test('quiet streams get heartbeats', async (t) => {
  const { world, server } = await served(t, 'http: { eventHeartbeatSeconds: 5 }');
  const stream = await listen(t, server.url);
  world.clock.advance(5_000);
  await until('a heartbeat', () => stream.text().includes(': still here'));
});

test('more streams than allowed are refused, and a place that was left is free', async (t) => {
  const { server } = await served(t, 'http: { maxEventClients: 1 }');
  const first = await listen(t, server.url);
  assert.equal((await listen(t, server.url)).status, 503);
  first.close();
  await until('the place to be free', async () => (await listen(t, server.url)).status === 200);
});

test('closing the API ends the streams, and the server stops at once', async (t) => {
  const { world, server } = await served(t);
  const stream = await listen(t, server.url);
  world.close();
  await until('the end of the stream', () => stream.ended());
  const startedAtMs = performance.now();
  await server.stop();
  assert.ok(performance.now() - startedAtMs < 1_900, 'not by the end of its grace');
});

test('a server that stops while streams are open stops with the last of them', async (t) => {
  const { world, server } = await served(t);
  await listen(t, server.url);
  const startedAtMs = performance.now();
  const stopped = server.stop();
  world.close();
  await stopped;
  assert.ok(performance.now() - startedAtMs < 1_900, 'not by the end of its grace');
});

test('a reader who does not read costs no memory and misses no callback event', async (t) => {
  const { world, server } = await served(t);
  await withCallback(world);
  const socket = connect(server.port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(
    `GET /api/v1/events?after=0 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\n\r\n`,
  );
  let received = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => (received += text));
  await until('the first event', () => received.includes('id: 1\n'));
  socket.pause();
  const big = { ...GOOD, userData: { a: 'x'.repeat(1_000) } };
  for (let n = 0; n < 20_000; n++)
    world.callbacks.happen('cb-1', 'heard', { userData: big.userData });
  for (let n = 0; n < 1_000; n++)
    world.router.notice({ type: 'queue-changed', queueId: 'support' });
  socket.resume();
  await until('the last event', () => received.includes('id: 20001\n'));
  const ids = [...received.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  assert.deepEqual(
    ids,
    Array.from({ length: 20_001 }, (_, index) => index + 1),
  );
  const queueNotices = received.split('event: queue').length - 1;
  assert.ok(queueNotices >= 1 && queueNotices < 1_000, `${queueNotices} notices were sent`);
});

test('whatever the order of connects, events and reads: every event once, in order', async () => {
  const actions = fc.array(fc.constantFrom('happen', 'happen', 'read', 'heartbeat'), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(actions, fc.nat(30), async (steps, before) => {
      const world = createWorld('events: { stallSeconds: 3600 }');
      await withCallback(world);
      for (let n = 1; n < before; n++) world.callbacks.happen('cb-1', 'heard', {});
      const after = Math.floor(world.callbacks.log.length / 2);
      const response = await world.ask('GET', `/api/v1/events?after=${after}`);
      const reader = response.body?.getReader();
      assert.ok(reader !== undefined);
      let text = '';
      const read = async (): Promise<void> => {
        const { value } = (await reader.read()) as { value?: Uint8Array };
        text += new TextDecoder().decode(value);
      };
      for (const step of steps) {
        if (step === 'happen') world.callbacks.happen('cb-1', 'heard', {});
        else if (step === 'heartbeat') world.clock.advance(15_000);
        else {
          world.clock.advance(15_000);
          await read();
        }
      }
      world.callbacks.happen('cb-1', 'heard', {});
      const last = world.callbacks.log.length;
      while (!text.includes(`id: ${last}\n`)) await read();
      world.close();
      const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
      const expected = Array.from({ length: last - after }, (_, index) => after + 1 + index);
      assert.deepEqual(ids, expected);
    }),
    { numRuns: 60 },
  );
});
