// Three in a call over real sockets: who hears whom, by correlation with what each one says.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  ALAW_TO_LINEAR,
  LINEAR_TO_ALAW,
  LINEAR_TO_ULAW,
  ULAW_TO_LINEAR,
} from '../../../media/codec/g711.ts';
import { readWav } from '../../../media/codec/wav.ts';
import { mixPlan } from '../../../media/index.ts';
import type { MediaEngine } from '../../../media/engine.ts';
import type { MixKind } from '../../../media/index.ts';
import { until } from '../../support/until.ts';
import type { Call } from './engine.ts';
import { openCall, startMedia } from './engine.ts';
import type { Heard } from './peer.ts';

/** Each party hums at its own pitch. */
const PITCH_HZ = { customer: 500, agent: 850, third: 1_350 };
type Party = keyof typeof PITCH_HZ;
const PARTIES = Object.keys(PITCH_HZ) as Party[];
const AMPLITUDE = 5_000;

function hum(party: Party, index: number): Int16Array {
  const step = (2 * Math.PI * PITCH_HZ[party]) / 8_000;
  return Int16Array.from({ length: 160 }, (_, i) =>
    Math.round(AMPLITUDE * Math.sin(step * (index * 160 + i))),
  );
}

/** Amplitude of a pitch in sound, by correlation over its length. */
function amplitude(samples: ArrayLike<number>, frequencyHz: number): number {
  let [cos, sin] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    const phase = (2 * Math.PI * frequencyHz * i) / 8_000;
    cos += (samples[i] ?? 0) * Math.cos(phase);
    sin += (samples[i] ?? 0) * Math.sin(phase);
  }
  return (2 * Math.hypot(cos, sin)) / samples.length;
}

function decoded({ payload, payloadType }: Heard): number[] {
  const table = payloadType === 8 ? ALAW_TO_LINEAR : ULAW_TO_LINEAR;
  return [...payload].map((byte) => table[byte] ?? 0);
}

/** Whom this party heard in the last 200 ms, loud enough to be understood. */
function hears(call: Call): string {
  const sound = call.peer.heard.slice(-10).flatMap(decoded);
  return PARTIES.filter((party) => amplitude(sound, PITCH_HZ[party]) > AMPLITUDE / 2).join('+');
}

async function three(t: TestContext, media: MediaEngine): Promise<Record<Party, Call>> {
  const customer = await openCall(t, media, 'customer', '0 101');
  const agent = await openCall(t, media, 'agent', '8 101');
  const third = await openCall(t, media, 'third', '0 101');
  customer.peer.talk(0, (index) => ulaw(hum('customer', index)));
  agent.peer.talk(8, (index) =>
    Uint8Array.from(hum('agent', index), (sample) => LINEAR_TO_ALAW[sample & 0xffff] ?? 0),
  );
  third.peer.talk(0, (index) => ulaw(hum('third', index)));
  return { customer, agent, third };
}

function ulaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, (sample) => LINEAR_TO_ULAW[sample & 0xffff] ?? 0);
}

const legs = { customer: 'customer', agent: 'agent', third: 'third' };

test('listen, whisper, barge-in: everybody hears whom the plan says', async (t) => {
  const { media } = await startMedia(t);
  const calls = await three(t, media);
  const expected: readonly (readonly [MixKind, Record<Party, string>])[] = [
    ['listen', { customer: 'agent', agent: 'customer', third: 'customer+agent' }],
    ['whisper', { customer: 'agent', agent: 'customer+third', third: 'customer+agent' }],
    ['conference', { customer: 'agent+third', agent: 'customer+third', third: 'customer+agent' }],
    ['listen', { customer: 'agent', agent: 'customer', third: 'customer+agent' }],
  ];
  for (const [kind, whom] of expected) {
    media.mix(mixPlan(kind, legs));
    for (const party of PARTIES) {
      await until(`${kind}: ${party} hears ${whom[party]}`, () => {
        return hears(calls[party]) === whom[party];
      });
    }
  }
  for (const party of PARTIES) {
    const { heard } = calls[party].peer;
    assert.equal(new Set(heard.map(({ ssrc }) => ssrc)).size, 1, `${party}: one stream`);
    for (let i = 1; i < heard.length; i++) {
      const step = (heard[i]?.sequence ?? 0) - (heard[i - 1]?.sequence ?? 0);
      assert.equal(step & 0xffff, 1, `${party}: packet ${i}`);
    }
  }
});

