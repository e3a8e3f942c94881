// Access numbers, next actions, chat and notifications, each request as its documented clients send
// it; docs/genesys.md has a line for every one.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { createAgents, createChats, SqliteStore } from '../../../callback/index.ts';
import type { AccessCall, AccessFinding } from '../../../callback/index.ts';
import { parseConfig, toChatOptions, toRouterOptions } from '../../../api/config.ts';
import { matches, Notifications } from '../../../api/gms/notification.ts';
import { silentLog } from '../../../core/live.ts';
import { createRouter } from '../../../routing/index.ts';
import { VirtualClock } from '../../support/clock.ts';
import { until } from '../../support/until.ts';
import { FakeCallbacks } from '../fake-callbacks.ts';
import { bodyOf } from '../fakes.ts';
import { BASIC_AUTH, createGmsWorld } from './world.ts';

const ROOT = '/genesys/1/service';
const NUMBER = '+12025550123';
const YAML = `
queues: [{ id: support }]
genesys:
  enabled: true
  services:
    - { name: sales, queue: support }
    - { name: request-interaction, kind: request-interaction, queue: support }
    - { name: request-access, kind: request-access, queue: support }
    - { name: match-interaction, kind: match-interaction }
`;

test('a customer who calls in: asked to wait, then to dial, with the code', async () => {
  const world = createGmsWorld(YAML);
  const start = (more: Record<string, string>) =>
    world.form(`${ROOT}/callback/sales`, {
      ...{ _customer_number: NUMBER, _call_direction: 'USERORIGINATED', ...more },
    });
  const waits = await bodyOf(await start({ _wait_for_agent: 'true', _provide_code: 'true' }));
  assert.equal(waits['_action'], 'ConfirmationDialog');
  assert.deepEqual(world.callbacks.requests.at(-1)?.callIn, {
    ...{ opens: 'turn', callWithinSeconds: null, whenNotCalled: null },
    ...{ withCode: true, codeDigits: null },
  });
  const menu = (await bodyOf(await world.json('GET', `${ROOT}/cb-1/menu`)))['_content'];
  assert.match(JSON.stringify(menu), /"_label":"Call now","_user_action_url":"[^"]*\/cb-1\/dial"/);
  const early = await bodyOf(await world.json('GET', `${ROOT}/cb-1/dial`));
  assert.equal(early['_action'], 'ConfirmationDialog');
  const now = await bodyOf(await start({ _wait_for_agent: 'false' }));
  assert.deepEqual(
    [now['_action'], now['_tel_url'], now['_access_number'], now['_access_code']],
    ['DialNumber', 'tel:+12025550170,,123456', '+12025550170', '123456'],
  );
  const codeless = await bodyOf(await start({ _wait_for_agent: 'false', _provide_code: 'false' }));
  assert.equal(codeless['_tel_url'], 'tel:+12025550170');
  const called = { _customer_number: NUMBER, _provide_code: 'true' };
  assert.equal((await world.form(`${ROOT}/callback/sales`, called)).status, 400);
});

test('request-interaction and request-access reserve a number for so long', async () => {
  const world = createGmsWorld(YAML);
  const reserve = (fields: Record<string, string>, service = 'request-interaction') =>
    world.form(`${ROOT}/${service}`, fields);
  const made = await reserve({ _phone_number: NUMBER, _booking_expiration_timeout: '60' });
  assert.deepEqual(await bodyOf(made), {
    _id: 'cb-1',
    _access_number: '+12025550170',
    _access_code: '123456',
    _expiration_time: new Date(world.clock.nowMs() + 60_000).toISOString(),
  });
  const again = await bodyOf(await reserve({ _id: 'cb-1' }, 'request-access'));
  assert.equal(again['_access_number'], '+12025550170');
  const fresh = await reserve(
    { _phone_number: NUMBER, _access_code_length: '8' },
    'request-access',
  );
  assert.equal(fresh.status, 200);
  assert.equal(world.callbacks.requests.at(-1)?.callIn?.codeDigits, 8);
  assert.equal((await reserve({})).status, 400);
  assert.equal((await reserve({ _id: 'none' }, 'request-access')).status, 400);
  const long = { _phone_number: NUMBER, _booking_expiration_timeout: '1801' };
  assert.equal((await reserve(long)).status, 400);
  assert.equal((await reserve({ _phone_number: NUMBER }, 'nothing')).status, 404);
});

