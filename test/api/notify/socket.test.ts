// Events over WebSocket, and the filters it shares with the stream.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { passes, type EventView } from '../../../api/schemas/events.ts';
import { until } from '../../support/until.ts';
import { fakeNotify } from '../fake-notify.ts';
import { createWorld, KEY, type World } from '../fakes.ts';
import { listen, served } from '../http.ts';

const GOOD = { queueId: 'support', customerNumber: '+12025550123' };

interface Listener {
  readonly socket: WebSocket;
  readonly events: EventView[];
}

async function connected(t: TestContext, url: string, query = ''): Promise<Listener> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/events/ws${query}`, {
    headers: { Authorization: `Bearer ${KEY}` },
  });
  t.after(() => socket.terminate());
  const events: EventView[] = [];
  socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString()) as EventView));
  await once(socket, 'open');
  return { socket, events };
}

/** The status of a handshake that is refused. */
async function refusal(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { statusCode: number },
  ];
  socket.on('error', () => undefined).terminate();
  return response.statusCode;
}

async function withCallback(world: World): Promise<void> {
  await world.ask('POST', '/api/v1/callbacks', GOOD);
}

test('what was missed comes first, then everything as it happens', async (t) => {
  const { world, server } = await served(t);
  await withCallback(world);
  for (let n = 0; n < 249; n++) world.callbacks.happen('cb-1', 'heard', {});
  const { events } = await connected(t, server.url, '?after=20&type=callback');
  world.router.notice({ type: 'queue-changed', queueId: 'support' });
  world.callbacks.happen('cb-1', 'heard', {});
  await until('the last event', () => events.at(-1)?.id === '251');
  assert.deepEqual(
    events.map(({ id }) => Number(id)),
    Array.from({ length: 231 }, (_, index) => index + 21),
  );
  const [first] = events;
  assert.deepEqual([first?.version, first?.topic, first?.queueId], [1, 'callback', 'support']);
});

test('without a key, with wrong filters or too many listeners the handshake fails', async (t) => {
  const { server } = await served(t, 'http: { maxEventClients: 1 }');
  const url = `${server.url}/api/v1/events/ws`;
  const good = { Authorization: `Bearer ${KEY}` };
  assert.equal(await refusal(url, {}), 401);
  assert.equal(await refusal(`${url}?after=x`, good), 400);
  assert.equal(await refusal(`${url}?unknown=x`, good), 400);
  const { socket } = await connected(t, server.url);
  assert.equal(await refusal(url, good), 503);
  socket.close();
  await until('the place to be free', async () => (await listen(t, server.url)).status === 200);
});

test('a plain request is told to use WebSocket', async () => {
  assert.equal((await createWorld().ask('GET', '/api/v1/events/ws')).status, 426);
});

test('quiet sockets are pinged, and one that does not answer is cut', async (t) => {
  const { world, server } = await served(t, 'http: { eventHeartbeatSeconds: 5 }');
  const { socket } = await connected(t, server.url);
  let pings = 0;
  socket.on('ping', () => pings++);
  await until('a ping', () => {
    world.clock.advance(5_000);
    return pings > 0;
  });
  const deaf = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/events/ws`, {
    headers: { Authorization: `Bearer ${KEY}` },
    autoPong: false,
  });
  t.after(() => deaf.terminate());
  let closed = false;
  deaf.on('close', () => (closed = true));
  await once(deaf, 'open');
  await until('the deaf one to be cut', () => {
    world.clock.advance(5_000);
    return closed;
  });
});

test('a client that talks is sent away', async (t) => {
  const { server } = await served(t);
  const { socket } = await connected(t, server.url);
  socket.send('hello');
  const [code] = (await once(socket, 'close')) as [number];
  assert.equal(code, 1_008);
});

test('who does not read is dropped in the end, and misses nothing when it is back', async (t) => {
  const { world, server } = await served(
    t,
    'events: { stallSeconds: 30, maxBufferedBytes: 16384 }',
  );
  await withCallback(world);
  const { socket, events } = await connected(t, server.url);
  socket.pause();
  const text = 'x'.repeat(1_000);
  for (let n = 0; n < 20_000; n++) world.callbacks.happen('cb-1', 'heard', { userData: { text } });
  await until('its place to be free', async () => {
    world.clock.advance(15_000);
    return /ringback_event_clients 0\n|event_\w* 0\n/.test(
      await (await world.ask('GET', '/metrics')).text(),
    );
  });
  socket.resume();
  await once(socket, 'close');
  const last = events.at(-1)?.id ?? '1';
  const again = await connected(t, server.url, `?after=${last}`);
  world.callbacks.happen('cb-1', 'heard', {});
  await until('the rest', () => again.events.at(-1)?.id === '20002');
  const ids = [...events, ...again.events].map(({ id }) => Number(id));
  const first = ids[0] ?? 0;
  assert.deepEqual(
    ids,
    Array.from({ length: 20_003 - first }, (_, index) => index + first),
  );
});

test('calls are told of without the keys pressed', async (t) => {
  const notify = fakeNotify();
  const world = createWorld('', { notify });
  t.after(() => world.close());
  const response = await world.ask('GET', '/api/v1/events?type=call');
  notify.report('call-1', { type: 'digit', leg: 'customer', digit: '4', durationMs: 100 });
  notify.report('call-1', { type: 'customer-hung-up' });
  const reader = response.body?.getReader();
  let text = '';
  while (!text.includes('customer-hung-up')) {
    text += new TextDecoder().decode((await reader?.read())?.value as Uint8Array);
  }
  assert.doesNotMatch(text, /digit/);
  assert.match(text, /"interactionId":"call-1"/);
});

test('a filter lets through what fits all its parts', () => {
  const event: EventView = {
    ...{ version: 1, id: '1', at: '', type: 'push-sent', queueId: 'support' },
    ...{ callbackId: 'cb-1', topic: 'push', code: 'PUSH_DELIVERY_CONFIRMED' },
    ...{ deviceId: 'd', channel: 'fcm', data: {} },
  };
  assert.ok(passes({}, event));
  assert.ok(passes({ types: ['push'], queueIds: ['support'], callbackIds: ['cb-1'] }, event));
  assert.ok(passes({ types: ['push-sent'] }, event));
  assert.ok(!passes({ types: ['callback'] }, event));
  assert.ok(!passes({ types: ['push'], queueIds: ['sales'] }, event));
  assert.ok(!passes({ callbackIds: ['cb-2'] }, event));
});