test('the one who leaves a conference is missed by nobody else', async (t) => {
  const { media } = await startMedia(t);
  const calls = await three(t, media);
  media.mix(mixPlan('conference', legs));
  await until('all hear all', () => hears(calls.customer) === 'agent+third');
  calls.agent.leg.close();
  await until('the customer hears the third', () => hears(calls.customer) === 'third');
  await until('the third hears the customer', () => hears(calls.third) === 'customer');
  media.mix([
    { legId: 'customer', hears: [] },
    { legId: 'third', hears: [] },
  ]);
  await until('silence', () => hears(calls.customer) === '' && hears(calls.third) === '');
});

test('contradictory mixes are refused', async (t) => {
  const { media } = await startMedia(t);
  await openCall(t, media, 'a');
  await openCall(t, media, 'b');
  const invalid = { code: 'MEDIA_MIX_INVALID' };
  assert.throws(() => media.mix([{ legId: 'a', hears: ['a'] }]), invalid);
  assert.throws(() => media.mix([{ legId: 'a', hears: ['b'] }]), invalid);
  const twice = { legId: 'a', hears: [] };
  assert.throws(() => media.mix([twice, twice]), invalid);
  assert.throws(() => media.mix([{ legId: 'x', hears: [] }]), { code: 'MEDIA_LEG_UNKNOWN' });
  const many = Array.from({ length: 17 }, (_, i) => ({ legId: `l${i}`, hears: [] }));
  assert.throws(() => media.mix(many), invalid);
});

test('a recording pauses: silence of that length, and sound again after it', async (t) => {
  const { media } = await startMedia(t);
  const calls = await three(t, media);
  media.bridge('customer', 'agent');
  const request = { leftLegId: 'customer', rightLegId: 'agent' };
  const recording = media.record({ fileName: 'pause.wav', ...request });
  const received = async (): Promise<number> => (await calls.customer.leg.stats()).packetsReceived;
  const more = async (count: number): Promise<void> => {
    const start = await received();
    await until(`${count} packets more`, async () => (await received()) >= start + count);
  };
  await more(25);
  recording.pause();
  await more(25);
  recording.resume();
  await more(25);
  const { durationMs } = await recording.stop();
  assert.ok(durationMs > 1_300, `${durationMs} ms`);
  const { samples } = readWav(await readFile(recording.path));
  for (const [channel, party] of (['customer', 'agent'] as const).entries()) {
    const side = samples.filter((_, i) => i % 2 === channel);
    const frames = Array.from({ length: Math.floor(side.length / 160) }, (_, i) =>
      amplitude(side.subarray(i * 160, i * 160 + 160), PITCH_HZ[party]) > 2_500 ? 'x' : '.',
    ).join('');
    assert.match(frames, /^\.*x{18,}[x.]?\.{18,}[x.]?x{15,}\.*$/, `${party}: ${frames}`);
  }
});

test('the beep of a recorded call: both hear it over the voice, the file does not', async (t) => {
  const { media } = await startMedia(t);
  const calls = await three(t, media);
  media.bridge('customer', 'agent');
  const consentBeep = { intervalMs: 1_000, levelDbov: -18 };
  const request = { leftLegId: 'customer', rightLegId: 'agent', consentBeep };
  const recording = media.record({ fileName: 'beep.wav', ...request });
  const beeps = (call: Call): number =>
    call.peer.heard.filter((packet) => amplitude(decoded(packet), 1_400) > 2_000).length;
  for (const party of ['customer', 'agent'] as const) {
    await until(`two beeps at ${party}`, () => beeps(calls[party]) >= 15);
    const other = party === 'customer' ? 'agent' : 'customer';
    const together = calls[party].peer.heard.filter((packet) => {
      const sound = decoded(packet);
      return amplitude(sound, 1_400) > 2_000 && amplitude(sound, PITCH_HZ[other]) > 2_500;
    });
    assert.ok(together.length >= 10, `${together.length} packets with both`);
  }
  await recording.stop();
  const { samples } = readWav(await readFile(recording.path));
  assert.ok(amplitude(samples, 1_400) < 100, 'the beep is not recorded');
  const absurd = { fileName: 'x.wav', ...request, consentBeep: { intervalMs: 1, levelDbov: 0 } };
  assert.throws(() => media.record(absurd), { code: 'MEDIA_BEEP_INVALID' });
});
