// Encrypted legs over real sockets: sound, digits and reports both ways; what is not encrypted, or
// comes twice, changes nothing.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { SrtpReceiver, SrtpSender } from '../../../media/srtp/srtp.ts';
import { obeyed, startMedia } from './engine.ts';
import { Peer, rtpPacket } from './peer.ts';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const peersKey = Buffer.alloc(30, 7).toString('base64');

test('two legs of one engine speak SRTP with each other', async (t) => {
  const { media } = await startMedia(t);
  const digits: string[] = [];
  const options = { srtp: 'required' } as const;
  const a = await media.openLeg('a', 'one', {}, options);
  const told = { dtmf: (digit: string) => digits.push(digit) };
  const b = await media.openLeg('b', 'one', told, options);
  a.acceptAnswer(b.answerTo(a.offer()));
  a.sendDtmf('42');
  await until('the digits', () => digits.length === 2);
  assert.deepEqual(digits, ['4', '2']);
  const [statsA, statsB] = await Promise.all([a.stats(), b.stats()]);
  assert.ok(statsA.packetsReceived > 5 && statsB.packetsReceived > 5);
  // What came before the answer was known cannot be read yet.
  assert.ok(statsA.packetsRefused <= 5 && statsB.packetsRefused <= 5);
  // A new exchange keeps the keys, and with them the counters.
  a.acceptAnswer(b.answerTo(a.offer()));
  await until('more sound', async () => {
    return (await b.stats()).packetsReceived > statsB.packetsReceived + 10;
  });
  assert.equal((await b.stats()).packetsRefused, statsB.packetsRefused);
  await until('a report', async () => (await a.stats()).peer, 15_000);
});

test('what is not ours to read is refused: plain, forged, replayed', async (t) => {
  const { media } = await startMedia(t);
  const peer = await Peer.open();
  t.after(() => peer.close());
  const leg = await media.openLeg('a', 'one', {}, { srtp: 'optional' });
  peer.legPort = leg.rtpPort;
  const line = `a=crypto:1 ${SUITE} inline:${peersKey}`;
  const answer = leg.answerTo(peer.sdp('0 101', [line]));
  await obeyed({ leg });
  const legsKey = /inline:(\S{40})/.exec(answer)?.[1] ?? '';
  const sender = new SrtpSender(SUITE, peersKey);
  const packets = [1, 2].map((sequence) => {
    const payload = new Uint8Array(160).fill(0x22);
    const plain = rtpPacket({ payloadType: 0, sequence, timestamp: sequence * 160, payload });
    const packet = Buffer.concat([plain, Buffer.alloc(10)]);
    sender.protect(packet, plain.length);
    return packet;
  });
  const [first = Buffer.alloc(0), second = first] = packets;
  const forged = Buffer.from(second);
  forged[20] = (forged[20] ?? 0) ^ 1;
  peer.send({ payloadType: 0, sequence: 1, timestamp: 0, payload: new Uint8Array(160) });
  for (const packet of [first, first, forged, second, second]) peer.sendRaw(packet);
  await until('all judged', async () => {
    const { packetsReceived, packetsRefused } = await leg.stats();
    return packetsReceived + packetsRefused === 6;
  });
  assert.equal((await leg.stats()).packetsReceived, 2);
  const receiver = new SrtpReceiver(SUITE, legsKey);
  const raw = await until('sound from the leg', () => peer.raw[0]);
  const length = receiver.unprotect(raw);
  assert.equal(length, 172);
  assert.ok(
    raw.subarray(12, length).every((byte) => byte === 0xff),
    'silence in mu-law',
  );
});
