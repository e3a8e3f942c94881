// Two legs joined: audio both ways, in one law or two, and a stereo recording of it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ALAW_TO_LINEAR, LINEAR_TO_ALAW, ULAW_TO_LINEAR } from '../../../media/codec/g711.ts';
import { readWav } from '../../../media/codec/wav.ts';
import { until } from '../../support/until.ts';
import { obeyed, openCall, startMedia } from './engine.ts';
import type { Heard, Peer } from './peer.ts';

/** 20 ms whose bytes tell which packet they were; never the silence of either law. */
function numbered(index: number): Uint8Array {
  return new Uint8Array(160).fill(1 + (index % 60));
}

function hasRun(heard: readonly Heard[], codes: (index: number) => number, length: number) {
  const bytes = heard.map(({ payload }) => payload[80] ?? 0);
  for (let start = 0; start + length <= bytes.length; start++) {
    const base = [...Array(60).keys()].find((index) => codes(index) === bytes[start]);
    if (base === undefined) continue;
    const run = [...Array(length).keys()];
    if (run.every((i) => bytes[start + i] === codes((base + i) % 60))) return true;
  }
  return false;
}

const same = (index: number): number => 1 + index;
const toAlaw = (index: number): number =>
  LINEAR_TO_ALAW[(ULAW_TO_LINEAR[1 + index] ?? 0) & 0xffff] ?? 0;

function assertOneStream(heard: readonly Heard[]): void {
  const ssrcs = new Set(heard.map(({ ssrc }) => ssrc));
  assert.equal(ssrcs.size, 1, 'one SSRC whatever the source');
  for (let i = 1; i < heard.length; i++) {
    const [before, now] = [heard[i - 1], heard[i]];
    if (before === undefined || now === undefined) continue;
    assert.equal(now.sequence, (before.sequence + 1) & 0xffff, `packet ${i}`);
    assert.ok(((now.timestamp - before.timestamp) | 0) > 0, `time goes on at ${i}`);
  }
}

test('bridged in one law: payloads pass unchanged both ways, in one stream', async (t) => {
  const { media } = await startMedia(t);
  const a = await openCall(t, media, 'a', '0 101');
  const b = await openCall(t, media, 'b', '0 101');
  await until('silence before the bridge', () => b.peer.heard.length > 3);
  media.bridge('a', 'b');
  a.peer.talk(0, numbered);
  b.peer.talk(0, (index) => numbered(index + 30));
  await until('b hears a', () => hasRun(b.peer.heard, same, 20));
  await until('a hears b', () => hasRun(a.peer.heard, same, 20));
  media.unbridge('a', 'b');
  const until2 = b.peer.heard.length + 20;
  await until('silence after the bridge', () => b.peer.heard.length > until2);
  assert.equal(
    b.peer.heard.at(-1)?.payload.every((byte) => byte === 0xff),
    true,
  );
  assertOneStream(a.peer.heard);
  assertOneStream(b.peer.heard);
});

test('bridged across laws: what A says in mu-law B hears in A-law, and back', async (t) => {
  const { media } = await startMedia(t);
  const a = await openCall(t, media, 'a', '0 101');
  const b = await openCall(t, media, 'b', '8 101');
  media.bridge('a', 'b');
  a.peer.talk(0, numbered);
  await until('b hears a in A-law', () => hasRun(b.peer.heard, toAlaw, 20));
  assert.ok(b.peer.heard.every(({ payloadType }) => payloadType === 8));
  b.peer.talk(8, (index) => new Uint8Array(160).fill(toAlaw(index % 60)));
  const level = ALAW_TO_LINEAR[toAlaw(7)] ?? 0;
  await until('a hears b in mu-law', () =>
    a.peer.heard.some(({ payload, payloadType }) => {
      const linear = ULAW_TO_LINEAR[payload[80] ?? 0] ?? 0;
      return payloadType === 0 && Math.abs(linear - level) < Math.abs(level) / 16;
    }),
  );
});

/** Longest run of zeros in samples between the first and the last sound. */
function longestGap(channel: Int16Array): number {
  const first = channel.findIndex((sample) => sample !== 0);
  const last = channel.findLastIndex((sample) => sample !== 0);
  let longest = 0;
  let run = 0;
  for (let i = first; i < last; i++) {
    run = channel[i] === 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

test('a recording has each peer on its own channel, without holes', async (t) => {
  const { media } = await startMedia(t);
  const a = await openCall(t, media, 'a', '0 101');
  const b = await openCall(t, media, 'b', '8 101');
  media.bridge('a', 'b');
  const recording = media.record({ fileName: 'ab.wav', leftLegId: 'a', rightLegId: 'b' });
  await obeyed(b);
  const say = (peer: Peer, payloadType: number, code: number): void =>
    peer.talk(payloadType, (index) => (index < 100 ? new Uint8Array(160).fill(code) : null));
  say(a.peer, 0, 0x10);
  say(b.peer, 8, 0x35);
  await until('all said', async () => {
    const stats = await Promise.all([a.leg.stats(), b.leg.stats()]);
    return stats.every(({ packetsReceived }) => packetsReceived >= 100);
  });
  a.leg.close();
  const { durationMs } = await recording.stop();
  const wav = readWav(await readFile(recording.path));
  assert.equal(wav.channels, 2);
  assert.equal(wav.sampleRateHz, 8_000);
  assert.ok(Math.abs(wav.samples.length / 2 / 8 - durationMs) <= 1);
  const left = wav.samples.filter((_, i) => i % 2 === 0);
  const right = wav.samples.filter((_, i) => i % 2 === 1);
  assert.deepEqual(new Set(left), new Set([0, ULAW_TO_LINEAR[0x10]]));
  assert.deepEqual(new Set(right), new Set([0, ALAW_TO_LINEAR[0x35]]));
  for (const channel of [left, right]) {
    assert.ok(channel.filter((sample) => sample !== 0).length >= 98 * 160);
    assert.ok(longestGap(channel) <= 320, `a gap of ${longestGap(channel) / 8} ms`);
  }
});
