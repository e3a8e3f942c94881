// /api/v1/chats over real chats and a real router: what a site and an agent's desk send.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ApiKeys } from '../../api/api-keys.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { parseConfig, toChatOptions, toRouterOptions } from '../../api/config.ts';
import { createAgents, createChats, SqliteStore } from '../../callback/index.ts';
import { silentLog } from '../../core/live.ts';
import { createRouter, type Router } from '../../routing/index.ts';
import { VirtualClock } from '../support/clock.ts';
import { until } from '../support/until.ts';
import { FakeCallbacks } from './fake-callbacks.ts';
import { bodyOf, createWorld, KEY } from './fakes.ts';

const ROOT = '/api/v1/chats';
const YAML = `
queues: [{ id: support, wrapUpSeconds: 0 }, { id: sales }]
agents: [{ id: ann, passwordEnv: AGENT_PASSWORD }, { id: bob, passwordEnv: AGENT_PASSWORD }]
`;

function chatWorld(t: TestContext, yaml = YAML, changes: Partial<ApiDeps> = {}) {
  const config = parseConfig(yaml, { AGENT_PASSWORD: 'agent password' });
  const clock = new VirtualClock();
  let ids = 0;
  const ports = { clock, ids: { next: () => `id-${++ids}` }, log: silentLog };
  const router: Router = createRouter(toRouterOptions(config), ports);
  const store = new SqliteStore({ path: ':memory:' });
  const callbacks = new FakeCallbacks(clock);
  const isAgent = (id: string): boolean => router.agent(id) !== null;
  const deps = { store: store.chats, agents: createAgents(router), callbacks, isAgent, ...ports };
  const chats = createChats(toChatOptions(config), deps);
  chats.start();
  const world = createWorld(yaml, { chats, router, callbacks, clock, ...changes });
  t.after(() => {
    world.close();
    chats.stop();
    router.stop();
    store.close();
  });
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await world.ask('POST', `${ROOT}${path}`, body, headers);
    return { status: answer.status, headers: answer.headers, body: await bodyOf(answer) };
  };
  const get = async (path: string) => bodyOf(await world.ask('GET', `${ROOT}${path}`));
  const ready = async (agentId: string) => {
    router.login(agentId);
    router.ready(agentId);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const ask = (...request: Parameters<typeof world.ask>) => world.ask(...request);
  return { post, get, ready, clock, asked: callbacks, ask };
}

test('a customer is told the place, an agent accepts, both write, the agent ends it', async (t) => {
  const { post, get, ready } = chatWorld(t);
  const opened = await post('', {
    queueId: 'support',
    person: { name: 'Ann', number: '(202) 555-0123' },
    context: { orderId: '4711' },
    text: 'my order is late',
  });
  assert.equal(opened.status, 201);
  const { id, state, position, ewtSeconds, person } = opened.body;
  assert.deepEqual([state, position, ewtSeconds], ['waiting', 1, -1]);
  assert.deepEqual(person, { name: 'Ann', number: '+12025550123' });
  assert.equal(opened.headers.get('location'), `${ROOT}/${String(id)}`);
  await ready('ann');
  const offered = await get(`/${String(id)}`);
  assert.deepEqual([offered['state'], offered['agentId']], ['offered', 'ann']);
  const at = (path: string) => `/${String(id)}${path}`;
  const accept = { agentId: 'ann', decision: 'accept' };
  assert.equal((await post(at('/offer'), accept)).body['state'], 'chatting');
  const again = await post(at('/offer'), accept);
  assert.deepEqual([again.status, again.body['code']], [409, 'CHAT_NOT_OFFERED']);
  const hello = { from: 'agent', agentId: 'ann', text: 'I am looking', messageId: 'a-1' };
  const said = await post(at('/messages'), hello);
  assert.deepEqual([said.status, said.body['sequence']], [201, 5]);
  assert.deepEqual((await post(at('/messages'), hello)).body, said.body, 'said once');
  const nobody = await post(at('/messages'), { from: 'agent', text: 'x' });
  assert.deepEqual([nobody.status, nobody.body['code']], [400, 'REQUEST_INVALID']);
  const long = await post(at('/messages'), { from: 'customer', text: 'x'.repeat(4_001) });
  assert.equal(long.status, 400);
  const lines = (await get(at('/messages?after=1&limit=2')))['items'] as { text: string }[];
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['my order is late', null],
  );
  const over = await post(at('/end'), { from: 'agent', agentId: 'ann' });
  assert.deepEqual([over.body['state'], over.body['reason']], ['over', 'ENDED_BY_AGENT']);
  const late = await post(at('/messages'), { from: 'customer', text: 'x' });
  assert.deepEqual([late.status, late.body['code']], [409, 'CHAT_OVER']);
});

