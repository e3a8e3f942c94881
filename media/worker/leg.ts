// One leg inside its worker: what comes in is checked, counted, passed on and listened to; what
// goes out is the highest layer that speaks: digits, playback, the bridged peer, silence.
import type { RemoteInfo } from 'node:dgram';
import type { CpdOptions, CpdPhase, CpdVerdict, LegStats } from '../types.ts';
import { Hearing } from '../graph/hearing.ts';
import { decode, peakOf } from '../graph/law.ts';
import type { Player } from '../graph/player.ts';
import type { Timeline } from '../graph/timeline.ts';
import { SAMPLE_RATE_HZ } from '../graph/timeline.ts';
import { emptyFields, MAX_DATAGRAM_BYTES, readRtp } from '../rtp/packet.ts';
import type { RtpFields } from '../rtp/packet.ts';
import { ReceiveStats } from '../rtp/receive-stats.ts';
import { EVENT_PAYLOAD_BYTES, EventReceiver, EventSender } from '../rtp/telephone-event.ts';
import type { G711Codec, RemoteMedia } from '../sdp/model.ts';
import { legStats } from './figures.ts';
import { Latch } from './latch.ts';
import type { OneWay } from './protocol.ts';
import { Reporter } from './reporter.ts';
import { FRAME_SAMPLES, Sender } from './sender.ts';
import type { SocketPair } from './sockets.ts';
import { Watch } from './watch.ts';

const TICKS_PER_MS = SAMPLE_RATE_HZ / 1000;
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
  oneWay(legId: string, direction: OneWay): void;
  deadAir(legId: string, quietMs: number): void;
}

export class Leg {
  readonly legId: string;
  readonly rtpPort: number;
  /** The leg whose incoming sound we pass to our peer. */
  bridgedTo: Leg | null = null;
  /** Who listens to our peer, and recordings of what we say to it. */
  readonly hearing: Hearing;
  readonly sendTaps: Timeline[] = [];

  readonly #host: LegHost;
  readonly #sockets: SocketPair;
  readonly #latch = new Latch();
  readonly #sender: Sender;
  readonly #reporter: Reporter;
  readonly #received = new ReceiveStats();
  readonly #eventsOut = new EventSender();
  readonly #eventsIn: EventReceiver;
  readonly #watch: Watch;
  #remote: RemoteMedia | null = null;
  #player: Player | null = null;
  #framesSinceRelay = RELAY_GAP_FRAMES;
  #packetsThisTick = 0;
  #refused = 0;

  constructor(legId: string, rtpPort: number, sockets: SocketPair, host: LegHost) {
    this.legId = legId;
    this.rtpPort = rtpPort;
    this.#host = host;
    this.#sockets = sockets;
    this.#sender = new Sender(sockets.rtp, this.#latch, host.random);
    this.#watch = new Watch({
      rtpSilent: (silentMs) => host.rtpSilent(legId, silentMs),
      oneWay: (direction) => host.oneWay(legId, direction),
      deadAir: (quietMs) => host.deadAir(legId, quietMs),
    });
    this.hearing = new Hearing({ verdict: (verdict) => host.verdict(legId, verdict) });
    this.#reporter = new Reporter(sockets.rtcp, this.#latch, this.#sender, this.#received, {
      random: host.random,
      nowMs: host.nowMs,
      wallMs: host.wallMs,
      reported: (highest) => this.#reported(highest),
    });
    this.#eventsIn = new EventReceiver((digit, ticks) =>
      host.dtmf(legId, digit, Math.round(ticks / TICKS_PER_MS)),
    );
    sockets.rtp.on('message', (datagram, source) => this.#onRtp(datagram, source));
    sockets.rtcp.on('message', (datagram, source) => {
      if (!this.#reporter.receive(datagram, source)) this.#refused += 1;
    });
  }

  /** Offer and answer agreed on something new. */
  setRemote(remote: RemoteMedia): void {
    if (this.#remote?.peerSends !== true) this.#watch.expect(this.#host.nowMs());
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
    this.hearing.detect(phase, this.#host.cpd, this.#position());
  }

  stopDetecting(): void {
    this.hearing.stopDetecting();
  }

  sendDtmf(digits: string): void {
    const known = (this.#remote?.sendTypes.telephoneEvent ?? null) !== null;
    if (known) this.#eventsOut.push(digits);
    else this.#host.dtmfUnsupported(this.legId);
  }

  stats(): LegStats {
    const { delaySamples, concealedSamples } = this.hearing;
    return legStats({
      packetsReceived: this.#received.received,
      packetsSent: this.#sender.packets,
      packetsLost: this.#received.lost,
      packetsRefused: this.#refused,
      jitterMs: this.#received.jitterTicks / TICKS_PER_MS,
      roundTripMs: this.#reporter.roundTripMs,
      bufferDelayMs: delaySamples === null ? null : delaySamples / TICKS_PER_MS,
      concealedMs: Math.round(concealedSamples / TICKS_PER_MS),
      reception: this.#reporter.reception,
      peerMos: this.#reporter.peerMos,
      ticksPerMs: TICKS_PER_MS,
    });
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
    this.hearing.tick(Math.floor(nowMs * TICKS_PER_MS));
    const remote = this.#remote;
    if (remote === null) return;
    this.#reporter.tick(nowMs);
    if (remote.peerSends) this.#watch.tick(nowMs);
    this.#watchQuiet(nowMs);
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

  /** Joined to somebody: from here on quiet is counted. */
  joined(): void {
    this.#watch.joined(this.#host.nowMs());
  }

  #watchQuiet(nowMs: number): void {
    const other = this.bridgedTo;
    if (other === null) return;
    this.#watch.quiet(nowMs, Math.max(this.#watch.loudAtMs, other.#watch.loudAtMs));
  }

  /** Held, we send nothing that could arrive. */
  #reported(extendedHighest: number | null): void {
    if (this.#remote?.peerListens === true) {
      this.#watch.reported(extendedHighest, this.#sender.packets);
    }
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
    if (arrival === 'first') this.#newSource();
    if (payloadType === remote.receiveTypes.telephoneEvent) {
      this.#watch.packet(nowMs, null);
      this.#eventsIn.push(datagram, fields.payloadStart, rtpTimestamp, nowMs);
      this.bridgedTo?.relayEvent(datagram);
      return;
    }
    const codec = payloadType === remote.receiveTypes.PCMU ? 'PCMU' : 'PCMA';
    const peak = peakOf(codec, datagram, fields.payloadStart, fields.payloadEnd);
    this.#watch.packet(nowMs, peak);
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
    this.hearing.reset();
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
    if (!this.hearing.listens) return;
    const count = fields.payloadEnd - fields.payloadStart;
    decode(codec, datagram, fields.payloadStart, fields.payloadEnd, heard);
    const { missing } = this.#received;
    this.hearing.write(heard, count, fields.rtpTimestamp, position, late, missing);
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
