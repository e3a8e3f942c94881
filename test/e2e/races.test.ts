// Things that happen at the same moment, or when nobody expects them, on real sockets: whoever
// wins, every telephone is free again, so is the agent, and the record says what happened.
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Behaviour } from '../support/phone/behaviours.ts';
import { noAnswer, person } from '../support/phone/behaviours.ts';
import type { PhoneCall } from '../support/phone.ts';
import type { Site, SiteOptions } from '../support/site.ts';
import { openSite, PASSWORD } from '../support/site.ts';
import type { SippOptions } from '../support/sipp.ts';
import { runSipp, startSipp } from '../support/sipp.ts';
import { speech } from '../support/speech.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';

const QUEUE_NUMBER = '+12025550100';
const CALLER = '+12025550123';
const hello = speech('person-hello');

async function open(t: TestContext, options: SiteOptions = {}): Promise<Site> {
  const site = await openSite({ ...options, callback: { record: false, ...options.callback } });
  t.after(() => site.close());
  return site;
}

function callQueue(site: Site): Promise<PhoneCall> {
  const { host, port } = site.sipAddress;
  const from = `sip:${CALLER}@${site.customer.address.host}`;
  return site.customer.place({ to: `sip:${QUEUE_NUMBER}@${host}:${port}`, from });
}

async function liveCalls(site: Site): Promise<number> {
  const { body } = await site.expectOk('GET', '/api/v1/calls');
  return (body['items'] as unknown[]).length;
}

/** No telephone is in use any more, and the server holds no call. */
async function allOver(site: Site, calls: readonly PhoneCall[]): Promise<void> {
  await until('free telephones', () => calls.every((call) => !call.live));
  await until('no live calls', async () => (await liveCalls(site)) === 0);
}

test('the customer hangs up while the agent rings: it stops, the agent is free', async (t) => {
  const site = await open(t);
  site.customer.onCall(person({ hello }));
  const agent = await site.agentPhone('anna');
  agent.onCall(noAnswer());
  await site.ready('anna');
  const id = await site.callBack();
  const ringing = await until('the agent to ring', () => agent.calls[0]);
  await until('180 sent', () => ringing.ringingAtMs);
  await site.customer.calls[0]?.hangUp();
  assert.equal((await ringing.ended).by, 'cancelled');
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'FAIL_INTERACTION_DELETED');
  await site.agentIn('anna', 'ready');
});

test('the agent answers in the moment the customer hangs up', async (t) => {
  const site = await open(t);
  site.customer.onCall(person({ hello }));
  const agent = await site.agentPhone('anna');
  agent.onCall((call) => {
    void site.customer.calls[0]?.hangUp();
    void call.answer();
  });
  await site.ready('anna');
  const record = await site.callbackIn(await site.callBack(), 'completed');
  const reasons = ['FAIL_INTERACTION_DELETED', 'AGENT_CONNECTED'];
  assert.ok(reasons.includes(String(record['reason'])), JSON.stringify(record));
  await allOver(site, [...agent.calls, ...site.customer.calls]);
  await site.agentIn('anna', 'ready');
});

test('both hang up at once', async (t) => {
  const site = await open(t);
  site.customer.onCall(person({ hello }));
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello }));
  await site.ready('anna');
  const id = await site.callBack();
  await site.callbackIn(id, 'connected');
  const calls = [...agent.calls, ...site.customer.calls];
  await Promise.all(calls.map((call) => call.hangUp()));
  assert.equal((await site.callbackIn(id, 'completed'))['reason'], 'AGENT_CONNECTED');
  await allOver(site, calls);
  await site.agentIn('anna', 'ready');
});

test('the telephone of the held agent is gone when it should ring: the next one', async (t) => {
  const site = await open(t, { agents: ['anna', 'ben'] });
  const anna = await site.agentPhone('anna');
  site.customer.onCall(async (call) => {
    await anna.unregister();
    await person({ hello })(call);
  });
  await site.ready('anna');
  const id = await site.callBack();
  await site.callbackIn(id, 'routing');
  await site.agentIn('anna', 'not-ready');
  const ben = await site.agentPhone('ben');
  ben.onCall(person({ hello, stayMs: 500 }));
  await site.ready('ben');
  assert.equal((await site.callbackIn(id, 'completed'))['reason'], 'AGENT_CONNECTED');
  assert.equal(site.customer.calls.length, 1, 'called once');
  assert.equal(anna.calls.length, 0);
});