test('rejected, handed over, called back instead', async (t) => {
  const { post, get, ready, asked } = chatWorld(t);
  const { id } = (await post('', { queueId: 'support' })).body;
  const at = (path: string) => `/${String(id)}${path}`;
  await ready('ann');
  await post(at('/offer'), { agentId: 'ann', decision: 'reject' });
  assert.equal((await get(at('')))['state'], 'waiting');
  await ready('ann');
  await post(at('/offer'), { agentId: 'ann', decision: 'accept' });
  const both = { agentId: 'ann', toQueueId: 'sales', toAgentId: 'bob' };
  assert.equal((await post(at('/hand-over'), both)).status, 400);
  const unknown = await post(at('/hand-over'), { agentId: 'ann', toQueueId: 'none' });
  assert.equal(unknown.body['code'], 'CHAT_QUEUE_UNKNOWN');
  const moved = await post(at('/hand-over'), { agentId: 'ann', toQueueId: 'sales' });
  assert.equal(moved.body['queueId'], 'sales');
  const numberless = await post(at('/callback'), {});
  assert.deepEqual([numberless.status, numberless.body['code']], [400, 'REQUEST_INVALID']);
  const fault = await post(at('/callback'), { customerNumber: '+12025550123' });
  assert.equal(fault.body['code'], 'CALLBACK_QUEUE_UNKNOWN', 'refused: the chat goes on');
  assert.notEqual((await get(at('')))['state'], 'over');
  const other = String((await post('', { queueId: 'support' })).body['id']);
  const called = await post(`/${other}/callback`, { customerNumber: '(202) 555-0123' });
  assert.deepEqual([called.body['reason'], called.body['callbackId']], ['CALLED_INSTEAD', 'cb-1']);
  assert.equal(asked.requests.at(-1)?.customerNumber, '+12025550123');
});

test('a request sent again opens no second chat; lists page by state and queue', async (t) => {
  const { post, get, ask } = chatWorld(t);
  const key = { 'Idempotency-Key': 'visit-1' };
  const first = await post('', { queueId: 'support', text: 'x' }, key);
  const second = await post('', { queueId: 'support', text: 'x' }, key);
  assert.equal(second.body['id'], first.body['id']);
  assert.equal(second.headers.get('idempotency-replayed'), 'true');
  assert.equal((await post('', { queueId: 'sales' }, key)).body['code'], 'IDEMPOTENCY_KEY_REUSED');
  await post('', { queueId: 'sales' });
  await post('', { queueId: 'support' });
  const page = await get('?limit=1&queueId=support&state=waiting');
  const ids = (items: unknown) => (items as { id: string }[]).map(({ id }) => id);
  assert.deepEqual(ids(page['items']), [first.body['id']]);
  const cursor = encodeURIComponent(String(page['nextCursor']));
  const next = await get(`?limit=1&queueId=support&state=waiting&cursor=${cursor}`);
  assert.equal(next['nextCursor'], null);
  assert.notEqual(ids(next['items'])[0], first.body['id']);
  assert.equal((await ask('GET', `${ROOT}?cursor=x`)).status, 400);
  assert.equal((await ask('GET', `${ROOT}/none`)).status, 404);
  assert.equal((await post('', { queueId: 'none' })).body['code'], 'CHAT_QUEUE_UNKNOWN');
});

