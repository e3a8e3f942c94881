// Whatever the network sends to a leg, encrypted or not: counters move, and nothing else. A call
// that stands is still heard afterwards.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SrtpSender } from '../../../media/srtp/srtp.ts';
import { NO_TYPES } from '../../../media/sdp/model.ts';
import type { RemoteMedia } from '../../../media/sdp/model.ts';
import { fields, Intake } from '../../../media/worker/intake.ts';
import { SrtpReceiver } from '../../../media/srtp/srtp.ts';
import { Latch } from '../../../media/worker/latch.ts';
import { rtpPacket } from '../engine/peer.ts';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const key = Buffer.alloc(30, 5).toString('base64');
const types = { ...NO_TYPES, PCMU: 0, opus: 96, telephoneEvent: 101 };
const remote: RemoteMedia = {
  host: '127.0.0.1',
  rtpPort: 4_000,
  rtcpPort: 4_001,
  rtcpMux: false,
  codec: 'PCMU',
  sendTypes: types,
  receiveTypes: types,
  peerListens: true,
  peerSends: true,
  ptimeMs: 20,
  srtp: null,
};
const source = { address: '127.0.0.1', port: 4_000, family: 'IPv4', size: 0 } as const;
const stranger = { ...source, address: '192.0.2.66', port: 666 };

function openIntake(secured: boolean): Intake {
  const latch = new Latch();
  latch.arm(remote.host, remote.rtpPort, remote.rtcpPort);
  const intake = new Intake(latch, () => undefined);
  intake.setRemote(remote);
  if (secured) intake.protection = new SrtpReceiver(SUITE, key);
  return intake;
}

function goodPacket(sequence: number, sender: SrtpSender | null): Buffer {
  const payload = new Uint8Array(160).fill(0x22);
  const plain = rtpPacket({ payloadType: 0, sequence, timestamp: sequence * 160, payload });
  if (sender === null) return plain;
  const packet = Buffer.concat([plain, Buffer.alloc(10)]);
  sender.protect(packet, plain.length);
  return packet;
}

const garbage = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const almostRtp = fc
  .record({
    first: fc.constantFrom(0x80, 0x90, 0xa0, 0x8f, 0xbf, 0x40),
    second: fc.nat(255),
    rest: fc.uint8Array({ maxLength: 200 }),
  })
  .map(({ first, second, rest }) => Buffer.from([first, second, ...rest]));

test("a stranger's flood takes nothing of what the peer may send", () => {
  const intake = openIntake(false);
  assert.equal(intake.take(goodPacket(1, null), source), true);
  for (let sent = 0; sent < 2_000; sent++) {
    assert.equal(intake.take(goodPacket(sent, null), stranger), false);
  }
  assert.equal(intake.take(goodPacket(2, null), source), true);
  assert.equal(intake.refused, 2_000);
});

for (const secured of [false, true]) {
  test(`property: garbage at a leg ${secured ? 'with' : 'without'} SRTP`, () => {
    const hostile = fc.array(fc.tuple(fc.oneof(garbage, almostRtp), fc.boolean()), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(hostile, (datagrams) => {
        const intake = openIntake(secured);
        const sender = secured ? new SrtpSender(SUITE, key) : null;
        assert.equal(intake.take(goodPacket(1, sender), source), true);
        let taken = 0;
        for (const [datagram, fromPeer] of datagrams) {
          if (!intake.take(datagram, fromPeer ? source : stranger)) continue;
          taken += 1;
          assert.ok(fields.payloadStart <= fields.payloadEnd);
          assert.ok(fields.payloadEnd <= datagram.length);
          assert.ok(fromPeer, 'never from a stranger');
        }
        if (secured) assert.equal(taken, 0);
        assert.equal(intake.refused, datagrams.length - taken);
        assert.equal(intake.take(goodPacket(2, sender), source), true);
        assert.equal(intake.codec, 'PCMU');
        assert.equal(fields.payloadEnd - fields.payloadStart, 160);
      }),
      { numRuns: 200 },
    );
  });
}
