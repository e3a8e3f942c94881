// Events over Bayeux, with the client that speaks it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CometD, type Message } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { until } from '../../support/until.ts';
import { KEY } from '../fakes.ts';
import { served } from '../http.ts';

const GOOD = { queueId: 'support', customerNumber: '+12025550123' };

adapt();

function client(url: string, key: string): CometD {
  const comet = new CometD();
  comet.unregisterTransport('websocket');
  comet.configure({
    url: `${url}/genesys/cometd`,
    requestHeaders: { Authorization: `Bearer ${key}` },
    logLevel: 'warn',
    backoffIncrement: 600_000,
  });
  return comet;
}

const shaken = (comet: CometD): Promise<Message> =>
  new Promise((resolve) => comet.handshake((reply: Message) => resolve(reply)));

test('callbacks and queues are told on their channels, and nobody may publish', async (t) => {
  const { world, server } = await served(t);
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  const comet = client(server.url, KEY);
  t.after(() => comet.disconnect());
  assert.equal((await shaken(comet)).successful, true);
  const told: string[] = [];
  const subscribed = (channel: string): Promise<Message> =>
    new Promise((resolve) => {
      comet.subscribe(
        channel,
        ({ channel: from, data }: Message) => {
          told.push(`${from} ${(data as { type: string }).type}`);
        },
        resolve,
      );
    });
  for (const channel of ['/callbacks/cb-1', '/queues/*', '/agents/*']) {
    assert.equal((await subscribed(channel)).successful, true, channel);
  }
  assert.equal((await subscribed('/anything')).successful, false);
  world.callbacks.happen('cb-1', 'heard', {});
  world.router.putAgent({ agentId: 'anna', displayName: 'A', username: 'anna', skills: {} });
  await until('three messages', () => told.length >= 3);
  assert.deepEqual(told.toSorted(), [
    '/agents/anna agent-changed',
    '/callbacks/cb-1 heard',
    '/queues/support heard',
  ]);
  const published = new Promise<Message>((resolve) => {
    comet.publish('/callbacks/cb-1', { type: 'invented' }, resolve);
  });
  assert.equal((await published).successful, false);
});

test('without a key nothing is answered, and sessions are limited', async (t) => {
  const { server } = await served(t, 'events: { bayeuxSessions: 1 }');
  const url = `${server.url}/genesys/cometd`;
  const shake = [
    { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] },
  ];
  const post = (body: unknown, key: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    });
  assert.equal((await post(shake, 'wrong')).status, 401);
  assert.equal((await post({}, KEY)).status, 400);
  assert.equal((await post([null], KEY)).status, 400);
  const answers = [await post(shake, KEY), await post(shake, KEY)];
  const replies = (await Promise.all(answers.map((answer) => answer.json()))) as Message[][];
  assert.deepEqual(
    replies.map(([reply]) => reply?.successful),
    [true, false],
  );
});
