// The Calls port over sip/ and media/: which words it says, which it keeps to itself.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createCalls } from '../../../callback/adapters/calls.ts';
import type { CallEvent } from '../../../callback/ports.ts';
import type { CpdVerdict, CpdVerdictKind } from '../../../media/index.ts';
import { until } from '../../support/until.ts';
import type { FakeCall, FakeLeg, World } from './fakes.ts';
import { failure, makeWorld } from './fakes.ts';

const DIAL = {
  interactionId: 'cb-1',
  attemptKey: 'cb-1:3:0',
  customerNumber: '+15550100',
  trunk: null,
  ringTimeoutMs: 30_000,
};
const RING = {
  interactionId: 'cb-1',
  reservationId: 'res-1',
  username: '1001',
  ringTimeoutMs: 10_000,
  customerNumber: '+15550100',
};

function start() {
  const world = makeWorld();
  const treatment = (name: string) => [{ kind: 'file', path: `${name}.wav` }] as const;
  const calls = createCalls({ treatment }, world.deps);
  const heard: string[] = [];
  calls.onEvent((interactionId, attemptKey, event) =>
    heard.push(`${interactionId} ${attemptKey} ${describeEvent(event)}`),
  );
  return { world, calls, heard };
}

function describeEvent(event: CallEvent): string {
  if (event.type === 'customer-classified') return `${event.type} ${event.finding.kind}`;
  if (event.type === 'agent-failed') return `${event.type} ${event.why}`;
  if (event.type === 'customer-failed') {
    return `${event.type} ${event.failure.sipStatus ?? '-'} ${event.failure.cpd?.kind ?? '-'}`;
  }
  return event.type;
}

function verdict(kind: CpdVerdictKind): CpdVerdict {
  return { kind, confidence: 0.9, atMs: 900, firstSoundAtMs: 200, evidence: [] };
}

async function nthCall(world: World, n: number): Promise<{ call: FakeCall; leg: FakeLeg }> {
  const call = await until(`call ${n}`, () => world.calls[n - 1]);
  const leg = await until(`leg ${n}`, () => world.legs.get(`leg-${n}`));
  return { call, leg };
}

test('a caller who is gone before the callback takes the call: the customer hung up', () => {
  const { calls, heard } = start();
  const command = { interactionId: 'cb-1', attemptKey: 'cb-1:4:0', callerId: 'access-1' };
  calls.takeCall(command);
  assert.deepEqual(heard, ['cb-1 cb-1:4:0 customer-hung-up']);
  assert.equal(calls.liveContacts(), 0);
  assert.equal(calls.isLive('cb-1', 'cb-1:4:0'), false);
});

test('a dialled customer is reported step by step, and detection follows the answer', async () => {
  const { world, calls, heard } = start();
  calls.dialCustomer(DIAL);
  calls.dialCustomer(DIAL);
  const { call, leg } = await nthCall(world, 1);
  call.events.provisional(180, null);
  call.events.provisional(183, 'early');
  call.events.answered('sdp');
  leg.events.verdict?.(verdict('person'));
  leg.events.verdict?.(verdict('silence'));
  leg.events.verdict?.(verdict('machine'));
  assert.equal(world.calls.length, 1, 'the same attempt is not dialled twice');
  assert.deepEqual(heard, [
    'cb-1 cb-1:3:0 customer-ringing',
    'cb-1 cb-1:3:0 customer-answered',
    'cb-1 cb-1:3:0 customer-classified person',
    'cb-1 cb-1:3:0 customer-classified machine',
  ]);
  assert.deepEqual(leg.did, [
    'answer early',
    'detect before-answer',
    'answer sdp',
    'detect after-answer',
  ]);
  assert.ok(calls.isLive('cb-1', 'cb-1:3:0'));
});

