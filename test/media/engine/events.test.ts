// What a leg tells and sends besides sound: digits, reports, verdicts, the ends of playback.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ByePacket, CompoundPacket, SenderReportPacket, SdesPacket } from 'rtp.js/packets';
import { LINEAR_TO_ULAW } from '../../../media/codec/g711.ts';
import { DtmfDetector } from '../../../media/dsp/dtmf.ts';
import { until } from '../../support/until.ts';
import type { CpdVerdict } from '../../../media/index.ts';
import { obeyed, openCall, startMedia } from './engine.ts';
import { decoded } from './hum.ts';

const sound = new Uint8Array(160).fill(0x22);

test('RFC 4733 both ways: digits sent are digits told, in order, once', async (t) => {
  const { media } = await startMedia(t);
  const digits: string[] = [];
  const told = { dtmf: (digit: string, ms: number) => void digits.push(`${digit}/${ms}`) };
  const a = await openCall(t, media, 'a', '0 101');
  const b = await openCall(t, media, 'b', '0 101', told);
  // What a sends to its peer, its peer says to b.
  a.peer.rtp.on('message', (packet) => b.peer.sendRaw(packet));
  a.leg.sendDtmf('19#');
  await until('all digits', () => digits.length === 3);
  assert.deepEqual(digits, ['1/100', '9/100', '#/100']);
  const events = a.peer.heard.filter(({ payloadType }) => payloadType === 101);
  assert.equal(events.filter(({ marker }) => marker).length, 3);
  assert.equal(new Set(events.map(({ timestamp }) => timestamp)).size, 3);
  for (let i = 1; i < a.peer.heard.length; i++) {
    const step = (a.peer.heard[i]?.sequence ?? 0) - (a.peer.heard[i - 1]?.sequence ?? 0);
    assert.equal(step & 0xffff, 1);
  }
  assert.throws(() => a.leg.sendDtmf('12x'), { code: 'MEDIA_DTMF_INVALID' });
});

test('digits pass through a bridge and are told on the way', async (t) => {
  const { media } = await startMedia(t);
  const digits: string[] = [];
  const a = await openCall(t, media, 'a', '0 101', { dtmf: (digit) => digits.push(digit) });
  const b = await openCall(t, media, 'b', '8 101');
  media.bridge('a', 'b');
  await obeyed(b);
  for (let i = 0; i < 6; i++) {
    const payload = Buffer.from([7, i < 3 ? 10 : 0x8a, 0, 160]);
    a.peer.send({ payloadType: 101, sequence: i, timestamp: 8_000, payload });
  }
  await until('the digit at the other end', () => {
    return b.peer.heard.filter(({ payloadType }) => payloadType === 101).length === 6;
  });
  await until('the digit told', () => digits.length > 0);
  assert.deepEqual(digits, ['7']);
});

test('RFC 3550 s.6: sender reports while the leg lives, BYE when it closes', async (t) => {
  const { media } = await startMedia(t);
  const { leg, peer } = await openCall(t, media, 'a', '0 101');
  peer.talk(0, () => sound);
  const first = await until('a report', () => peer.reports[0]);
  const parsed = (bytes: Buffer) =>
    new CompoundPacket(new DataView(bytes.buffer, bytes.byteOffset, bytes.length)).getPackets();
  const [report, sdes] = parsed(first);
  assert.ok(report instanceof SenderReportPacket && sdes instanceof SdesPacket);
  assert.equal(report.getSsrc(), peer.heard[0]?.ssrc);
  assert.ok(report.getPacketCount() > 20);
  assert.equal(report.getOctetCount(), report.getPacketCount() * 160);
  const block = report.getReports()[0];
  assert.equal(block?.getSsrc(), 0xc0ffee);
  assert.ok((block?.getHighestSeqNumber() ?? 0) > 65_500);
  leg.close();
  const last = await until('the goodbye', () => peer.reports[1]);
  assert.ok(parsed(last).some((packet) => packet instanceof ByePacket));
});

