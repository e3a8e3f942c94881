// Whom a leg listens to, over real sockets: the SDP's address, the first source, nobody else.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { until } from '../../support/until.ts';
import { obeyed, openCall, startMedia } from './engine.ts';
import { Peer, rtpPacket } from './peer.ts';

const sound = new Uint8Array(160).fill(0x22);

test('symmetric RTP: SDP address, then the source; strangers are refused', async (t) => {
  const latched: string[] = [];
  const { media } = await startMedia(t);
  const { leg, peer } = await openCall(t, media, 'a', '0 101', {
    latched: (host, port) => latched.push(`${host}:${port}`),
  });
  const [nat, stranger] = [await Peer.open(), await Peer.open('127.0.0.2')];
  t.after(() => [nat, stranger].forEach((other) => other.close()));
  for (const other of [nat, stranger]) other.legPort = leg.rtpPort;

  await until('sound at the SDP address', () => peer.heard.length > 2);
  stranger.send({ payloadType: 18, sequence: 1, timestamp: 0, payload: sound });
  await until('a payload type nobody agreed on is refused', async () => {
    return (await leg.stats()).packetsRefused === 1;
  });
  nat.send({ payloadType: 0, sequence: 1, timestamp: 0, payload: sound });
  await until('sound at the source of the first packet', () => nat.heard.length > 2);
  assert.deepEqual(latched, [`127.0.0.1:${nat.port}`]);

  const [atNat, atPeer] = [nat.heard.length, peer.heard.length];
  for (let i = 0; i < 10; i++) {
    stranger.send({ payloadType: 0, sequence: i, timestamp: i * 160, payload: sound });
  }
  await until('the stranger is refused', async () => (await leg.stats()).packetsRefused === 11);
  await until('the source still hears us', () => nat.heard.length > atNat + 5);
  assert.equal(stranger.heard.length, 0);
  assert.equal(peer.heard.length, atPeer);
  assert.equal((await leg.stats()).packetsReceived, 1);

  leg.acceptAnswer(peer.sdp('0 101'));
  stranger.send({ payloadType: 0, sequence: 30, timestamp: 0, payload: sound });
  await until('a repeated answer arms nothing', async () => {
    return (await leg.stats()).packetsRefused === 12;
  });
  leg.answerTo(peer.sdp('0 101', ['a=sendrecv']));
  await obeyed({ leg });
  stranger.send({ payloadType: 0, sequence: 40, timestamp: 0, payload: sound });
  await until('a new offer arms the latch', () => stranger.heard.length > 2);
});

test('before any answer nothing is sent and nothing is accepted', async (t) => {
  const { media } = await startMedia(t);
  const peer = await Peer.open();
  t.after(() => peer.close());
  const leg = await media.openLeg('a', 'one', {});
  peer.legPort = leg.rtpPort;
  leg.play({ sources: [{ kind: 'silence', durationMs: 60_000 }], loop: false });
  peer.send({ payloadType: 0, sequence: 1, timestamp: 0, payload: sound });
  await until('the packet is refused', async () => (await leg.stats()).packetsRefused === 1);
  assert.equal((await leg.stats()).packetsSent, 0);
});

test('on hold nothing is sent; after it the stream goes on', async (t) => {
  const { media } = await startMedia(t);
  const { leg, peer } = await openCall(t, media, 'a', '0 101');
  await until('sound', () => peer.heard.length > 2);
  leg.answerTo(peer.sdp('0 101', ['a=sendonly']));
  peer.send({ payloadType: 0, sequence: 1, timestamp: 0, payload: sound });
  await until('music on hold is heard', async () => (await leg.stats()).packetsReceived === 1);
  const { packetsSent } = await leg.stats();
  peer.send({ payloadType: 0, sequence: 2, timestamp: 160, payload: sound });
  await until('time passes', async () => (await leg.stats()).packetsReceived === 2);
  assert.equal((await leg.stats()).packetsSent, packetsSent);
  leg.answerTo(peer.sdp('0 101', ['a=sendrecv']));
  const before = peer.heard.length;
  await until('sound again', () => peer.heard.length > before + 2);
});

test('property: hostile datagrams change counters and nothing else', async (t) => {
  const { media } = await startMedia(t);
  const { leg, peer } = await openCall(t, media, 'a', '0 101');
  peer.send({ payloadType: 0, sequence: 1, timestamp: 0, payload: sound });
  await until('latched', async () => (await leg.stats()).packetsReceived === 1);
  const bent = fc.tuple(fc.nat(15), fc.nat(255), fc.nat(172)).map(([at, byte, length]) => {
    const packet = rtpPacket({ payloadType: 0, sequence: 2, timestamp: 160, payload: sound });
    packet[at] = byte;
    return packet.subarray(0, length);
  });
  const hostile = fc.sample(fc.oneof(fc.uint8Array({ maxLength: 1_600 }), bent), 150);
  // UDP may drop under a burst: whoever waits for counts sends at a pace the socket can hold.
  for (const [index, datagram] of hostile.entries()) {
    peer.sendRaw(datagram);
    peer.rtcp.send(datagram, leg.rtpPort + 1, '127.0.0.1');
    if (index % 25 === 24) await leg.stats();
  }
  await until('all are counted', async () => {
    const { packetsReceived, packetsRefused } = await leg.stats();
    return packetsReceived - 1 + packetsRefused >= hostile.length;
  });
  const before = peer.heard.length;
  await until('the leg still speaks', () => peer.heard.length > before + 5);
  assert.ok(new Set(peer.heard.map(({ ssrc }) => ssrc)).size === 1);
});
