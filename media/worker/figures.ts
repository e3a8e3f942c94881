// A leg's figures as its owner gets them: counters, and what they sound like. PURE.
import { meanOpinionScore, ratingFactor } from '../rtp/quality.ts';
import type { ReceptionNews } from '../rtp/rtcp.ts';
import type { LegStats, PeerReport } from '../types.ts';

/** One packet's sound; it is on its way only when its last sample is spoken. */
const PACKET_MS = 20;

/** What was counted. */
export interface LegCounts {
  readonly packetsReceived: number;
  readonly packetsSent: number;
  readonly packetsLost: number;
  readonly packetsRefused: number;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
  /** Null while nothing is decoded here. */
  readonly bufferDelayMs: number | null;
  readonly concealedMs: number;
  /** The peer's latest report about our stream. */
  readonly reception: ReceptionNews | null;
  /** The peer's own score. */
  readonly peerMos: number | null;
  readonly ticksPerMs: number;
}

function share(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole));
}

/** Without a buffer of ours the peer's is assumed: as long as twice the jitter, at least 40 ms. */
function assumedBufferMs(jitterMs: number): number {
  return Math.max(40, 2 * jitterMs);
}

function score(lossRatio: number, roundTripMs: number | null, bufferMs: number): number {
  const oneWayDelayMs = (roundTripMs ?? 0) / 2 + bufferMs + PACKET_MS;
  return Math.round(meanOpinionScore(ratingFactor({ lossRatio, oneWayDelayMs })) * 100) / 100;
}

export function legStats(counts: LegCounts): LegStats {
  const { packetsReceived, packetsSent, packetsLost, packetsRefused } = counts;
  const { jitterMs, roundTripMs, bufferDelayMs, concealedMs } = counts;
  const lossRatio = share(packetsLost, packetsLost + packetsReceived);
  const buffer = bufferDelayMs ?? assumedBufferMs(jitterMs);
  return {
    packetsReceived,
    packetsSent,
    packetsLost,
    packetsRefused,
    jitterMs,
    roundTripMs,
    lossPercent: lossRatio * 100,
    bufferDelayMs: bufferDelayMs ?? 0,
    concealedMs,
    mos: packetsReceived === 0 ? null : score(lossRatio, roundTripMs, buffer),
    peer: peerReport(counts),
  };
}

function peerReport(counts: LegCounts): PeerReport | null {
  const { reception, packetsSent, roundTripMs, peerMos, ticksPerMs } = counts;
  if (reception === null) return null;
  const lossRatio = share(reception.totalLost, packetsSent);
  const jitterMs = reception.jitterTicks / ticksPerMs;
  const mos = peerMos ?? score(lossRatio, roundTripMs, assumedBufferMs(jitterMs));
  return { lossPercent: lossRatio * 100, jitterMs, mos };
}