test('a peer that is silent is heard as silence, also when no RTP comes', async (t) => {
  const { media } = await startMedia(t);
  const verdicts: CpdVerdict[] = [];
  const { leg } = await openCall(t, media, 'a', '0 101', {
    verdict: (verdict) => verdicts.push(verdict),
  });
  leg.detect('after-answer');
  const verdict = await until('a verdict', () => verdicts[0]);
  assert.equal(verdict.kind, 'silence');
  assert.ok(verdict.atMs >= 1_000 && verdict.atMs < 3_000, `after ${verdict.atMs} ms`);
});

test('a replaced request does not end; a missing file is left out', async (t) => {
  const { media } = await startMedia(t);
  const ended: number[] = [];
  const { leg } = await openCall(t, media, 'a', '0 101', { playEnded: (id) => ended.push(id) });
  const silence = { kind: 'silence', durationMs: 200 } as const;
  leg.play({ sources: [silence], loop: true });
  leg.play({ sources: [silence], loop: false });
  leg.stopPlaying();
  const third = leg.play({
    sources: [{ kind: 'file', path: '/nowhere/nothing.wav' }, silence],
    loop: false,
  });
  await until('the end of the third', () => ended.length > 0);
  assert.deepEqual(ended, [third]);
  assert.throws(() => leg.play({ sources: [], loop: false }), { code: 'MEDIA_PLAY_INVALID' });
});

/** 20 ms of the tones of `5` in mu-law. */
function tonesOfFive(index: number): Uint8Array {
  return Uint8Array.from({ length: 160 }, (_, i) => {
    const t = (2 * Math.PI * (index * 160 + i)) / 8_000;
    const sample = Math.round(4_000 * (Math.sin(770 * t) + Math.sin(1_336 * t)));
    return LINEAR_TO_ULAW[sample & 0xffff] ?? 0;
  });
}

test('tones in the sound are digits only from a peer without telephone events', async (t) => {
  const { media } = await startMedia(t);
  const told: string[] = [];
  const a = await openCall(t, media, 'a', '0', { dtmf: (digit) => told.push(`a${digit}`) });
  const b = await openCall(t, media, 'b', '0 101', { dtmf: (digit) => told.push(`b${digit}`) });
  const silence = new Uint8Array(160).fill(0xff);
  const say = (index: number): Uint8Array => (index < 5 ? tonesOfFive(index) : silence);
  b.peer.talk(0, say);
  await until('b has spoken', async () => (await b.leg.stats()).packetsReceived > 20);
  a.peer.talk(0, say);
  await until('the digit', () => told.length > 0);
  assert.deepEqual(told, ['a5']);
});

test('a peer without telephone events gets tones, also for keys of the other', async (t) => {
  const { media } = await startMedia(t);
  const a = await openCall(t, media, 'a', '0');
  const b = await openCall(t, media, 'b', '0 101');
  media.bridge('a', 'b');
  b.peer.talk(0, () => new Uint8Array(160).fill(0x22));
  const keys = (): string => {
    let found = '';
    const detector = new DtmfDetector((digit) => (found += digit));
    for (const packet of a.peer.heard) detector.push(Int16Array.from(decoded(packet)));
    return found;
  };
  a.leg.sendDtmf('19#D');
  await until('the digits', () => keys() === '19#D');
  b.leg.takeDigit('7', 100);
  await until('the digit of the other', () => keys() === '19#D7');
  const voice = (): boolean => a.peer.heard.at(-1)?.payload[80] === 0x22;
  await until('the voice again', voice);
});

test('a digit beside the sound is told, and sent on as an event', async (t) => {
  const { media } = await startMedia(t);
  const told: string[] = [];
  const a = await openCall(t, media, 'a', '0', {
    dtmf: (digit, ms) => told.push(`${digit}/${ms}`),
  });
  const b = await openCall(t, media, 'b', '0 101');
  media.bridge('a', 'b');
  a.leg.takeDigit('8', 160);
  const event = await until('the event at b', () =>
    b.peer.heard.find(({ payloadType }) => payloadType === 101),
  );
  assert.equal(event.payload[0], 8);
  assert.deepEqual(told, ['8/160']);
  assert.throws(() => a.leg.takeDigit('88', 160), { code: 'MEDIA_DTMF_INVALID' });
});
