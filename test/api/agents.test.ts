// /api/v1/agents over fakes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, createWorld } from './fakes.ts';

const ROOT = '/api/v1/agents';
const ANNA = { agentId: 'anna', password: 'good password', skills: { french: 4 } };

test('an agent is made, kept, and may register; the password shows nowhere', async () => {
  const world = createWorld();
  const response = await world.ask('POST', ROOT, { ...ANNA, username: 'desk-1' });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get('location'), `${ROOT}/anna`);
  const text = await response.text();
  assert.ok(!text.includes('good password'));
  assert.deepEqual(JSON.parse(text), {
    agentId: 'anna',
    displayName: 'anna',
    username: 'desk-1',
    skills: { french: 4 },
    state: 'logged-out',
    notReadyReason: null,
    since: '1970-01-01T00:00:00.000Z',
    interactionId: null,
    reservationId: null,
    phoneRegistered: false,
  });
  assert.deepEqual([...world.passwords], [['desk-1', 'good password']]);
  assert.deepEqual([...world.storedAgents], ['anna']);
  const { items } = await bodyOf(await world.ask('GET', ROOT));
  assert.equal((items as unknown[]).length, 1);
});

test('ids and SIP user names are unique, also against configured queues', async () => {
  const world = createWorld();
  await world.ask('POST', ROOT, ANNA);
  const again = await world.ask('POST', ROOT, ANNA);
  assert.deepEqual([again.status, (await bodyOf(again))['code']], [409, 'AGENT_EXISTS']);
  for (const username of ['anna', 'support']) {
    const taken = await world.ask('POST', ROOT, { ...ANNA, agentId: 'ben', username });
    assert.deepEqual([taken.status, (await bodyOf(taken))['code']], [409, 'USERNAME_TAKEN']);
  }
});

test('a short password is refused without being repeated', async () => {
  const response = await createWorld().ask('POST', ROOT, { ...ANNA, password: 'short!' });
  const text = await response.text();
  assert.equal(response.status, 400);
  assert.ok(text.includes('#/password') && !text.includes('short!'));
});

test('login, ready, not-ready with and without a reason, logout', async () => {
  const world = createWorld();
  await world.ask('POST', ROOT, ANNA);
  const after = async (verb: string, body?: unknown): Promise<unknown[]> => {
    const response = await world.ask('POST', `${ROOT}/anna/${verb}`, body);
    const agent = await bodyOf(response);
    return [response.status, agent['state'] ?? agent['code'], agent['notReadyReason']];
  };
  assert.deepEqual(await after('ready'), [409, 'ROUTING_AGENT_STATE', undefined]);
  assert.deepEqual(await after('login'), [200, 'not-ready', 'login']);
  assert.deepEqual(await after('ready'), [200, 'ready', null]);
  assert.deepEqual(await after('not-ready', { reason: 'lunch' }), [200, 'not-ready', 'lunch']);
  assert.deepEqual(await after('not-ready'), [200, 'not-ready', 'break']);
  assert.deepEqual(await after('not-ready', { reason: 'a\r\nb' }), [
    400,
    'REQUEST_INVALID',
    undefined,
  ]);
  assert.deepEqual(await after('not-ready', { why: 'x' }), [400, 'REQUEST_INVALID', undefined]);
  assert.deepEqual(await after('logout'), [200, 'logged-out', null]);
});

test('an agent who does not exist is 404 everywhere', async () => {
  const world = createWorld();
  for (const [method, path] of [
    ['GET', `${ROOT}/nobody`],
    ['DELETE', `${ROOT}/nobody`],
    ['POST', `${ROOT}/nobody/login`],
    ['POST', `${ROOT}/nobody/not-ready`],
  ] as const) {
    const response = await world.ask(method, path);
    assert.deepEqual(
      [response.status, (await bodyOf(response))['code']],
      [404, 'ROUTING_AGENT_UNKNOWN'],
    );
  }
});

test('a deleted agent is gone from routing, registrar and store', async () => {
  const world = createWorld();
  await world.ask('POST', ROOT, ANNA);
  const response = await world.ask('DELETE', `${ROOT}/anna`);
  assert.deepEqual([response.status, await response.text()], [204, '']);
  assert.equal(world.router.agent('anna'), null);
  assert.deepEqual([world.passwords.size, world.storedAgents.size], [0, 0]);
});

test('an agent of the configuration cannot be deleted through the API', async () => {
  const world = createWorld('agents: [{ id: anna }]');
  world.router.putAgent({ agentId: 'anna', displayName: 'A', username: 'anna', skills: {} });
  const response = await world.ask('DELETE', `${ROOT}/anna`);
  assert.deepEqual([response.status, (await bodyOf(response))['code']], [409, 'AGENT_FROM_CONFIG']);
  assert.notEqual(world.router.agent('anna'), null);
});
