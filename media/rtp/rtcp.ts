// RTCP compound packets: our reports out, the peer's reports in. PURE; every few seconds, so the
// convenience of rtp.js is worth its objects. RFC 3550 s.6.3 (interval), s.6.4, s.6.5, s.6.6;
// RFC 3611 s.4.7 (VoIP metrics).
import {
  ByePacket,
  CompoundPacket,
  ReceiverReportPacket,
  ReceptionReport,
  SdesChunk,
  SdesPacket,
  SenderReportPacket,
  VmExtendedReport,
  XrPacket,
} from 'rtp.js/packets';
import type { ReceiveStats } from './receive-stats.ts';

/** Mean time between reports (s.6.2: the minimum of five seconds). */
const INTERVAL_MS = 5_000;
/** e - 3/2: makes up for what timer reconsideration takes away (s.6.3.1). */
const COMPENSATION = Math.E - 1.5;
/** Seconds from 1900 (NTP) to 1970 (Unix). */
const NTP_UNIX_OFFSET_S = 2_208_988_800;
const SDES_CNAME = 1;
const MAX_RTCP_BYTES = 1500;

/** What we sent, for a sender report. */
export interface SentSummary {
  readonly ssrc: number;
  readonly packets: number;
  readonly octets: number;
  /** Our media clock now, ticks. */
  readonly rtpTimestamp: number;
  /** Whether anything was sent since the last report: a sender's report, not a receiver's. */
  readonly active: boolean;
}

/** The peer's last sender report: the middle 32 bits of its NTP time, and when it came. */
export interface LastSenderReport {
  readonly ntpMiddle: number;
  readonly atMs: number;
}

/** What the peer says of the stream we send (RFC 3550 s.6.4.1). */
export interface ReceptionNews {
  /** Packets that never came, since the beginning; 24 bits signed. */
  readonly totalLost: number;
  /** Sequence number of the latest packet it had, with cycles: it grows while we are received. */
  readonly extendedHighest: number;
  /** Units of the media clock. */
  readonly jitterTicks: number;
}

/** What a compound packet from the peer told. */
export interface RtcpNews {
  readonly senderReport: LastSenderReport | null;
  readonly roundTripMs: number | null;
  /** Whether it was a report at all, and what it says of us: null when we are not mentioned. */
  readonly isReport: boolean;
  readonly reception: ReceptionNews | null;
  /** Its own score of the conversation, 1 to 5 (RFC 3611 s.4.7.5); null when it tells none. */
  readonly mos: number | null;
}

/** Time to the next report: 0.5 to 1.5 of the interval, by a number in [0, 1) (s.6.3.1). */
export function nextReportDelayMs(random: number): number {
  return (INTERVAL_MS * (0.5 + random)) / COMPENSATION;
}

/** Wall time as NTP seconds and fraction of 2^32. */
function ntpTime(wallMs: number): { seconds: number; fraction: number } {
  const seconds = Math.floor(wallMs / 1000);
  const fraction = Math.floor(((wallMs - seconds * 1000) / 1000) * 2 ** 32);
  return { seconds: (seconds + NTP_UNIX_OFFSET_S) >>> 0, fraction };
}

/** The middle 32 bits of the NTP time, units of 1/65536 s. */
function ntpMiddle(wallMs: number): number {
  const { seconds, fraction } = ntpTime(wallMs);
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}

/**
 * A compound packet of ours: SR when we sent since the last one, else RR; one report
 * block when we received anything; SDES with the CNAME; BYE when the leg ends.
 * @param wallMs wall time now, Unix milliseconds
 */
