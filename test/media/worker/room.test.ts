// A worker's room on this thread, with its clock in our hand and real sockets: what needs minutes
// on a wall clock is told here at once.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiverReportPacket, ReceptionReport, CompoundPacket } from 'rtp.js/packets';
import { readWav } from '../../../media/codec/wav.ts';
import { until } from '../../support/until.ts';
import { scene, sound } from './scene.ts';

test('no RTP for ten seconds is told once for each gap, and not on hold', async (t) => {
  const { room, peer, remote, pass, told, received } = await scene(t);
  pass(9_900);
  assert.equal(told('rtp-silent').length, 0);
  pass(30_000);
  assert.equal(told('rtp-silent').length, 1);
  assert.ok((told('rtp-silent')[0]?.silentMs ?? 0) >= 10_000);
  peer.send({ payloadType: 0, sequence: 1, timestamp: 0, payload: sound });
  await until('a packet', () => received() === 1);
  pass(30_000);
  assert.equal(told('rtp-silent').length, 2);
  room.handle({ type: 'set-remote', legId: 'a', remote: { ...remote, peerSends: false } });
  pass(30_000);
  room.handle({ type: 'set-remote', legId: 'a', remote });
  pass(9_000);
  assert.equal(told('rtp-silent').length, 2);
});

test('a flood between two ticks is cut', async (t) => {
  const { peer, pass, received, refused } = await scene(t);
  for (let i = 0; i < 400; i += 50) {
    for (let j = i; j < i + 50; j++) {
      peer.send({ payloadType: 0, sequence: j, timestamp: j * 160, payload: sound });
    }
    await until('all taken in', () => received() + refused() >= i + 50);
  }
  assert.deepEqual([received(), refused()], [256, 144]);
  pass(20);
  peer.send({ payloadType: 0, sequence: 400, timestamp: 64_000, payload: sound });
  await until('the next is taken', () => received() === 257);
});

test("RTCP: about one report in five seconds; the round trip of the peer's report", async (t) => {
  const { room, peer, pass, told } = await scene(t);
  pass(60_000);
  await until('reports', () => peer.reports.length > 8);
  assert.ok(peer.reports.length < 30, `${peer.reports.length} reports in a minute`);
  const bytes = peer.reports.at(-1) ?? Buffer.alloc(0);
  const block = new ReceptionReport();
  block.setSsrc(bytes.readUInt32BE(4));
  block.setLastSRTimestamp(bytes.readUInt32BE(10));
  const report = new ReceiverReportPacket();
  report.setSsrc(1);
  report.addReport(block);
  const compound = new CompoundPacket();
  compound.addPacket(report);
  compound.serialize();
  peer.rtcp.send(new Uint8Array(compound.getView().buffer), peer.legPort + 1, '127.0.0.1');
  const roundTripMs = await until('a round trip', () => {
    room.handle({ type: 'ask-leg-stats', askId: 0, legId: 'a' });
    return told('leg-stats').at(-1)?.stats?.roundTripMs;
  });
  assert.ok(roundTripMs < 7_000);
});

test('a recording of one leg: what it hears left, what it is told right', async (t) => {
  const { room, peer, pass, told, received } = await scene(t);
  const dir = await mkdtemp(join(tmpdir(), 'ringback-room-'));
  t.after(() => rm(dir, { recursive: true }));
  const path = join(dir, 'r.wav');
  const record = { leftLegId: 'a', rightLegId: null, consentBeep: null };
  room.handle({ type: 'record', recordingId: 1, path, ...record });
  const tone = { frequenciesHz: [440], levelDbov: -10, cadenceMs: [10_000] };
  const request = { sources: [{ kind: 'tone', tone } as const], loop: false };
  room.handle({ type: 'play', legId: 'a', playId: 1, request });
  await Promise.resolve();
  for (let i = 0; i < 50; i++) {
    peer.send({ payloadType: 0, sequence: i, timestamp: i * 160, payload: sound });
    await until('the packet', () => received() === i + 1);
    pass(20);
  }
  pass(1_000);
  room.handle({ type: 'close-leg', legId: 'a' });
  pass(1_000);
  room.handle({ type: 'stop-recording', recordingId: 1 });
  await until('the file', () => told('recorded')[0]);
  assert.equal(told('recorded')[0]?.durationMs, 3_000);
  const { samples } = readWav(await readFile(path));
  const spans = [0, 1].map((channel) => {
    const side = samples.filter((_, i) => i % 2 === channel);
    const loud = (from: number, to: number): number =>
      side.subarray(from, to).filter((sample) => Math.abs(sample) > 500).length / (to - from);
    return [loud(160, 7_840), loud(8_160, 15_840), loud(16_160, 24_000)].map(Math.round);
  });
  assert.deepEqual(spans, [
    [1, 0, 0],
    [1, 1, 0],
  ]);
});

test('a recording whose file cannot be made says so', async (t) => {
  const { room, told } = await scene(t);
  const path = '/nowhere/r.wav';
  const record = { leftLegId: 'a', rightLegId: null, consentBeep: null };
  room.handle({ type: 'record', recordingId: 1, path, ...record });
  room.handle({ type: 'stop-recording', recordingId: 1 });
  await until('the failure', () => told('record-failed')[0]);
});
