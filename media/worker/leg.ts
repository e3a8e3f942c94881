// One leg inside its worker: what comes in is checked, counted, passed on and listened to; what
// goes out is the highest layer that speaks: digits, playback, the bridged peer, silence.
import type { RemoteInfo } from 'node:dgram';
import type { CpdOptions, CpdPhase, CpdVerdict, LegStats } from '../types.ts';
import { Detector } from '../graph/detector.ts';
import { decode } from '../graph/law.ts';
import type { Player } from '../graph/player.ts';
import type { Timeline } from '../graph/timeline.ts';
import { SAMPLE_RATE_HZ } from '../graph/timeline.ts';
import { emptyFields, MAX_DATAGRAM_BYTES, readRtp } from '../rtp/packet.ts';
import type { RtpFields } from '../rtp/packet.ts';
import { ReceiveStats } from '../rtp/receive-stats.ts';
import { EVENT_PAYLOAD_BYTES, EventReceiver, EventSender } from '../rtp/telephone-event.ts';
import type { G711Codec, RemoteMedia } from '../sdp/model.ts';
import { Latch } from './latch.ts';
import { Reporter } from './reporter.ts';
import { FRAME_SAMPLES, Sender } from './sender.ts';
import type { SocketPair } from './sockets.ts';

const TICKS_PER_MS = SAMPLE_RATE_HZ / 1000;
/** A peer that means to send and does not for so long is told about, once per gap. */
const RTP_SILENT_MS = 10_000;
/** A bridged leg with nothing to pass on for 100 ms sends silence instead, for NATs and peers. */
const RELAY_GAP_FRAMES = 5;
/** More packets than this between two ticks are a flood (a stalled thread may find 5 s of them). */
const MAX_PACKETS_PER_TICK = 256;
const SILENCE = new Int16Array(FRAME_SAMPLES);

/** Scratch shared by all legs of the thread: nothing here outlives a call. */
const fields: RtpFields = emptyFields();
const frame = new Int16Array(FRAME_SAMPLES);
const heard = new Int16Array(MAX_DATAGRAM_BYTES);

/** What a leg tells, and what it needs of its worker. */
export interface LegHost {
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  readonly cpd: CpdOptions;
  verdict(legId: string, verdict: CpdVerdict): void;
  playEnded(legId: string, playId: number): void;
  dtmf(legId: string, digit: string, durationMs: number): void;
  dtmfUnsupported(legId: string): void;
  latched(legId: string, host: string, port: number): void;
  rtpSilent(legId: string, silentMs: number): void;
}

export class Leg {
  readonly legId: string;
  readonly rtpPort: number;
  /** The leg whose incoming sound we pass to our peer. */
  bridgedTo: Leg | null = null;
  /** What our peer says, and what we say to it, goes here too. */
  readonly receiveTaps: Timeline[] = [];
  readonly sendTaps: Timeline[] = [];

  readonly #host: LegHost;
  readonly #sockets: SocketPair;
  readonly #latch = new Latch();
  readonly #sender: Sender;
  readonly #reporter: Reporter;
  readonly #received = new ReceiveStats();
  readonly #eventsOut = new EventSender();
  readonly #eventsIn: EventReceiver;
  readonly #tellVerdict: (verdict: CpdVerdict) => void;
  #remote: RemoteMedia | null = null;
  #player: Player | null = null;
  #detector: Detector | null = null;
  #framesSinceRelay = RELAY_GAP_FRAMES;
  #packetsThisTick = 0;
  #refused = 0;
  #lastRtpMs = 0;
  #silenceTold = false;

