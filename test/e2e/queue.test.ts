// Live callers and callbacks in one order, agents who do not answer, callers who give up.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { bestCorrelation } from '../support/audio.ts';
import { untilHeard, voice, whole } from '../support/hearing.ts';
import { busy, noAnswer, person } from '../support/phone/behaviours.ts';
import { Phone } from '../support/phone.ts';
import type { Site } from '../support/site.ts';
import { openSite } from '../support/site.ts';
import { prompt, speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const QUEUE_NUMBER = '+12025550100';
const SECOND = 8_000;
const hello = speech('person-hello');

function dialQueue(site: Site, from: string) {
  const { host, port } = site.sipAddress;
  return site.customer.dial({
    to: `sip:${QUEUE_NUMBER}@${host}:${port}`,
    from: `sip:${from}@${site.customer.address.host}`,
  });
}

async function waitingCount(site: Site): Promise<number> {
  const { body } = await site.expectOk('GET', '/api/v1/queues/support');
  return Number(body['waitingLive']) + Number(body['waitingCallbacks']);
}

test('a caller hears the welcome and music, then talks to an agent', async (t) => {
  const site = await openSite();
  t.after(() => site.close());
  const talk = speech('customer-talk');
  const agentTalk = speech('agent-talk');
  const call = await dialQueue(site, '+12025550123');
  void call.play(talk, { loop: true });
  await untilHeard('the welcome', call, whole(prompt('queue-welcome')), 0.6, 60 * SECOND);

  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello: agentTalk.subarray(0, 160), talk: agentTalk, talkAfterMs: 0 }));
  await site.ready('anna');
  await site.agentIn('anna', 'talking');
  const talked = agent.calls[0];
  assert.ok(talked);
  await untilHeard('the agent hears the caller', talked, voice(talk), 0.8);
  await call.hangUp();
  await talked.ended;
  await site.agentIn('anna', 'ready');
  assert.equal(await waitingCount(site), 0);
});

test('one order: who came first is served first, on the line or not', async (t) => {
  const site = await openSite();
  t.after(() => site.close());
  const served: string[] = [];
  site.customer.onCall(person({ hello, stayMs: 6_000 }));
  const agent = await site.agentPhone('anna');
  agent.onCall(async (call) => {
    served.push(call.remoteUser);
    await call.answer();
    await call.wait(1_500);
    await call.hangUp();
  });
  const first = await site.callBack({ customerNumber: '+12025550111' });
  const live = await dialQueue(site, '+12025550112');
  const second = await site.callBack({ customerNumber: '+12025550113' });
  const urgent = await site.callBack({ customerNumber: '+12025550114', priority: 10 });
  await until('all four wait', async () => (await waitingCount(site)) === 4);
  await site.ready('anna');
  for (const id of [urgent, first, second]) {
    const record = await site.callbackIn(id, 'completed');
    assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
  }
  await live.ended;
  assert.deepEqual(served, ['+12025550114', '+12025550111', '+12025550112', '+12025550113']);
});

test('RONA: the customer keeps the place and the next agent takes the call', async (t) => {
  const site = await openSite({ agents: ['anna', 'ben'], queue: { agentRingTimeoutSeconds: 2 } });
  t.after(() => site.close());
  site.customer.onCall(person({ hello, talk: speech('customer-talk') }));
  const anna = await site.agentPhone('anna');
  anna.onCall(noAnswer());
  const ben = await site.agentPhone('ben');
  ben.onCall(person({ hello, stayMs: 1_500, ringMs: 10 }));
  await site.ready('anna');
  const id = await site.callBack();
  await until('anna rings', () => anna.calls.length === 1);
  await site.ready('ben');
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
  assert.equal(site.customer.calls.length, 1, 'the customer was called once');
  assert.equal(ben.calls.length, 1);
  const agent = await site.agentIn('anna', 'not-ready');
  assert.equal(agent['notReadyReason'], 'rona');
});

