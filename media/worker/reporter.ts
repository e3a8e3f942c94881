// RTCP of one leg: reports every five seconds or so, the peer's reports, the goodbye.
// RFC 3550 s.6; RFC 5761 (one port for both).
import type { ReceiveStats } from '../rtp/receive-stats.ts';
import { buildReport, nextReportDelayMs, readReport } from '../rtp/rtcp.ts';
import type { LastSenderReport, ReceptionNews } from '../rtp/rtcp.ts';
import type { Latch } from './latch.ts';
import type { Sender } from './sender.ts';
import type { SrtpReceiver } from '../srtp/srtp.ts';
import type { SocketPair, Source } from '../transport/types.ts';

export interface ReporterHost {
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  /** The peer reported: the highest sequence number it had of us, null when it mentions none. */
  readonly reported: (extendedHighest: number | null) => void;
}

export class Reporter {
  /** Latest measured round trip; null before the first. */
  roundTripMs: number | null = null;
  /** The peer's latest report about our stream, and its own score of it. */
  reception: ReceptionNews | null = null;
  peerMos: number | null = null;
  /** RTCP shares the RTP port (RFC 5761). */
  muxed = false;
  /** Decrypts the peer's reports; ours go the way of what we send. */
  protection: SrtpReceiver | null = null;
  readonly #sockets: SocketPair;
  readonly #target: Latch;
  readonly #sender: Sender;
  readonly #received: ReceiveStats;
  readonly #host: ReporterHost;
  /** Persistent for the leg, tells nothing about us (RFC 7022 s.4.2). */
  readonly #cname: string;
  #nextAtMs = 0;
  #packetsReported = 0;
  #lastSenderReport: LastSenderReport | null = null;

  constructor(
    sockets: SocketPair,
    target: Latch,
    sender: Sender,
    received: ReceiveStats,
    host: ReporterHost,
  ) {
    this.#sockets = sockets;
    this.#target = target;
    this.#sender = sender;
    this.#received = received;
    this.#host = host;
    this.#cname = Math.floor(host.random() * 2 ** 48).toString(36);
  }

  /** There is someone to report to: the first report comes after half the interval (s.6.2). */
  start(): void {
    this.#nextAtMs = this.#host.nowMs() + nextReportDelayMs(this.#host.random()) / 2;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#nextAtMs) return;
    this.#nextAtMs = nowMs + nextReportDelayMs(this.#host.random());
    this.send(false);
  }

  /** Sends a report, the last one with a goodbye. Held from the start, a leg has no target. */
  send(bye: boolean): void {
    if (this.#target.host === '') return;
    const { ssrc, packets, octets, clockTicks } = this.#sender;
    const active = packets > this.#packetsReported;
    this.#packetsReported = packets;
    const report = buildReport(
      { ssrc, packets, octets, rtpTimestamp: clockTicks, active },
      this.#received,
      this.#lastSenderReport,
      this.#cname,
      bye,
      this.#host.wallMs(),
    );
    const packet = this.#sender.protection?.protectRtcp(report) ?? report;
    const { rtp, rtcp } = this.#sockets;
    const { host, rtpPort, rtcpPort } = this.#target;
    if (this.muxed) rtp.send(packet, rtpPort, host);
    else rtcp.send(packet, rtcpPort, host);
  }

  /** Takes a datagram of the RTCP port, or of the RTP port; false when it is not our peer's. */
  receive(datagram: Buffer, source: Source): boolean {
    if (source.port === 0) return false;
    const { protection } = this;
    const report = protection === null ? datagram : protection.unprotectRtcp(datagram);
    if (report === null) return false;
    const news = readReport(report, this.#sender.ssrc, this.#host.wallMs());
    if (news === null || !this.#accepts(source)) return false;
    this.#lastSenderReport = news.senderReport ?? this.#lastSenderReport;
    this.roundTripMs = news.roundTripMs ?? this.roundTripMs;
    this.reception = news.reception ?? this.reception;
    this.peerMos = news.mos ?? this.peerMos;
    if (news.isReport) this.#host.reported(news.reception?.extendedHighest ?? null);
    return true;
  }

  /** On one port RTCP comes from where RTP comes from, and does not move it. */
  #accepts({ address, port }: Source): boolean {
    const target = this.#target;
    if (this.muxed) return address === target.host && port === target.rtpPort;
    return target.acceptRtcp(address, port);
  }
}