  constructor(legId: string, rtpPort: number, sockets: SocketPair, host: LegHost) {
    this.legId = legId;
    this.rtpPort = rtpPort;
    this.#host = host;
    this.#sockets = sockets;
    this.#sender = new Sender(sockets.rtp, this.#latch, host.random);
    this.#reporter = new Reporter(sockets.rtcp, this.#latch, this.#sender, this.#received, host);
    this.#eventsIn = new EventReceiver((digit, ticks) =>
      host.dtmf(legId, digit, Math.round(ticks / TICKS_PER_MS)),
    );
    this.#tellVerdict = (verdict) => host.verdict(legId, verdict);
    sockets.rtp.on('message', (datagram, source) => this.#onRtp(datagram, source));
    sockets.rtcp.on('message', (datagram, source) => {
      if (!this.#reporter.receive(datagram, source)) this.#refused += 1;
    });
  }

  /** Offer and answer agreed on something new. */
  setRemote(remote: RemoteMedia): void {
    if (this.#remote?.peerSends !== true) {
      this.#lastRtpMs = this.#host.nowMs();
      this.#silenceTold = false;
    }
    if (this.#remote === null) this.#reporter.start();
    this.#remote = remote;
    if (remote.sendTypes.telephoneEvent === null) this.#eventsOut.clear();
    if (remote.host !== '0.0.0.0' && remote.host !== '::') {
      this.#latch.arm(remote.host, remote.rtpPort, remote.rtcpPort);
    }
  }

  play(player: Player | null): void {
    this.#player = player;
  }

  detect(phase: CpdPhase): void {
    this.#detector = new Detector(phase, this.#host.cpd, this.#position());
  }

  stopDetecting(): void {
    this.#detector = null;
  }

  sendDtmf(digits: string): void {
    const known = (this.#remote?.sendTypes.telephoneEvent ?? null) !== null;
    if (known) this.#eventsOut.push(digits);
    else this.#host.dtmfUnsupported(this.legId);
  }

  stats(): LegStats {
    return {
      packetsReceived: this.#received.received,
      packetsSent: this.#sender.packets,
      packetsLost: this.#received.lost,
      packetsRefused: this.#refused,
      jitterMs: this.#received.jitterTicks / TICKS_PER_MS,
      roundTripMs: this.#reporter.roundTripMs,
    };
  }

  /** Says goodbye and closes the sockets; resolves when both are closed. */
  async close(): Promise<void> {
    if (this.#remote !== null) this.#reporter.send(true);
    await this.#sockets.close();
  }

  /** One tick of 20 ms. `skipped` ticks before it were left out. */
  tick(nowMs: number, skipped: number): void {
    this.#packetsThisTick = 0;
    this.#framesSinceRelay += 1;
    this.#sender.advance(1 + skipped, skipped > 0);
    this.#eventsIn.tick(nowMs);
    this.#detector?.tick(Math.floor(nowMs * TICKS_PER_MS), this.#tellVerdict);
    const remote = this.#remote;
    if (remote === null) return;
    this.#reporter.tick(nowMs);
    this.#watchSilence(remote, nowMs);
    this.#speak(remote);
  }

  #speak(remote: RemoteMedia): void {
    const eventType = remote.sendTypes.telephoneEvent;
    if (this.#eventsOut.busy && eventType !== null && remote.peerListens) {
      this.#sender.sendEvent(this.#eventsOut, eventType);
      return;
    }
    const sound = this.#nextFrame();
    const payloadType = remote.sendTypes[remote.codec];
    if (sound === null || payloadType === null || !remote.peerListens) return;
    const rtpTimestamp = this.#sender.sendFrame(sound, remote.codec, payloadType);
    this.#tapSent(sound, FRAME_SAMPLES, rtpTimestamp);
  }

  /** Playback, else silence unless the bridged leg fills our stream; null is nothing to send. */
  #nextFrame(): Int16Array | null {
    const player = this.#player;
    if (player !== null) {
      if (player.read(frame) > 0) return frame;
      this.#player = null;
      this.#host.playEnded(this.legId, player.playId);
    }
    const relayed = this.bridgedTo !== null && this.#framesSinceRelay < RELAY_GAP_FRAMES;
    return relayed ? null : SILENCE;
  }

  #watchSilence(remote: RemoteMedia, nowMs: number): void {
    const silentMs = nowMs - this.#lastRtpMs;
    if (!remote.peerSends || this.#silenceTold || silentMs < RTP_SILENT_MS) return;
    this.#silenceTold = true;
    this.#host.rtpSilent(this.legId, Math.round(silentMs));
  }

  #onRtp(datagram: Buffer, source: RemoteInfo): void {
    const remote = this.#remote;
    if (remote === null || !this.#valid(datagram, remote, source)) {
      this.#refused += 1;
      return;
    }
    const nowMs = this.#host.nowMs();
    const { ssrc, sequenceNumber, rtpTimestamp, payloadType } = fields;
    const ticks = Math.floor(nowMs * TICKS_PER_MS);
    const arrival = this.#received.update(ssrc, sequenceNumber, rtpTimestamp, ticks);
    this.#lastRtpMs = nowMs;
    this.#silenceTold = false;
    if (arrival === 'first') this.#newSource();
    if (payloadType === remote.receiveTypes.telephoneEvent) {
      this.#eventsIn.push(datagram, fields.payloadStart, rtpTimestamp, nowMs);
      this.bridgedTo?.relayEvent(datagram);
      return;
    }
    const codec = payloadType === remote.receiveTypes.PCMU ? 'PCMU' : 'PCMA';
    this.bridgedTo?.relayAudio(datagram, codec);
    this.#tapReceived(datagram, codec, ticks, arrival === 'late' || arrival === 'jumped');
  }

  /** Reads `fields`; false for what is not this leg's. The first valid packet latches. */
  #valid(datagram: Buffer, remote: RemoteMedia, source: RemoteInfo): boolean {
    // Source port zero is legal in UDP, but nobody can be answered there.
    if (source.port === 0 || !readRtp(datagram, fields)) return false;
    const types = remote.receiveTypes;
    const { payloadType } = fields;
    const isEvent = payloadType === types.telephoneEvent;
    if (!isEvent && payloadType !== types.PCMU && payloadType !== types.PCMA) return false;
    const bytes = fields.payloadEnd - fields.payloadStart;
    if (bytes < (isEvent ? EVENT_PAYLOAD_BYTES : 1)) return false;
    if (++this.#packetsThisTick > MAX_PACKETS_PER_TICK) return false;
    const wasLatched = this.#latch.latched;
    if (!this.#latch.accept(source.address, source.port)) return false;
    if (!wasLatched) this.#host.latched(this.legId, source.address, source.port);
    return true;
  }

  #newSource(): void {
    this.#eventsIn.reset();
    this.#detector?.timeline.reset();
    for (const tap of this.receiveTaps) tap.reset();
  }

  /** Called by the bridged leg while `fields` describe its packet. */
  relayAudio(datagram: Buffer, codec: G711Codec): void {
    const remote = this.#remote;
    if (remote === null || !this.#mayRelay(remote)) return;
    const payloadType = remote.sendTypes[remote.codec];
    if (payloadType === null) return;
    this.#framesSinceRelay = 0;
    const from = codec === remote.codec ? null : codec;
    const rtpTimestamp = this.#sender.relay(datagram, fields, payloadType, from);
    if (rtpTimestamp === null || this.sendTaps.length === 0) return;
    decode(codec, datagram, fields.payloadStart, fields.payloadEnd, heard);
    this.#tapSent(heard, fields.payloadEnd - fields.payloadStart, rtpTimestamp);
  }

  /** The same for a telephone event; a peer that knows none is spared them. */
  relayEvent(datagram: Buffer): void {
    const remote = this.#remote;
    const payloadType = remote?.sendTypes.telephoneEvent ?? null;
    if (remote === null || payloadType === null || !this.#mayRelay(remote)) return;
    this.#framesSinceRelay = 0;
    this.#sender.relay(datagram, fields, payloadType, null);
  }

  #mayRelay(remote: RemoteMedia): boolean {
    return remote.peerListens && this.#player === null && !this.#eventsOut.busy;
  }

  #tapReceived(datagram: Buffer, codec: G711Codec, position: number, late: boolean): void {
    if (this.#detector === null && this.receiveTaps.length === 0) return;
    const count = fields.payloadEnd - fields.payloadStart;
    decode(codec, datagram, fields.payloadStart, fields.payloadEnd, heard);
    this.#detector?.timeline.write(heard, count, fields.rtpTimestamp, position, late);
    for (const tap of this.receiveTaps) {
      tap.write(heard, count, fields.rtpTimestamp, position, late);
    }
  }

  #tapSent(samples: Int16Array, count: number, rtpTimestamp: number): void {
    if (this.sendTaps.length === 0) return;
    const position = this.#position();
    for (const tap of this.sendTaps) tap.write(samples, count, rtpTimestamp, position, false);
  }

  #position(): number {
    return Math.floor(this.#host.nowMs() * TICKS_PER_MS);
  }
}
