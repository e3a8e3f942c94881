// SRTP against the vectors of RFC 3711 and a packet known from libsrtp's own tests; replays,
// rollovers, forgeries.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rtpPacket } from '../engine/peer.ts';
import { SrtpReceiver, SrtpSender } from '../../../media/srtp/srtp.ts';
import { deriveKey } from '../../../media/srtp/session-keys.ts';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const MASTER = Buffer.from('e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6', 'hex');
const key = MASTER.toString('base64');

function protectedBy(sender: SrtpSender, sequence: number, text = 'hello'): Buffer {
  const payload = Buffer.from(text);
  const plain = rtpPacket({ payloadType: 0, sequence, timestamp: sequence * 160, payload });
  const packet = Buffer.concat([plain, Buffer.alloc(sender.tagBytes)]);
  assert.equal(sender.protect(packet, plain.length), true);
  return packet;
}

function opened(receiver: SrtpReceiver, packet: Buffer): string | null {
  const copy = Buffer.from(packet);
  const length = receiver.unprotect(copy);
  return length < 0 ? null : copy.toString('latin1', 12, length);
}

test('RFC 3711 B.3: session keys out of the master key', () => {
  assert.equal(deriveKey(MASTER, 0, 16).toString('hex'), 'c61e7a93744f39ee10734afe3ff7a087');
  assert.equal(deriveKey(MASTER, 2, 14).toString('hex'), '30cbbc08863d8c85d49db34a9ae1');
  const auth = deriveKey(MASTER, 1, 20).toString('hex');
  assert.equal(auth, 'cebe321f6ff7716b6fd4ab49af256a156d38baa4');
});

test('a known packet is encrypted and opened to the bit', () => {
  const plain = Buffer.from(`800f1234decafbadcafebabe${'ab'.repeat(16)}`, 'hex');
  const packet = Buffer.concat([plain, Buffer.alloc(10)]);
  assert.equal(new SrtpSender(SUITE, key).protect(packet, plain.length), true);
  const expected = '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb';
  assert.equal(packet.toString('hex'), expected);
  assert.equal(new SrtpReceiver(SUITE, key).unprotect(packet), plain.length);
  assert.deepEqual(packet.subarray(0, plain.length), plain);
});

for (const suite of ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const) {
  test(`${suite}: the counter rolls over, order and replay are kept`, () => {
    const sender = new SrtpSender(suite, key);
    const receiver = new SrtpReceiver(suite, key);
    const packets = Array.from({ length: 1_000 }, (_, i) =>
      protectedBy(sender, (65_000 + i) & 0xffff, `n${i}`),
    );
    for (const [i, packet] of packets.entries()) {
      // Every tenth packet is overtaken by its successor.
      const late = i % 10 === 4 ? packets[i + 1] : null;
      if (late) assert.equal(opened(receiver, late), `n${i + 1}`);
      if (i % 10 === 5 && i > 4) assert.equal(opened(receiver, packet), null, 'seen already');
      else assert.equal(opened(receiver, packet), `n${i}`);
    }
    const last = packets.at(-1);
    assert.ok(last);
    assert.equal(opened(receiver, last), null, 'a replay');
    assert.equal(opened(receiver, packets[500] ?? last), null, 'too old');
  });
}

test('a number is never used twice to send: two texts under one keystream betray both', () => {
  const sender = new SrtpSender(SUITE, key);
  protectedBy(sender, 7, 'first');
  const again = rtpPacket({ payloadType: 0, sequence: 7, timestamp: 0, payload: Buffer.from('x') });
  assert.equal(sender.protect(Buffer.concat([again, Buffer.alloc(10)]), again.length), false);
});

test('SRTCP: opened once, not a forgery, not with another key', () => {
  const report = Buffer.from('80c90001cafebabe00112233', 'hex');
  const packet = new SrtpSender(SUITE, key).protectRtcp(report);
  assert.notDeepEqual(packet.subarray(8, 12), report.subarray(8, 12));
  const receiver = new SrtpReceiver(SUITE, key);
  const forged = Buffer.from(packet);
  forged[9] = (forged[9] ?? 0) ^ 1;
  assert.equal(receiver.unprotectRtcp(forged), null);
  assert.deepEqual(receiver.unprotectRtcp(Buffer.from(packet)), report);
  assert.equal(receiver.unprotectRtcp(Buffer.from(packet)), null, 'a replay');
  const other = new SrtpReceiver(SUITE, Buffer.alloc(30).toString('base64'));
  assert.equal(other.unprotectRtcp(Buffer.from(packet)), null);
});

test('property: what is bent in any bit is refused and leaves no trace', () => {
  const sender = new SrtpSender(SUITE, key);
  const packets = [1, 2, 3].map((sequence) => protectedBy(sender, sequence, `n${sequence}`));
  const [first = Buffer.alloc(0), second = first, third = first] = packets;
  fc.assert(
    fc.property(fc.nat(second.length * 8 - 1), fc.nat(second.length), (bit, cut) => {
      const receiver = new SrtpReceiver(SUITE, key);
      assert.equal(opened(receiver, first), 'n1');
      const bent = Buffer.from(second);
      bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(opened(receiver, bent), null);
      if (cut < second.length) assert.equal(opened(receiver, second.subarray(0, cut)), null);
      assert.equal(opened(receiver, second), 'n2');
      assert.equal(opened(receiver, third), 'n3');
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const receiver = new SrtpReceiver(SUITE, key);
      assert.equal(receiver.unprotect(Buffer.from(bytes)), -1);
      assert.equal(receiver.unprotectRtcp(Buffer.from(bytes)), null);
    }),
  );
});