test('two telephones of one agent: both ring, one answers, the other stops', async (t) => {
  const site = await open(t);
  site.customer.onCall(person({ hello }));
  const desk = await site.agentPhone('anna');
  const mobile = await site.agentPhone('anna');
  desk.onCall(noAnswer());
  mobile.onCall(person({ hello, stayMs: 500 }));
  await site.ready('anna');
  const record = await site.callbackIn(await site.callBack(), 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED');
  assert.equal(desk.calls.length, 1);
  assert.equal((await desk.calls[0]?.ended)?.by, 'cancelled');
  await allOver(site, [...desk.calls, ...mobile.calls, ...site.customer.calls]);
});

test('two telephones of one agent answer at once: one talks, the other is released', async (t) => {
  const site = await open(t);
  site.customer.onCall(person({ hello }));
  const phones = [await site.agentPhone('anna'), await site.agentPhone('anna')];
  for (const phone of phones) phone.onCall((call) => void call.answer());
  await site.ready('anna');
  const id = await site.callBack();
  await site.callbackIn(id, 'connected');
  const legs = phones.flatMap((phone) => phone.calls);
  await until('one to be released', () => legs.filter((leg) => leg.live).length === 1);
  await site.customer.calls[0]?.hangUp();
  assert.equal((await site.callbackIn(id, 'completed'))['reason'], 'AGENT_CONNECTED');
  await allOver(site, legs);
});

interface Cancelled {
  readonly state: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly agent: Behaviour | null;
  /** Ready agents reach further states; without one the callback stays queued. */
  readonly refused?: boolean;
}

const CANCELLED: readonly Cancelled[] = [
  { state: 'scheduled', body: { desiredTime: new Date(Date.now() + 3.6e6) }, agent: null },
  { state: 'queued', agent: null },
  { state: 'dialing', agent: noAnswer() },
  { state: 'routing', agent: noAnswer() },
  { state: 'waiting-retry', agent: noAnswer() },
  { state: 'connected', agent: person({ hello }), refused: true },
];

test('cancelled over the API in every state', { concurrency: 3 }, async (t) => {
  await Promise.all(CANCELLED.map((one) => t.test(one.state, (inner) => cancelIn(inner, one))));
});

async function cancelIn(t: TestContext, { state, body, agent, refused }: Cancelled): Promise<void> {
  const site = await open(t, { callback: { retryGapSeconds: 30 } });
  if (state === 'dialing') site.customer.onCall(noAnswer());
  else if (state !== 'waiting-retry') site.customer.onCall(person({ hello }));
  if (agent !== null) {
    (await site.agentPhone('anna')).onCall(agent);
    await site.ready('anna');
  }
  const id = await site.callBack(body);
  await site.callbackIn(id, state);
  const answer = await site.api('POST', `/api/v1/callbacks/${id}/cancel`);
  if (refused === true) {
    assert.equal(answer.status, 409);
    assert.equal(answer.body['code'], 'CALLBACK_STATE');
    await site.customer.calls[0]?.hangUp();
    assert.equal((await site.callbackIn(id, 'completed'))['reason'], 'AGENT_CONNECTED');
    return;
  }
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(answer.body['reason'], 'CANCELLED');
  await allOver(site, site.customer.calls);
  if (agent !== null) await site.agentIn('anna', 'ready');
  assert.equal((await site.api('POST', `/api/v1/callbacks/${id}/cancel`)).status, 409);
}

test('hold and resume by the customer, before and after the join', async (t) => {
  const site = await open(t);
  site.customer.onCall(person({ hello }));
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello, talk: speech('agent-talk'), talkAfterMs: 0, ringMs: 1_000 }));
  await site.ready('anna');
  const id = await site.callBack();
  await site.callbackIn(id, 'routing');
  const [call] = site.customer.calls;
  assert.ok(call);
  await call.reinvite(true);
  await site.callbackIn(id, 'connected');
  await call.reinvite(false);
  const before = call.packets.received;
  await until('sound again', () => call.packets.received > before + 20);
  await call.hangUp();
  assert.equal((await site.callbackIn(id, 'completed'))['reason'], 'AGENT_CONNECTED');
});