test('match-interaction finds the callback of a call, with its data when asked', async () => {
  const world = createGmsWorld(YAML);
  await world.form(`${ROOT}/request-interaction`, { _phone_number: NUMBER, account: '4711' });
  const record = world.callbacks.get('cb-1') ?? assert.fail('not made');
  const asked: unknown[] = [];
  let finding: AccessFinding = { kind: 'found', record };
  Object.assign(world.callbacks.callIns, {
    find: () => finding,
    match: async (call: AccessCall) => {
      asked.push(call);
      return record;
    },
  });
  const match = async (fields: Record<string, string>) =>
    bodyOf(await world.form(`${ROOT}/match-interaction`, fields));
  const call = { _access_number: '+12025550170', _phone_number: '(202) 555-0123' };
  assert.deepEqual(await match({ ...call, _access_code: '123456' }), {
    _id: 'cb-1',
    _data_id: 'cb-1',
  });
  assert.deepEqual(asked, [
    { accessNumber: '+12025550170', callerNumber: NUMBER, accessCode: '123456' },
  ]);
  const withData = await match({ ...call, _return_user_data: 'true' });
  assert.equal((withData['_user_data'] as Record<string, string>)['account'], '4711');
  finding = { kind: 'several', records: [record, { ...record, id: 'cb-2' }] };
  const several = await match({ ...call, _return_multiple_matches: 'true' });
  assert.deepEqual(several, {
    matches: ['cb-1', 'cb-2'].map((id) => ({ _id: id, _data_id: id })),
  });
  assert.equal((await match({}))['phrase'], 'BAD_PARAMETER');
});

test('version 3: a request to call in', async () => {
  const world = createGmsWorld(YAML);
  const create = (body: object) =>
    world.json('POST', '/engagement/v3/call-in/requests/create', body);
  const made = await create({ groupName: 'request-interaction', fromPhoneNumber: NUMBER });
  const { data } = (await bodyOf(made)) as { data?: Record<string, unknown> };
  assert.deepEqual(
    [data?.['toPhoneNumber'], data?.['accessCode'], data?.['id']],
    ['+12025550170', '123456', 'cb-1'],
  );
  assert.equal((await create({ groupName: 'none', fromPhoneNumber: NUMBER })).status, 404);
  assert.equal((await create({ fromPhoneNumber: NUMBER })).status, 400);
});

test('a form in parts is a form; a file in it is refused', async () => {
  const world = createGmsWorld(YAML);
  const send = async (fields: Record<string, string | Blob>) => {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields)) form.set(key, value);
    const request = new Request('http://x/', { method: 'POST', body: form });
    const type = request.headers.get('Content-Type') ?? '';
    const headers = { Authorization: BASIC_AUTH, 'Content-Type': type };
    return world.ask('POST', `${ROOT}/callback/sales`, await request.text(), headers);
  };
  assert.equal((await send({ _customer_number: NUMBER, account: '1' })).status, 200);
  assert.equal(world.callbacks.requests[0]?.userData['account'], '1');
  assert.equal((await send({ _customer_number: NUMBER, voice: new Blob(['x']) })).status, 400);
});

function withChats(t: TestContext) {
  const config = parseConfig(YAML, {});
  const clock = new VirtualClock();
  let ids = 0;
  const ports = { clock, ids: { next: () => `chat-${++ids}` }, log: silentLog };
  const router = createRouter(toRouterOptions(config), ports);
  const store = new SqliteStore({ path: ':memory:' });
  const deps = { store: store.chats, agents: createAgents(router), isAgent: () => true, ...ports };
  const chats = createChats(toChatOptions(config), {
    ...deps,
    callbacks: new FakeCallbacks(clock),
  });
  chats.start();
  t.after(() => {
    chats.stop();
    router.stop();
    store.close();
  });
  router.putAgent({ agentId: 'ann', displayName: 'Ann', username: 'ann', skills: {} });
  return { world: createGmsWorld(YAML, { chats, router }), chats, router };
}

