// The RTP header (RFC 3550 s.5.1) against rtp.js, and garbage.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RtpPacket } from 'rtp.js/packets';
import {
  emptyFields,
  readRtp,
  sequenceDistance,
  timestampDistance,
  writeRtpHeader,
} from '../../../media/rtp/packet.ts';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

test('property: what we write, rtp.js and we read alike', () => {
  const cases = fc.tuple(fc.integer({ min: 0, max: 127 }), fc.boolean(), u16, u32, u32);
  fc.assert(
    fc.property(cases, ([payloadType, marker, sequence, timestamp, ssrc]) => {
      const packet = Buffer.alloc(20, 7);
      writeRtpHeader(packet, payloadType, marker, sequence, timestamp, ssrc);
      const other = new RtpPacket(new DataView(packet.buffer, packet.byteOffset, packet.length));
      assert.equal(other.getPayloadType(), payloadType);
      assert.equal(other.getMarker(), marker);
      assert.equal(other.getSequenceNumber(), sequence);
      assert.equal(other.getTimestamp(), timestamp);
      assert.equal(other.getSsrc(), ssrc);
      const fields = emptyFields();
      assert.equal(readRtp(packet, fields), true);
      assert.deepEqual(fields, {
        marker,
        payloadType,
        sequenceNumber: sequence,
        rtpTimestamp: timestamp,
        ssrc,
        payloadStart: 12,
        payloadEnd: 20,
      });
    }),
  );
});

test('App. A.1: lengths that contradict the header are refused', () => {
  const fields = emptyFields();
  const packet = (first: number, length: number, last = 0): Buffer => {
    const bytes = Buffer.alloc(length);
    bytes[0] = first;
    bytes[length - 1] = last;
    return bytes;
  };
  assert.equal(readRtp(packet(0x80, 11), fields), false, 'short');
  assert.equal(readRtp(packet(0x80, 1501), fields), false, 'long');
  assert.equal(readRtp(packet(0x40, 20), fields), false, 'version 1');
  assert.equal(readRtp(packet(0x83, 20), fields), false, 'three CSRCs in 8 bytes');
  assert.equal(readRtp(packet(0x90, 14), fields), false, 'extension header cut off');
  assert.equal(readRtp(packet(0xa0, 20, 9), fields), false, 'more padding than payload');
  assert.equal(readRtp(packet(0xa0, 20, 0), fields), false, 'padding of none');
  assert.equal(readRtp(packet(0xa1, 24, 3), fields), true);
  assert.deepEqual([fields.payloadStart, fields.payloadEnd], [16, 21]);
});

test('property: any bytes are read inside their bounds or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const fields = emptyFields();
      if (!readRtp(Buffer.from(bytes), fields)) return;
      assert.ok(fields.payloadStart >= 12 && fields.payloadStart <= fields.payloadEnd);
      assert.ok(fields.payloadEnd <= bytes.length);
    }),
    { numRuns: 2_000 },
  );
});

test('RFC 1982: distances go around the corner', () => {
  assert.equal(sequenceDistance(2, 65_535), 3);
  assert.equal(sequenceDistance(65_535, 2), -3);
  assert.equal(timestampDistance(100, 0xffff_ffff), 101);
  assert.equal(timestampDistance(0xffff_ffff, 100), -101);
});