export function buildReport(
  sent: SentSummary,
  received: ReceiveStats,
  lastSenderReport: LastSenderReport | null,
  cname: string,
  bye: boolean,
  wallMs: number,
): Buffer {
  const compound = new CompoundPacket();
  const report = sent.active ? senderReport(sent, wallMs) : new ReceiverReportPacket();
  report.setSsrc(sent.ssrc);
  if (received.started) report.addReport(block(received, lastSenderReport, wallMs));
  compound.addPacket(report);
  const chunk = new SdesChunk();
  chunk.setSsrc(sent.ssrc);
  chunk.addItem(SDES_CNAME, cname);
  const sdes = new SdesPacket();
  sdes.addChunk(chunk);
  compound.addPacket(sdes);
  if (bye) {
    const last = new ByePacket();
    last.addSsrc(sent.ssrc);
    compound.addPacket(last);
  }
  compound.serialize();
  const view = compound.getView();
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

function senderReport(sent: SentSummary, wallMs: number): SenderReportPacket {
  const report = new SenderReportPacket();
  const { seconds, fraction } = ntpTime(wallMs);
  report.setNtpSeconds(seconds);
  report.setNtpFraction(fraction);
  report.setRtpTimestamp(sent.rtpTimestamp);
  report.setPacketCount(sent.packets >>> 0);
  report.setOctetCount(sent.octets >>> 0);
  return report;
}

function block(
  received: ReceiveStats,
  last: LastSenderReport | null,
  wallMs: number,
): ReceptionReport {
  const report = new ReceptionReport();
  report.setSsrc(received.ssrc);
  report.setFractionLost(received.takeFractionLost());
  report.setTotalLost(Math.min(received.lost, 0x7fffff));
  report.setHighestSeqNumber(received.extendedHighest);
  report.setJitter(Math.round(received.jitterTicks) >>> 0);
  report.setLastSRTimestamp(last?.ntpMiddle ?? 0);
  const delayMs = last === null ? 0 : Math.max(0, wallMs - last.atMs);
  report.setDelaySinceLastSR(Math.round((delayMs / 1000) * 65_536) >>> 0);
  return report;
}

const NO_NEWS: RtcpNews = {
  senderReport: null,
  roundTripMs: null,
  isReport: false,
  reception: null,
  mos: null,
};

/**
 * Reads a compound packet from the network; null when it is none. Never throws.
 * @param ownSsrc whose report blocks tell our round trip (s.6.4.1: A - LSR - DLSR)
 */
export function readReport(datagram: Buffer, ownSsrc: number, wallMs: number): RtcpNews | null {
  if (datagram.length < 8 || datagram.length > MAX_RTCP_BYTES) return null;
  try {
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    let news = NO_NEWS;
    for (const packet of new CompoundPacket(view).getPackets()) {
      if (packet instanceof SenderReportPacket) {
        const seconds = packet.getNtpSeconds() & 0xffff;
        const middle = ((seconds << 16) | (packet.getNtpFraction() >>> 16)) >>> 0;
        news = { ...news, senderReport: { ntpMiddle: middle, atMs: wallMs } };
      }
      if (packet instanceof SenderReportPacket || packet instanceof ReceiverReportPacket) {
        news = { ...news, isReport: true };
        const block = packet.getReports().find((report) => report.getSsrc() === ownSsrc);
        if (block !== undefined) news = withBlock(news, block, wallMs);
      }
      if (packet instanceof XrPacket) news = { ...news, mos: ownScore(packet, ownSsrc) };
    }
    return news;
  } catch {
    return null;
  }
}

function withBlock(news: RtcpNews, block: ReceptionReport, wallMs: number): RtcpNews {
  const reception = {
    totalLost: block.getTotalLost(),
    extendedHighest: block.getHighestSeqNumber(),
    jitterTicks: block.getJitter(),
  };
  return { ...news, reception, roundTripMs: roundTrip(block, wallMs) };
}

function roundTrip(block: ReceptionReport, wallMs: number): number | null {
  const lsr = block.getLastSRTimestamp();
  if (lsr === 0) return null;
  const units = (ntpMiddle(wallMs) - lsr - block.getDelaySinceLastSR()) | 0;
  // Clocks stepped in between, or a liar: no round trip is negative or lasts a minute.
  return units >= 0 && units < 60 * 65_536 ? (units / 65_536) * 1000 : null;
}

/** MOS-CQ of a VoIP metrics block about us; it is in tenths, 127 means unknown. */
function ownScore(packet: XrPacket, ownSsrc: number): number | null {
  for (const report of packet.getReports()) {
    if (!(report instanceof VmExtendedReport) || report.getSsrc() !== ownSsrc) continue;
    const tenths = report.getMosCQ();
    if (tenths >= 10 && tenths <= 50) return tenths / 10;
  }
  return null;
}
