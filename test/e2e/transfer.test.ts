// An agent hands the customer on: blind, after asking, to a queue, in vain, and by Replaces. Real
// server, real phones, real sound. RFC 3515, RFC 3891, RFC 5589.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { untilHeard, voice } from '../support/hearing.ts';
import { Phone } from '../support/phone.ts';
import type { PhoneCall } from '../support/phone.ts';
import { busy, declining, person } from '../support/phone/behaviours.ts';
import { openSite, PASSWORD } from '../support/site.ts';
import type { Site, SiteOptions } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const NUMBER = '+12025550100';
const hello = speech('person-hello').subarray(0, 160);
const customerTalk = speech('customer-talk');

interface Scene {
  readonly site: Site;
  /** The customer's side, and anna's. */
  readonly customer: PhoneCall;
  readonly anna: Phone;
  readonly talk: PhoneCall;
  readonly to: (user: string, headers?: string) => string;
}

/** A registered phone at an address that is not the trunk's: its calls are the user's. */
async function phoneOf(t: { after(fn: () => unknown): void }, site: Site, username: string) {
  const phone = await Phone.open({ name: username, host: '127.0.0.2' });
  t.after(() => phone.close());
  await phone.register({ registrar: site.sipAddress, username, password: PASSWORD });
  return phone;
}

/** A caller talks to anna; ben's phone is registered, ben is not ready. */
async function conversation(
  t: { after(fn: () => unknown): void },
  options: SiteOptions = {},
): Promise<Scene & { readonly ben: Phone }> {
  const site = await openSite({ agents: ['anna', 'ben'], ...options });
  t.after(() => site.close());
  const { host, port } = site.sipAddress;
  const anna = await phoneOf(t, site, 'anna');
  anna.onCall(person({ hello }));
  const ben = await phoneOf(t, site, 'ben');
  await site.ready('anna');
  const customer = await site.customer.dial({
    to: `sip:${NUMBER}@${host}:${port}`,
    from: `sip:+12025550123@${site.customer.address.host}`,
  });
  void customer.play(customerTalk, { loop: true });
  await site.agentIn('anna', 'talking');
  const talk = anna.calls[0]!;
  await until('connected', async () => (await liveState(site)) === 'connected');
  const to = (user: string, headers = '') => `<sip:${user}@${host}:${port}${headers}>`;
  return { site, customer, anna, ben, talk, to };
}

async function liveState(site: Site): Promise<string | undefined> {
  const { body } = await site.expectOk('GET', '/api/v1/calls');
  return (body['items'] as { state: string }[])[0]?.state;
}

async function hearsCustomer(call: PhoneCall): Promise<void> {
  await untilHeard('hears the customer', call, voice(customerTalk), 0.5);
}

test('blind to a colleague: NOTIFYs, sound, and the agent is free', async (t) => {
  const { site, customer, ben, talk, to } = await conversation(t);
  ben.onCall(person({ hello }));
  assert.equal(await talk.refer(to('ben'), [['Referred-By', to('anna')]]), 202);
  await talk.ended;
  assert.deepEqual(talk.notified, [
    'active;expires=600 | SIP/2.0 100 Trying',
    'active;expires=600 | SIP/2.0 180 Ringing',
    'terminated;reason=noresource | SIP/2.0 200 OK',
  ]);
  assert.equal(talk.end?.by, 'peer', 'the call with the agent is ended by us');
  await site.agentIn('anna', 'ready');
  const taken = ben.calls[0]!;
  assert.equal(taken.remoteUser, '+12025550123');
  assert.match(
    taken.invite?.headers.find(([name]) => /^referred-by$/i.test(name))?.[1] ?? '',
    /anna/,
  );
  await hearsCustomer(taken);
  await taken.hangUp();
  assert.equal((await customer.ended).by, 'peer');
});

test('in vain: the customer talks to the agent again, who hears why', async (t) => {
  const { site, customer, ben, talk, to } = await conversation(t);
  ben.onCall(declining());
  assert.equal(await talk.refer(to('ben')), 202);
  await until('told', () => talk.notified.some((line) => line.startsWith('terminated')));
  assert.match(talk.notified.at(-1) ?? '', /SIP\/2\.0 603/);
  assert.ok(talk.live && customer.live);
  await hearsCustomer(talk);
  await site.agentIn('anna', 'talking');
  assert.equal(await talk.refer('<http://example.com/>'), 416);
  assert.equal(await talk.refer(to('nobody')), 404);
  assert.equal(await talk.refer('<sip:ben@elsewhere.example>'), 403);
});

test('in vain and the agent hung up at once: the agent is rung again', async (t) => {
  const { anna, ben, talk, to } = await conversation(t);
  ben.onCall(busy());
  ben.onCall(async (call) => {
    call.ring();
    await until('anna is gone', () => talk.end !== null);
    call.reject(486, 'Busy Here');
  });
  assert.equal(await talk.refer(to('ben')), 202);
  await talk.hangUp();
  await until('anna rings again', () => anna.calls.length === 2);
  await hearsCustomer(anna.calls[1]!);
});

