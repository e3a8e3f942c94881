// Symmetric RTP: the SDP's address, then the first valid source, then nobody else.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Latch } from '../../../media/worker/latch.ts';

function target(latch: Latch): readonly unknown[] {
  return [latch.host, latch.rtpPort, latch.rtcpPort];
}

test('latched once, strangers are refused until a new SDP', () => {
  const latch = new Latch();
  latch.arm('10.0.0.1', 5_000, 5_005);
  assert.deepEqual(target(latch), ['10.0.0.1', 5_000, 5_005]);
  assert.equal(latch.accept('192.0.2.9', 7_000), true);
  assert.deepEqual(target(latch), ['192.0.2.9', 7_000, 7_001]);
  assert.equal(latch.accept('192.0.2.9', 7_002), false, 'same host, other port');
  assert.equal(latch.accept('10.0.0.1', 5_000), false, "not even the SDP's address");
  latch.arm('10.0.0.1', 5_000, 5_005);
  assert.deepEqual(target(latch), ['192.0.2.9', 7_000, 7_001], 'same address: stay with the NAT');
  assert.equal(latch.accept('192.0.2.9', 9_000), true);
  latch.arm('10.0.0.2', 5_000, 5_005);
  assert.deepEqual(target(latch), ['10.0.0.2', 5_000, 5_005]);
});

test('RTCP may come from any port of the latched host only', () => {
  const latch = new Latch();
  latch.arm('10.0.0.1', 5_000, 5_005);
  latch.accept('10.0.0.1', 5_000);
  assert.deepEqual(target(latch), ['10.0.0.1', 5_000, 5_005], "the SDP's RTCP port stays");
  assert.equal(latch.acceptRtcp('10.0.0.2', 5_005), false);
  assert.equal(latch.acceptRtcp('10.0.0.1', 6_001), true);
  assert.equal(latch.rtcpPort, 6_001);
});
