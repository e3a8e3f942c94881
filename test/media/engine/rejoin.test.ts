// What operators do to two who talk, over real sockets: each time they are brought back together
// both hear each other again, in the stream they had.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mixPlan } from '../../../media/index.ts';
import type { PlaySource } from '../../../media/index.ts';
import { until } from '../../support/until.ts';
import type { Call } from './engine.ts';
import { startMedia } from './engine.ts';
import { hears, hearsPitch, PARTIES, three } from './hum.ts';

const legs = { customer: 'customer', agent: 'agent', third: 'third' };
const MUSIC_HZ = 2_200;

function music(durationMs: number): PlaySource {
  const tone = { frequenciesHz: [MUSIC_HZ], levelDbov: -12, cadenceMs: [durationMs] };
  return { kind: 'tone', tone };
}

function assertOneStream({ peer: { heard } }: Call, who: string): void {
  assert.equal(new Set(heard.map(({ ssrc }) => ssrc)).size, 1, `${who}: one source`);
  for (let i = 1; i < heard.length; i++) {
    const [before, now] = [heard[i - 1], heard[i]];
    if (before === undefined || now === undefined) continue;
    assert.equal((now.sequence - before.sequence) & 0xffff, 1, `${who}: packet ${i}`);
    const step = (now.timestamp - before.timestamp) | 0;
    assert.ok(step > 0 && step < 8_000, `${who}: ${step} ticks at packet ${i}`);
  }
}

test('after every mix and every hold the two hear each other again', async (t) => {
  const { media } = await startMedia(t);
  const calls = await three(t, media);
  const together = async (when: string): Promise<void> => {
    media.bridge('customer', 'agent');
    await until(`${when}: the customer hears the agent`, () => hears(calls.customer) === 'agent');
    await until(`${when}: the agent hears the customer`, () => hears(calls.agent) === 'customer');
  };
  await together('at first');
  for (const kind of ['listen', 'whisper', 'conference'] as const) {
    media.mix(mixPlan(kind, legs));
    const all = kind === 'conference' ? 'agent+third' : 'agent';
    await until(`${kind} for the customer`, () => hears(calls.customer) === all);
    await until(`${kind} for the third`, () => hears(calls.third) === 'customer+agent');
    await together(`after ${kind}`);
    await until('the third hears nobody', () => hears(calls.third) === '');
  }
  media.mix([
    { legId: 'customer', hears: [] },
    { legId: 'agent', hears: [] },
  ]);
  calls.customer.leg.play({ sources: [music(500)], loop: true });
  await until('music on hold', () => hearsPitch(calls.customer, MUSIC_HZ));
  await until('silence for the agent', () => hears(calls.agent) === '');
  await until('nobody is heard on hold', () => hears(calls.customer) === '');
  await together('after hold');
  await until('no music any more', () => !hearsPitch(calls.customer, MUSIC_HZ));
  for (const party of PARTIES) assertOneStream(calls[party], party);
});

test('a prompt for both ends, and the conversation is heard again', async (t) => {
  const { media } = await startMedia(t);
  const ended: number[] = [];
  const calls = await three(t, media, { playEnded: (playId) => void ended.push(playId) });
  media.bridge('customer', 'agent');
  await until('joined', () => hears(calls.customer) === 'agent');
  for (const party of ['customer', 'agent'] as const) {
    calls[party].leg.play({ sources: [music(400)], loop: false });
  }
  await until('both hear it', () =>
    [calls.customer, calls.agent].every((call) => hearsPitch(call, MUSIC_HZ)),
  );
  await until('both ends are told', () => ended.length === 2);
  await until('the customer hears the agent', () => hears(calls.customer) === 'agent');
  await until('the agent hears the customer', () => hears(calls.agent) === 'customer');
  for (const party of ['customer', 'agent'] as const) assertOneStream(calls[party], party);
});

test('keys pressed into a conversation reach their leg, and the voice goes on', async (t) => {
  const { media } = await startMedia(t);
  const calls = await three(t, media);
  media.bridge('customer', 'agent');
  await until('joined', () => hears(calls.customer) === 'agent');
  calls.customer.leg.sendDtmf('42#');
  const keys = (call: Call): string =>
    call.peer.heard
      .filter(({ payloadType, marker }) => payloadType === 101 && marker)
      .map(({ payload }) => '0123456789*#'[payload[0] ?? 0])
      .join('');
  await until('all keys', () => keys(calls.customer) === '42#');
  await until('the voice again', () => hears(calls.customer) === 'agent');
  assert.equal(keys(calls.agent), '', 'the agent is spared them');
});