test('a busy tone before the answer ends the call and is the reason', async () => {
  const { world, calls, heard } = start();
  calls.dialCustomer(DIAL);
  const { call, leg } = await nthCall(world, 1);
  call.events.provisional(183, 'early');
  leg.events.verdict?.(verdict('ringback'));
  leg.events.verdict?.(verdict('busy'));
  call.events.failed(failure(487, true));
  assert.deepEqual(call.hungUp, ['heard busy']);
  assert.deepEqual(heard.slice(1), ['cb-1 cb-1:3:0 customer-failed - busy']);
  assert.equal(calls.liveContacts(), 0);
});

test('what was heard before a refusal is told with it', async () => {
  const { world, calls, heard } = start();
  calls.dialCustomer(DIAL);
  const { call, leg } = await nthCall(world, 1);
  call.events.provisional(183, 'early');
  leg.events.verdict?.(verdict('ringback'));
  call.events.failed(failure(486));
  assert.deepEqual(heard.slice(1), ['cb-1 cb-1:3:0 customer-failed 486 ringback']);
});

test('customer and agent are bridged once both are there, and recorded when asked', async () => {
  const { world, calls, heard } = start();
  calls.dialCustomer(DIAL);
  (await nthCall(world, 1)).call.events.answered('sdp');
  calls.ringAgent(RING);
  calls.ringAgent(RING);
  const agent = await nthCall(world, 2);
  assert.deepEqual(agent.call.request.target, { kind: 'user', username: '1001' });
  agent.call.events.answered('sdp');
  calls.join('cb-1', 'res-other', true);
  assert.deepEqual(world.bridges, [], 'another reservation joins nobody');
  calls.join('cb-1', 'res-1', true);
  assert.deepEqual(world.bridges, ['leg-1+leg-2']);
  assert.equal(heard.at(-1), 'cb-1 cb-1:3:0 joined');
  const customer = (await nthCall(world, 1)).leg;
  customer.events.verdict?.(verdict('person'));
  customer.events.verdict?.(verdict('machine'));
  assert.equal(heard.at(-1), 'cb-1 cb-1:3:0 customer-classified machine');
  assert.equal(customer.did.at(-1), 'stop detecting', 'no beep matters any more');
  agent.call.events.ended('peer', 'BYE');
  assert.equal(heard.at(-1), 'cb-1 cb-1:3:0 agent-hung-up');
  calls.hangUpCustomer('cb-1', 'conversation over');
  assert.deepEqual(world.calls[0]?.hungUp, ['conversation over']);
  assert.equal(calls.liveContacts(), 0);
});

test('agent first: the customer is dialled into the contact the agent is already in', async () => {
  const { world, calls, heard } = start();
  calls.ringAgent(RING);
  (await nthCall(world, 1)).call.events.answered('sdp');
  calls.playToAgent('cb-1', 'connecting', false);
  calls.dialCustomer(DIAL);
  (await nthCall(world, 2)).call.events.answered('sdp');
  calls.join('cb-1', 'res-1', false);
  assert.deepEqual(world.bridges, ['leg-2+leg-1']);
  assert.equal(world.calls[0]?.hungUp.length, 0, 'the agent was not hung up meanwhile');
  assert.deepEqual(heard.at(-1), 'cb-1 cb-1:3:0 joined');
});

test('no answer, a refusal and an agent not there are told apart', async () => {
  const cases = [
    { failure: failure(487, true), why: 'no-answer' },
    { failure: failure(408), why: 'no-answer' },
    { failure: failure(486), why: 'rejected' },
    { failure: failure(603), why: 'rejected' },
    { failure: failure(480), why: 'unreachable' },
    { failure: failure(503), why: 'unreachable' },
  ];
  for (const given of cases) {
    const { world, calls, heard } = start();
    calls.ringAgent(RING);
    (await nthCall(world, 1)).call.events.failed(given.failure);
    assert.deepEqual(heard, [`cb-1  agent-failed ${given.why}`], `${given.failure.status}`);
  }
});

test('the end of a treatment is told only if it was not replaced', async () => {
  const { world, calls, heard } = start();
  calls.dialCustomer(DIAL);
  const { call, leg } = await nthCall(world, 1);
  call.events.answered('sdp');
  calls.playToCustomer('cb-1', 'greeting', false);
  calls.playToCustomer('cb-1', 'waiting', true);
  leg.events.playEnded?.(1);
  assert.equal(heard.at(-1), 'cb-1 cb-1:3:0 customer-answered');
  leg.events.playEnded?.(2);
  assert.equal(heard.at(-1), 'cb-1 cb-1:3:0 treatment-ended');
});