test('an agent calls a queue from the registered telephone', async (t) => {
  const site = await open(t);
  const anna = await site.agentPhone('anna');
  const { host, port } = site.sipAddress;
  const from = `sip:anna@${host}:${port}`;
  const auth = { username: 'anna', password: PASSWORD };
  const to = `sip:${QUEUE_NUMBER}@${host}:${port}`;
  const call = await anna.dial({ to, from, auth });
  await until('to wait', async () => (await liveCalls(site)) === 1);
  await call.hangUp();
  await allOver(site, [call]);
  const { body } = await site.expectOk('GET', '/api/v1/callbacks');
  assert.deepEqual(body['items'], [], 'no number, no callback');
});

test('a customer who calls while the callback waits is not dialled meanwhile', async (t) => {
  const site = await open(t);
  site.customer.onCall(person({ hello }));
  const id = await site.callBack({ customerNumber: CALLER });
  const call = await callQueue(site);
  await call.answered;
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello }));
  await site.ready('anna');
  await site.agentIn('anna', 'talking');
  const incoming = site.customer.calls.filter(({ direction }) => direction === 'incoming');
  assert.deepEqual(incoming, [], 'the telephone is in use');
  assert.notEqual((await site.callback(id))['state'], 'completed');
  await call.hangUp();
});

test('callers who hang up in one breath with the answer leave nobody waiting', async (t) => {
  const site = await open(t, { callback: { callbackOnAbandon: false } });
  for (let n = 0; n < 20; n += 1) {
    const call = await callQueue(site);
    void call.answered.then(() => call.hangUp());
    await call.ended;
  }
  await allOver(site, []);
});

test('callers who give up while they are answered leave nobody waiting', async (t) => {
  const site = await open(t, { callback: { callbackOnAbandon: false } });
  for (let n = 0; n < 20; n += 1) {
    const call = await callQueue(site);
    await until('ringing', () => call.ringingAtMs);
    await call.hangUp();
    if (call.live) await until('the end', () => !call.live || call.hangUp().then(() => false));
  }
  await allOver(site, []);
});

const NOBODY_RETURNS = { callback: { callbackOnAbandon: false } };

test('sipp uac-late-offer: the offer goes out with the 200', async (t) => {
  if (!requireTool(t, 'sipp')) return;
  const site = await open(t, NOBODY_RETURNS);
  await runSipp({ ...queueCaller('uac-late-offer'), remote: site.sipAddress });
  await allOver(site, []);
});

test('sipp over TCP calls a queue, with and without an offer', async (t) => {
  if (!requireTool(t, 'sipp')) return;
  const site = await open(t, NOBODY_RETURNS);
  const tcp = site.server.sip.find(({ protocol }) => protocol === 'tcp');
  assert.ok(tcp);
  for (const scenario of ['uac-calls-queue', 'uac-late-offer']) {
    await runSipp({ ...queueCaller(scenario), remote: tcp, protocol: 'tcp' });
  }
  await allOver(site, []);
});

function queueCaller(scenario: string): SippOptions {
  const keys = { caller: CALLER };
  return { scenario, service: QUEUE_NUMBER, pauseMs: 300, keys };
}

test('a trunk over TCP', async (t) => {
  if (!requireTool(t, 'sipp')) return;
  const sipp = { scenario: 'uas-answered', pauseMs: 300, echo: true, protocol: 'tcp' } as const;
  const trunk = await startSipp(sipp);
  const site = await openSite({
    trunk: { host: trunk.host, port: trunk.port, protocol: 'tcp' },
    callback: { record: false },
  });
  t.after(async () => {
    await site.close();
    await trunk.stop();
  });
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello, stayMs: 500 }));
  await site.ready('anna');
  const record = await site.callbackIn(await site.callBack(), 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
});