test('a stream tells every line in order, from any line on, and ends with the chat', async (t) => {
  const { post, ask, clock } = chatWorld(t, `chat: { maxWaitSeconds: 86400 }\n${YAML}`);
  const id = String((await post('', { queueId: 'support', text: 'one' })).body['id']);
  const follow = async (after?: string) => {
    const answer = await ask('GET', `${ROOT}/${id}/events`, undefined, {
      ...(after === undefined ? {} : { 'Last-Event-ID': after }),
    });
    let text = '';
    let ended = false;
    void (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) text += decoder.decode(chunk as Uint8Array);
      ended = true;
    })();
    await until('the stream to open', () => text.includes(': connected'));
    const seen = () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
    return { seen, ended: () => ended, text: () => text };
  };
  const [all, rest] = [await follow(), await follow('1')];
  await post(`/${id}/messages`, { from: 'customer', text: 'two' });
  await until('the message', () => all.seen().length === 3 && rest.seen().length === 2);
  await until('a heartbeat', () => {
    clock.advance(15_000);
    return all.text().includes(': still here');
  });
  await post(`/${id}/end`, { from: 'customer' });
  await until('the end', () => all.ended() && rest.ended());
  assert.deepEqual(
    [all.seen(), rest.seen()],
    [
      [1, 2, 3, 4],
      [2, 3, 4],
    ],
  );
  const late = await follow('3');
  await until('the end', late.ended);
  assert.deepEqual(late.seen(), [4]);
});

test('everybody who follows events is told the lines of chats', async (t) => {
  const { post, ask } = chatWorld(t);
  const answer = await ask('GET', '/api/v1/events?type=chat');
  let text = '';
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) text += decoder.decode(chunk as Uint8Array);
  })();
  await until('the stream to open', () => text.includes(': connected'));
  const { id } = (await post('', { queueId: 'support', text: 'hello' })).body;
  await until('both lines', () => text.match(/^event: chat$/gm)?.length === 2);
  const [, second = ''] = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data);
  const event = JSON.parse(second) as Record<string, unknown>;
  assert.deepEqual(
    [event['type'], event['chatId'], event['queueId'], (event['line'] as { text: string }).text],
    ['chat-message', id, 'support', 'hello'],
  );
});

test('queues that take no chats are configured by name', async (t) => {
  const { post } = chatWorld(t, `chat: { queues: [sales] }\n${YAML}`);
  assert.equal((await post('', { queueId: 'support' })).status, 404);
  assert.equal((await post('', { queueId: 'sales' })).status, 201);
  assert.throws(() => parseConfig('chat: { queues: [nowhere] }', {}), /is "nowhere", which is not/);
});

test('a key of another line of business sees no chat', async (t) => {
  const limited = { roles: ['supervisor' as const], lines: ['retail'], agentId: null };
  const apiKeys = new ApiKeys([
    ['tests', KEY],
    ['limited', 'a-key-of-another-line', limited],
  ]);
  const yaml = `queues: [{ id: support }, { id: sales, lineOfBusiness: retail }]`;
  const { post, ask } = chatWorld(t, yaml, { apiKeys });
  const Authorization = 'Bearer a-key-of-another-line';
  const { id } = (await post('', { queueId: 'support' })).body;
  const own = (await post('', { queueId: 'sales' })).body['id'];
  assert.equal(
    (await ask('GET', `${ROOT}/${String(id)}`, undefined, { Authorization })).status,
    404,
  );
  assert.equal((await post('', { queueId: 'support' }, { Authorization })).status, 404);
  const said = await post(`/${String(id)}/end`, { from: 'customer' }, { Authorization });
  assert.equal(said.status, 404);
  const list = await bodyOf(await ask('GET', ROOT, undefined, { Authorization }));
  assert.deepEqual(
    (list['items'] as { id: string }[]).map((chat) => chat.id),
    [own],
  );
});
