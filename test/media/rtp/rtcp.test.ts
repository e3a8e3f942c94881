// RTCP (RFC 3550 s.6) between two of us, and garbage.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReceiveStats } from '../../../media/rtp/receive-stats.ts';
import { buildReport, nextReportDelayMs, readReport } from '../../../media/rtp/rtcp.ts';

const sent = { ssrc: 7, packets: 10, octets: 1_600, rtpTimestamp: 99, active: true };

test('s.6.4.1: the round trip comes out of the delay the peer tells', () => {
  const t0 = Date.UTC(2026, 0, 5, 9);
  const report = buildReport(sent, new ReceiveStats(), null, 'a', false, t0);
  const atPeer = readReport(report, 8, t0 + 5_000);
  const lastReport = atPeer?.senderReport ?? null;
  assert.ok(lastReport !== null);
  const received = new ReceiveStats();
  received.update(7, 1, 0, 0);
  const reply = buildReport({ ...sent, ssrc: 8 }, received, lastReport, 'b', false, t0 + 6_000);
  const roundTripMs = readReport(reply, 7, t0 + 1_080)?.roundTripMs ?? -1;
  assert.ok(Math.abs(roundTripMs - 80) < 1, `${roundTripMs} ms`);
});

test('s.6.2: reports come at about five seconds, never together', () => {
  assert.ok(nextReportDelayMs(0) > 2_000 && nextReportDelayMs(0) < 2_100);
  assert.ok(nextReportDelayMs(0.999) > 6_000 && nextReportDelayMs(0.999) < 6_200);
});

test('property: garbage is no report, and no crash', () => {
  const good = buildReport(sent, new ReceiveStats(), null, 'name', true, 0);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      readReport(Buffer.from(bytes), 7, 0);
    }),
  );
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
      const bent = Buffer.from(good);
      bent[at] = byte;
      readReport(bent.subarray(0, length), 7, 0);
    }),
    { numRuns: 1_000 },
  );
  assert.equal(readReport(Buffer.alloc(40), 7, 0), null);
});