test('dialing notification: dialled while the agent still talks, served next', async (t) => {
  const site = await openSite({ callback: { dialMode: 'notification' } });
  t.after(() => site.close());
  site.customer.onCall(person({ hello, stayMs: 6_000 }));
  const agent = await site.agentPhone('anna');
  agent.onCall(async (call) => {
    await call.answer();
    await call.wait(1_500);
    await call.hangUp();
  });
  await site.ready('anna');
  const id = await site.callBack();
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
  const events = await site.expectOk('GET', `/api/v1/callbacks/${id}/events`);
  const types = (events.body['items'] as { type: string }[]).map(({ type }) => type);
  assert.ok(types.includes('dial-notified'), types.join(' '));
  assert.ok(!types.includes('agent-reserved'), types.join(' '));
});

test('agent first: the agent is on the line before the customer is dialled', async (t) => {
  const site = await openSite({ callback: { firstParty: 'agent' } });
  t.after(() => site.close());
  site.customer.onCall(person({ hello, stayMs: 6_000 }));
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello: new Int16Array(160) }));
  await site.ready('anna');
  const id = await site.callBack();
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
  const [agentCall] = agent.calls;
  const [customerCall] = site.customer.calls;
  assert.ok(agentCall?.answeredAtMs && customerCall);
  assert.ok(agentCall.answeredAtMs <= customerCall.startedAtMs, 'agent first');
  const connecting = bestCorrelation(prompt('connecting'), agentCall.heard(), 3_000);
  assert.ok(connecting.correlation > 0.6, `the agent is told: ${connecting.correlation}`);
});

test('a caller who gives up is called back at the place they had', async (t) => {
  const site = await openSite();
  t.after(() => site.close());
  site.customer.onCall(person({ hello, stayMs: 6_000 }));
  const call = await dialQueue(site, '+12025550123');
  await until('the caller waits', async () => (await waitingCount(site)) === 1);
  await call.hangUp();
  const record = await until('a callback', async () => {
    const { body } = await site.expectOk('GET', '/api/v1/callbacks');
    return (body['items'] as Record<string, unknown>[])[0];
  });
  assert.equal(record['customerNumber'], '+12025550123');
  assert.ok(Date.parse(String(record['arrivedAt'])) < Date.parse(String(record['createdAt'])));
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello, stayMs: 1_500 }));
  await site.ready('anna');
  const done = await site.callbackIn(String(record['id']), 'completed');
  assert.equal(done['reason'], 'AGENT_CONNECTED');
});

test('busy once, reached at the second attempt, with the same place', async (t) => {
  const site = await openSite();
  t.after(() => site.close());
  let calls = 0;
  site.customer.onCall((call) => {
    calls += 1;
    return calls === 1 ? busy()(call) : person({ hello, stayMs: 6_000 })(call);
  });
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello, stayMs: 1_500 }));
  await site.ready('anna');
  const id = await site.callBack();
  const record = await site.callbackIn(id, 'completed');
  const results = (record['attempts'] as { result: string }[]).map(({ result }) => result);
  assert.deepEqual(results, ['BUSY', 'CONNECTED']);
  assert.equal(record['reason'], 'AGENT_CONNECTED');
  assert.equal(record['arrivedAt'], record['createdAt'], 'the place did not move');
});

test('cancelled while the customer rings: it stops ringing, the agent is free', async (t) => {
  const site = await openSite();
  t.after(() => site.close());
  site.customer.onCall(noAnswer());
  await site.agentPhone('anna');
  await site.ready('anna');
  const id = await site.callBack();
  const ringing = await until('ringing', () => site.customer.calls[0]);
  await until('180 sent', () => ringing.ringingAtMs);
  const cancelled = await site.api('DELETE', `/api/v1/callbacks/${id}`);
  assert.ok(cancelled.status < 300, JSON.stringify(cancelled.body));
  const end = await ringing.ended;
  assert.equal(end.by, 'cancelled');
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'CANCELLED');
  await site.agentIn('anna', 'ready');
});

test('strangers and unknown numbers are refused', async (t) => {
  const site = await openSite();
  t.after(() => site.close());
  const { host, port } = site.sipAddress;
  const to = `sip:+19995550100@${host}:${port}`;
  await assert.rejects(site.customer.dial({ to }), { status: 404 });
  const stranger = await Phone.open({ name: 'stranger', host: '127.0.0.9' });
  t.after(() => stranger.close());
  const queue = `sip:${QUEUE_NUMBER}@${host}:${port}`;
  await assert.rejects(stranger.dial({ to: queue }), (error: { status: number }) =>
    [401, 403, 407].includes(error.status),
  );
});