test('chat: started by the next action, written in and read by position, ended', async (t) => {
  const { world, chats, router } = withChats(t);
  const form = async (path: string, fields: Record<string, string>) =>
    bodyOf(await world.form(path, fields));
  const asked = { _media_type: 'chat', _call_direction: 'USERORIGINATED', subject: 'order' };
  const next = await form(`${ROOT}/callback/sales`, asked);
  assert.deepEqual(
    [next['_action'], next['_comet_url'], next['_chat_parameters']],
    ['StartChat', '/genesys/cometd', { subject: 'order' }],
  );
  const url = String(next['_start_chat_url']);
  const opened = await form(url, {
    firstName: 'Ann',
    lastName: 'Lee',
    message: 'hello',
    order: '1',
  });
  const id = String(opened['chatId']);
  assert.deepEqual([opened['statusCode'], opened['nextPosition']], [0, 3]);
  assert.deepEqual(chats.get(id)?.person.name, 'Ann Lee');
  assert.equal(chats.get(id)?.context['order'], '1');
  router.login('ann');
  router.ready('ann');
  await until('the offer', () => chats.get(id)?.state === 'offered');
  chats.answerOffer(id, 'ann', true);
  chats.say(id, { who: 'agent', agentId: 'ann' }, 'how can I help?', null);
  const read = await form(`${url}/${id}/refresh`, { transcriptPosition: '3' });
  const messages = read['messages'] as { type: string; text?: string; from: { type: string } }[];
  assert.deepEqual(
    messages.map(({ type, from, text }) => [type, from.type, text]),
    [
      ['ParticipantJoined', 'Agent', undefined],
      ['Message', 'Agent', 'how can I help?'],
    ],
  );
  const sent = await form(`${url}/${id}/send`, {
    ...{ message: 'like this', transcriptPosition: String(read['nextPosition']) },
  });
  assert.deepEqual(
    (sent['messages'] as { text: string }[]).map(({ text }) => text),
    ['like this'],
  );
  assert.equal((await world.form(`${url}/${id}/send`, {})).status, 400);
  assert.equal((await form(`${url}/${id}/disconnect`, {}))['chatEnded'], true);
  assert.equal((await world.form(`${url}/none/refresh`, {})).status, 404);
});

test('notifications reach who subscribed to the tag, until they expire', async (t) => {
  const received: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => received.push(text));
    request.on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const local = "events: { webhooks: { allow: ['127.0.0.0/8'], allowHttp: true } }";
  const world = createGmsWorld(`${local}\n${YAML}`);
  const root = '/genesys/1/notification';
  const subscribe = (filter: string, details: object, more: object = {}) =>
    world.json('POST', `${root}/subscription`, {
      ...{ subscriberId: 'app', filter, notificationDetails: details, ...more },
    });
  const url = `http://127.0.0.1:${port}/told`;
  const made = await subscribe('ors.contact.*', { type: 'httpcb', deviceId: url });
  assert.equal(made.status, 200);
  const publish = async (tag: string) =>
    (await bodyOf(await world.json('POST', `${root}/publish`, { tag, message: { a: 1 } })))[
      'matched'
    ];
  assert.equal(await publish('ors.contact.12345678'), 1);
  await until('the notification', () => received.length > 0);
  assert.deepEqual(JSON.parse(received.join('')), {
    tag: 'ors.contact.12345678',
    message: { a: 1 },
  });
  assert.equal(await publish('ors.other'), 0);
  assert.equal((await subscribe('x', { type: 'ios', deviceId: 'd' })).status, 400);
  assert.equal((await subscribe('x', { type: 'comet', deviceId: 'd' }, { expire: 5 })).status, 400);
  assert.equal((await world.form(`${root}/publish`, { tag: 'x' })).status, 415);
  world.clock.advance(30_000);
  assert.equal(await publish('ors.contact.12345678'), 0, 'it has expired');
  const { id } = await bodyOf(await subscribe('x', { type: 'comet', deviceId: 'd' }));
  assert.equal((await world.json('DELETE', `${root}/subscription/${String(id)}`)).status, 200);
  assert.equal((await world.json('DELETE', `${root}/subscription/${String(id)}`)).status, 404);
});

test('a filter is a tag or the beginning of tags; comet is told on a channel of the device', () => {
  assert.deepEqual(
    ['a.b', 'a.*', '*', 'a', 'b.*'].map((filter) => matches(filter, 'a.b')),
    [true, true, true, false, false],
  );
  const told: unknown[] = [];
  const outbound = { check: () => undefined, send: () => Promise.reject(new Error('not asked')) };
  const notifications = new Notifications({
    ...{ clock: new VirtualClock(), ids: { next: () => '1' }, log: silentLog, outbound },
    tell: (channel, data) => told.push([channel, data]),
  });
  notifications.subscribe({
    ...{ subscriberId: 'a', filter: 'x', notificationDetails: { type: 'comet', deviceId: 'd' } },
  });
  assert.equal(notifications.publish({ tag: 'x', message: 'm' }), 1);
  assert.deepEqual(told, [['/notifications/d', { tag: 'x', message: 'm' }]]);
});