test('to a number: allowed ones only, and the recording goes on', async (t) => {
  const { site, talk, to } = await conversation(t, {
    trunk: { destinations: { allowedPrefixes: ['+1202'] } },
  });
  site.customer.onCall(person({ hello }));
  assert.equal(await talk.refer(to('+442079460000')), 202);
  await until('refused', () => /SIP\/2\.0 403/.test(talk.notified.at(-1) ?? ''));
  assert.equal(site.customer.calls.length, 1, 'nobody was called');
  assert.equal(await talk.refer(to('+12025550177')), 202);
  await talk.ended;
  await until('called', () => site.customer.calls.length === 2);
  await hearsCustomer(site.customer.calls[1]!);
  await site.agentIn('anna', 'ready');
});

test('to another queue: its agents get the caller', async (t) => {
  const queue = { callback: { ringTimeoutSeconds: 5, greeting: 'beep' }, wrapUpSeconds: 0 };
  const { site, ben, talk, to } = await conversation(t, {
    config: {
      queues: [
        {
          id: 'support',
          numbers: [NUMBER],
          requiredSkills: [{ skill: 'first', minLevel: 1 }],
          ...queue,
        },
        { id: 'second', numbers: [], requiredSkills: [{ skill: 'second', minLevel: 1 }], ...queue },
      ],
      agents: [
        { id: 'anna', passwordEnv: 'SITE_PASSWORD', skills: { first: 5 } },
        { id: 'ben', passwordEnv: 'SITE_PASSWORD', skills: { second: 5 } },
      ],
    },
  });
  ben.onCall(person({ hello }));
  await site.ready('ben');
  assert.equal(await talk.refer(to('second')), 202);
  await talk.ended;
  assert.match(talk.notified.at(-1) ?? '', /200 OK/);
  await site.agentIn('ben', 'talking');
  await hearsCustomer(ben.calls[0]!);
  await site.agentIn('anna', 'ready');
});

test('attended: asked first, then joined; a callback and its history', async (t) => {
  const site = await openSite({ agents: ['anna', 'ben'] });
  t.after(() => site.close());
  const { host, port } = site.sipAddress;
  site.customer.onCall(person({ hello: speech('person-hello'), talk: customerTalk }));
  const anna = await phoneOf(t, site, 'anna');
  anna.onCall(person({ hello }));
  const ben = await phoneOf(t, site, 'ben');
  ben.onCall(person({ hello, talk: speech('agent-talk') }));
  await site.ready('anna');
  const id = await site.callBack();
  await site.callbackIn(id, 'connected');
  const talk = anna.calls[0]!;
  await talk.reinvite(true);
  const auth = { username: 'anna', password: PASSWORD };
  const asking = await anna.dial({
    to: `sip:ben@${host}:${port}`,
    from: `sip:anna@ringback`,
    auth,
  });
  const replaces = encodeURIComponent(asking.replaces);
  assert.equal(await talk.refer(`<sip:ben@${host}:${port}?Replaces=${replaces}x>`), 481);
  assert.equal(await talk.refer(`<sip:ben@${host}:${port}?Replaces=${replaces}>`), 202);
  await Promise.all([talk.ended, asking.ended]);
  assert.match(talk.notified.at(-1) ?? '', /^terminated.*200 OK/);
  await site.agentIn('anna', 'ready');
  await hearsCustomer(ben.calls[0]!);
  await ben.calls[0]!.hangUp();
  await site.callbackIn(id, 'completed');
  const events = await site.expectOk('GET', `/api/v1/callbacks/${id}/events`);
  const items = events.body['items'] as { type: string; data: Record<string, unknown> }[];
  const transferred = items.find(({ type }) => type === 'transferred');
  assert.ok(items.some(({ type }) => type === 'transfer-asked'));
  assert.equal(transferred?.data['to'], 'ben');
  assert.ok(existsSync(String(transferred?.data['recording'])));
});

test('Replaces: a colleague picks the conversation up, others are told why not', async (t) => {
  const { site, ben, talk } = await conversation(t);
  const { host, port } = site.sipAddress;
  const dial = (replaces: string) =>
    ben.dial({
      to: `sip:ben@${host}:${port}`,
      from: 'sip:ben@ringback',
      auth: { username: 'ben', password: PASSWORD },
      headers: [
        ['Replaces', replaces],
        ['Require', 'replaces'],
      ],
    });
  await assert.rejects(dial('nonsense'), { status: 400 });
  await assert.rejects(dial('a;to-tag=b;from-tag=c'), { status: 481 });
  await assert.rejects(dial(`${talk.replaces};early-only`), { status: 486 });
  const taken = await dial(talk.replaces);
  assert.equal((await talk.ended).by, 'peer');
  await hearsCustomer(taken);
  await site.agentIn('anna', 'ready');
  await taken.hangUp();
  await until('nobody on the line', async () => (await liveState(site)) === undefined);
  await assert.rejects(dial(talk.replaces), { status: 603 });
});

test('nobody but the agent in a conversation may transfer, or call a third party', async (t) => {
  const { site, customer, ben, talk, to } = await conversation(t);
  assert.equal(await customer.refer(to('ben')), 405);
  const { host, port } = site.sipAddress;
  const call = ben.dial({
    to: `sip:+12025550177@${host}:${port}`,
    from: 'sip:ben@ringback',
    auth: { username: 'ben', password: PASSWORD },
  });
  await assert.rejects(call, { status: 404 });
  assert.ok(talk.live);
});
