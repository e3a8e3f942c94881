// Offers and answers and what then goes over the wire: packet times, holds, changes of codec and of
// branch, one port for RTP and RTCP, IPv6.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { CompoundPacket, ReceiverReportPacket } from 'rtp.js/packets';
import { until } from '../../support/until.ts';
import { obeyed, openCall, startMedia } from './engine.ts';
import { Peer } from './peer.ts';

const sound = new Uint8Array(160).fill(0x22);

for (const ptimeMs of [10, 30, 60]) {
  test(`a peer that wishes ${ptimeMs} ms gets packets of ${ptimeMs} ms`, async (t) => {
    const { media } = await startMedia(t);
    const { leg, peer } = await openCall(t, media, 'a');
    leg.acceptAnswer(peer.sdp('0 101', [`a=ptime:${ptimeMs}`]));
    const sized = () => peer.heard.filter(({ payload }) => payload.length === ptimeMs * 8);
    const heard = await until('packets', () => (sized().length >= 10 ? sized() : null));
    for (let i = 1; i < heard.length; i++) {
      const [before, now] = [heard[i - 1], heard[i]];
      assert.equal(((now?.sequence ?? 0) - (before?.sequence ?? 0)) & 0xffff, 1);
      const step = ((now?.timestamp ?? 0) - (before?.timestamp ?? 0)) >>> 0;
      assert.ok(step >= ptimeMs * 8 && step % 40 === 0, `step ${step}`);
    }
  });
}

test('packets of 10 and of 60 ms are passed on, and recorded without holes', async (t) => {
  const { media } = await startMedia(t);
  const a = await openCall(t, media, 'a', '0 101');
  const b = await openCall(t, media, 'b', '0 101');
  media.bridge('a', 'b');
  await obeyed(b);
  for (const [start, bytes] of [
    [0, 80],
    [4_000, 480],
  ] as const) {
    const payload = new Uint8Array(bytes).fill(0x31);
    for (let i = 0; i < 5; i++) {
      a.peer.send({ payloadType: 0, sequence: start + i, timestamp: start + i * bytes, payload });
    }
  }
  await until('both at b', () => {
    const lengths = new Set(b.peer.heard.map(({ payload }) => payload.length));
    return lengths.has(80) && lengths.has(480);
  });
});

test('s.8.4: our hold and the resume after it', async (t) => {
  const { media } = await startMedia(t);
  const { leg, peer } = await openCall(t, media, 'a', '0 101');
  await until('sound', () => peer.heard.length > 5);
  assert.match(leg.offer('inactive'), /a=inactive/);
  leg.acceptAnswer(peer.sdp('0 101', ['a=inactive']));
  // A second command is obeyed after the first: the leg is held when its figures come.
  const held = (await leg.stats()).packetsSent;
  await new Promise((resolve) => peer.rtcp.once('message', resolve));
  assert.equal((await leg.stats()).packetsSent, held, 'nothing is sent on hold');
  assert.match(leg.offer(), /a=sendrecv/);
  leg.acceptAnswer(peer.sdp('0 101'));
  await until('sound again', async () => (await leg.stats()).packetsSent > held + 3);
});

test('the codec changes in the middle of a call, in one stream', async (t) => {
  const { media } = await startMedia(t);
  const { leg, peer } = await openCall(t, media, 'a', '0 101');
  await until('mu-law', () => peer.heard.length > 5);
  leg.answerTo(peer.sdp('8 101'));
  await until('A-law', () => peer.heard.some(({ payloadType }) => payloadType === 8));
  await until('more of it', () => peer.heard.at(-1)?.payloadType === 8);
  assert.equal(new Set(peer.heard.map(({ ssrc }) => ssrc)).size, 1);
  for (let i = 1; i < peer.heard.length; i++) {
    const step = (peer.heard[i]?.sequence ?? 0) - (peer.heard[i - 1]?.sequence ?? 0);
    assert.equal(step & 0xffff, 1);
  }
});

test('a forked call: the branch that answered is heard, however loud the other is', async (t) => {
  const { media } = await startMedia(t);
  const latched: number[] = [];
  const first = await openCall(t, media, 'a', '0 101', {
    latched: (_host, port) => latched.push(port),
  });
  const second = await Peer.open();
  t.after(() => second.close());
  second.legPort = first.leg.rtpPort;
  first.peer.talk(0, () => sound);
  await until('the first branch', () => latched.length === 1);
  first.leg.acceptAnswer(second.sdp('0 101'));
  await until('sound to the second branch', () => second.heard.length > 3);
  second.send({ payloadType: 0, sequence: 1, timestamp: 160, payload: sound });
  await until('the second branch', () => latched.length === 2);
  assert.deepEqual(latched, [first.peer.port, second.port]);
  // The final answer may be the first branch's after all.
  first.leg.acceptAnswer(first.peer.sdp('0 101'));
  await until('the first branch again', () => latched[2] === first.peer.port);
});

test('RFC 5761: RTCP on the RTP port when both want it', async (t) => {
  const { media } = await startMedia(t);
  const peer = await Peer.open();
  t.after(() => peer.close());
  const leg = await media.openLeg('a', 'one', {});
  peer.legPort = leg.rtpPort;
  const answer = leg.answerTo(peer.sdp('0 101', ['a=rtcp-mux']));
  assert.match(answer, /a=rtcp-mux/);
  assert.ok(!/a=rtcp-mux/.test(leg.answerTo(peer.sdp('0 101'))), 'not when the peer does not');
  leg.answerTo(peer.sdp('0 101', ['a=rtcp-mux']));
  await obeyed({ leg });
  peer.send({ payloadType: 0, sequence: 1, timestamp: 160, payload: sound });
  const isReport = (data: Buffer): boolean => data[1] === 200 || data[1] === 201;
  await until('a report on the RTP port', () => peer.raw.some(isReport));
  const compound = new CompoundPacket();
  compound.addPacket(new ReceiverReportPacket());
  compound.serialize();
  peer.sendRaw(new Uint8Array(compound.getView().buffer));
  await until('our report was taken', async () => (await leg.stats()).packetsReceived === 1);
  peer.send({ payloadType: 0, sequence: 2, timestamp: 320, payload: sound });
  await until('the next packet', async () => (await leg.stats()).packetsReceived === 2);
  assert.equal((await leg.stats()).packetsRefused, 0);
});

test('IPv6: offer, answer and sound both ways', async (t: TestContext) => {
  const { media } = await startMedia(t, { host: '::1' });
  const peer = await Peer.open('::1');
  t.after(() => peer.close());
  const leg = await media.openLeg('a', 'one', {});
  peer.legPort = leg.rtpPort;
  const offer = leg.offer();
  assert.match(offer, /o=- \d+ 1 IN IP6 ::1\r\n/);
  assert.match(offer, /c=IN IP6 ::1\r\n/);
  leg.acceptAnswer(peer.sdp('0 101'));
  peer.talk(0, () => sound);
  await until('sound from the leg', () => peer.heard.length > 5);
  await until('sound to the leg', async () => (await leg.stats()).packetsReceived > 5);
  assert.throws(() => leg.answerTo(peer.sdp('0 101').replace('IP6 ::1', 'IP4 127.0.0.1')), {
    code: 'MEDIA_SDP_UNACCEPTABLE',
  });
});
