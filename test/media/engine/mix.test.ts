// Three in a call over real sockets: who hears whom, by correlation with what each one says.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { readWav } from '../../../media/codec/wav.ts';
import { mixPlan } from '../../../media/index.ts';
import type { MixKind } from '../../../media/index.ts';
import { amplitude } from '../../support/audio.ts';
import { until } from '../../support/until.ts';
import type { Call } from './engine.ts';
import { openCall, startMedia } from './engine.ts';
import type { Party } from './hum.ts';
import { decoded, hears, PARTIES, PITCH_HZ, three } from './hum.ts';

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