test('media is overloaded: a call is lost before it is dialled, and made again', async () => {
  const { world, calls, heard } = start();
  world.overloaded = true;
  calls.dialCustomer(DIAL);
  await until('a word', () => heard.length > 0);
  assert.deepEqual(heard, ['cb-1 cb-1:3:0 call-lost']);
  assert.equal(world.calls.length, 0, 'nobody was dialled');
  assert.ok(!calls.isLive('cb-1', 'cb-1:3:0'));
  world.overloaded = false;
  calls.dialCustomer({ ...DIAL, attemptKey: 'cb-1:4:0' });
  await until('the next attempt', () => world.calls.length === 1);
  calls.endContact('cb-1', 'done');
});

test('no port, a bad answer and a dead worker end the contact with a word', async () => {
  const noPort = start();
  noPort.world.noPort = true;
  noPort.calls.dialCustomer(DIAL);
  await until('failure', () => noPort.heard.length > 0);
  assert.deepEqual(noPort.heard, ['cb-1 cb-1:3:0 customer-failed 503 -']);

  const bad = start();
  bad.calls.dialCustomer(DIAL);
  (await nthCall(bad.world, 1)).call.events.answered('bad');
  assert.deepEqual(bad.heard, ['cb-1 cb-1:3:0 call-lost']);
  assert.equal(bad.world.calls[0]?.hungUp.length, 1);

  const dead = start();
  dead.calls.dialCustomer(DIAL);
  const { call, leg } = await nthCall(dead.world, 1);
  call.events.answered('sdp');
  leg.events.lost?.('worker died');
  call.events.ended('us', 'hung up');
  assert.deepEqual(dead.heard.slice(1), ['cb-1 cb-1:3:0 call-lost']);
  assert.equal(dead.calls.liveContacts(), 0);
});

test('ending a contact is silent and closes every leg', async () => {
  const { world, calls, heard } = start();
  calls.dialCustomer(DIAL);
  const customer = await nthCall(world, 1);
  customer.call.events.answered('sdp');
  calls.ringAgent(RING);
  const agent = await nthCall(world, 2);
  const before = heard.length;
  calls.endContact('cb-1', 'cancelled');
  customer.call.events.ended('us', '');
  agent.call.events.failed(failure(487, true));
  assert.equal(heard.length, before);
  assert.deepEqual(customer.leg.did.at(-1), 'close');
  assert.deepEqual(agent.leg.did.at(-1), 'close');
  assert.deepEqual([...customer.call.hungUp, ...agent.call.hungUp], ['cancelled', 'cancelled']);
});

test('a call ended while its media opens is never placed', async () => {
  const { world, calls } = start();
  calls.dialCustomer(DIAL);
  calls.endContact('cb-1', 'cancelled');
  await until('the leg opened and closed', () => world.legs.get('leg-1')?.did.at(-1) === 'close');
  assert.equal(world.calls.length, 0);
});

test('digits are told with the leg they came from, until that leg is over', async () => {
  const { world, calls } = start();
  const digits: string[] = [];
  calls.onEvent((_id, _key, event) => {
    if (event.type === 'digit') digits.push(`${event.leg} ${event.digit} ${event.durationMs}`);
  });
  calls.dialCustomer(DIAL);
  const customer = await nthCall(world, 1);
  customer.call.events.answered('sdp');
  calls.ringAgent(RING);
  const agent = await nthCall(world, 2);
  agent.call.events.answered('sdp');
  customer.leg.events.dtmf?.('5', 120);
  agent.leg.events.dtmf?.('#', 80);
  customer.call.events.ended('peer', 'BYE');
  customer.leg.events.dtmf?.('6', 120);
  assert.deepEqual(digits, ['customer 5 120', 'agent # 80']);
});
