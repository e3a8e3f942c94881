// One leg inside its worker: what comes in is checked, counted, passed on and listened to; what
// goes out is the highest layer that speaks: digits, playback, the legs it hears, silence.
//
// A leg that hears exactly one other, in a codec that can be passed on, relays its packets as they
// come. Otherwise it mixes: every tick it takes one decoded frame of each leg it hears.
import { createDecoder } from '../graph/coder.ts';
import type { Decoder } from '../graph/coder.ts';
import { DigitTones } from '../graph/digit-tones.ts';
import { Hearing } from '../graph/hearing.ts';
import { peakOf } from '../graph/law.ts';
import { addInto, mixInto } from '../graph/mix.ts';
import type { Player } from '../graph/player.ts';
import { SentTaps } from '../graph/sent-taps.ts';
import { SAMPLE_RATE_HZ } from '../graph/timeline.ts';
import { isRtcp, MAX_DATAGRAM_BYTES } from '../rtp/packet.ts';
import { ReceiveStats } from '../rtp/receive-stats.ts';
import { EventReceiver, EventSender } from '../rtp/telephone-event.ts';
import { TickScale } from '../rtp/tick-scale.ts';
import { CLOCK_HZ, eventTypeOf, isG711 } from '../sdp/model.ts';
import type { AudioCodec, RemoteMedia, SrtpKeys } from '../sdp/model.ts';
import { SrtpReceiver, SrtpSender } from '../srtp/srtp.ts';
import type { SocketPair, Source } from '../transport/types.ts';
import type { CpdPhase, LegStats } from '../types.ts';
import { legStats } from './figures.ts';
import { fields, Intake } from './intake.ts';
import { Latch } from './latch.ts';
import type { LegHost } from './leg-host.ts';
import { Overlay } from './overlay.ts';
import { Reporter } from './reporter.ts';
import { FRAME_SAMPLES, Sender } from './sender.ts';
import { Watch } from './watch.ts';

const TICKS_PER_MS = SAMPLE_RATE_HZ / 1000;
/**
 * A leg with nothing to pass on for 240 ms sends silence instead, for NATs and peers. Sooner, late
 * packets would find it in their place, and be later still.
 */
const RELAY_GAP_FRAMES = 12;
const SILENCE = new Int16Array(FRAME_SAMPLES);

/** Scratch of the thread: nothing here outlives a call. */
const frame = new Int16Array(FRAME_SAMPLES);
const heard = new Int16Array(MAX_DATAGRAM_BYTES);

export class Leg {
  readonly legId: string;
  readonly rtpPort: number;
  /** Whose peers our peer hears, and whose peers hear ours. The room keeps both in step. */
  hears: readonly Leg[] = [];
  hearers: readonly Leg[] = [];
  /** Who listens to our peer, and recordings of what we say to it. */
  readonly hearing: Hearing;
  readonly sent = new SentTaps();
  readonly overlay = new Overlay();

  readonly #host: LegHost;
  readonly #sockets: SocketPair;
  readonly #latch = new Latch();
  readonly #intake: Intake;
  readonly #sender: Sender;
  readonly #reporter: Reporter;
  readonly #watch: Watch;
  readonly #received = new ReceiveStats();
  readonly #scaleIn = new TickScale();
  readonly #decoders = new Map<AudioCodec, Decoder>();
  readonly #eventsOut = new EventSender();
  readonly #tonesOut = new DigitTones();
  readonly #eventsIn: EventReceiver;
  #eventTicksPerMs = TICKS_PER_MS;
  #remote: RemoteMedia | null = null;
  #player: Player | null = null;
  /** Payload types of what we send, by the latest exchange; null: not to be sent. */
  #audioType: number | null = null;
  #eventType: number | null = null;
  #mixing = false;
  #framesSinceRelay = RELAY_GAP_FRAMES;

  constructor(legId: string, rtpPort: number, sockets: SocketPair, host: LegHost, ssrc?: number) {
    this.legId = legId;
    this.rtpPort = rtpPort;
    this.#host = host;
    this.#sockets = sockets;
    this.#intake = new Intake(this.#latch, (address, port) => host.latched(legId, address, port));
    this.#sender = new Sender(sockets.rtp, this.#latch, host.random, ssrc);
    this.#watch = new Watch({
      rtpSilent: (silentMs) => host.rtpSilent(legId, silentMs),
      oneWay: (direction) => host.oneWay(legId, direction),
      deadAir: (quietMs) => host.deadAir(legId, quietMs),
    });
    this.hearing = new Hearing({
      verdict: (verdict) => host.verdict(legId, verdict),
      // Who hears this leg hears the tones themselves.
      digit: (digit, durationMs) => host.dtmf(legId, digit, durationMs),
    });
    this.#reporter = new Reporter(sockets, this.#latch, this.#sender, this.#received, {
      random: host.random,
      nowMs: host.nowMs,
      wallMs: host.wallMs,
      reported: (highest) => this.#reported(highest),
    });
    this.#eventsIn = new EventReceiver((digit, ticks) =>
      this.#digit(digit, Math.round(ticks / this.#eventTicksPerMs)),
    );
    sockets.rtp.onDatagram((datagram, source) => this.#onRtp(datagram, source));
    sockets.rtcp.onDatagram((datagram, source) => this.#onRtcp(datagram, source));
  }

  /** Offer and answer agreed on something new. */
  setRemote(remote: RemoteMedia): void {
    if (this.#remote?.peerSends !== true) this.#watch.expect(this.#host.nowMs());
    if (this.#remote === null) this.#reporter.start();
    this.#setKeys(remote.srtp);
    this.#remote = remote;
    this.#mixing = this.hears.length > 1;
    this.#intake.setRemote(remote);
    this.#sender.setFormat(remote.codec, remote.ptimeMs);
    this.sent.setClock(CLOCK_HZ[remote.codec]);
    this.#eventsOut.ticksPerMs = CLOCK_HZ[remote.codec] / 1000;
    this.#reporter.muxed = remote.rtcpMux;
    this.#audioType = remote.sendTypes[remote.codec];
    this.#eventType = eventTypeOf(remote);
    const knowsEvents = this.#eventType !== null;
    if (knowsEvents) this.#tonesOut.clear();
    else this.#eventsOut.clear();
    this.hearing.setInBand(!knowsEvents, this.#position());
    if (remote.host !== '0.0.0.0' && remote.host !== '::') {
      this.#latch.arm(remote.host, remote.rtpPort, remote.rtcpPort);
    }
  }

  /** A key that stays keeps its counters: a rollover must survive a new exchange. */
  #setKeys(keys: SrtpKeys | null): void {
    const before = this.#remote?.srtp ?? null;
    const sameSuite = keys?.suite === before?.suite;
    if (!sameSuite || keys?.sendKey !== before?.sendKey) {
      this.#sender.protection = keys && new SrtpSender(keys.suite, keys.sendKey);
    }
    if (!sameSuite || keys?.receiveKey !== before?.receiveKey) {
      const receiver = keys && new SrtpReceiver(keys.suite, keys.receiveKey);
      this.#intake.protection = receiver;
      this.#reporter.protection = receiver;
    }
  }

  /** Joined to these, or to nobody: from here on quiet is counted. */
  setHears(hears: readonly Leg[]): void {
    this.hears = hears;
    this.#mixing = hears.length > 1;
    this.#watch.joined(this.#host.nowMs());
  }

  /** Whether we take decoded frames of those we hear. */
  get mixing(): boolean {
    return this.#mixing;
  }

  play(player: Player | null): void {
    this.#player = player;
  }

  detect(phase: CpdPhase): void {
    this.hearing.detect(phase, this.#host.cpd, this.#position());
  }

  /** Keys towards the peer: as events, or as tones when it knows none. */
  sendDtmf(digits: string): void {
    if (this.#eventType !== null) this.#eventsOut.push(digits);
    else this.#tonesOut.push(digits);
  }

  stats(): LegStats {
    const { delaySamples, concealedSamples } = this.hearing;
    const ticksPerMs = this.#intake.clockHz / 1000;
    return legStats({
      packetsReceived: this.#received.received,
      packetsSent: this.#sender.packets,
      packetsLost: this.#received.lost,
      packetsRefused: this.#intake.refused,
      jitterMs: this.#received.jitterTicks / ticksPerMs,
      roundTripMs: this.#reporter.roundTripMs,
      bufferDelayMs: delaySamples === null ? null : delaySamples / TICKS_PER_MS,
      concealedMs: Math.round(concealedSamples / TICKS_PER_MS),
      reception: this.#reporter.reception,
      peerMos: this.#reporter.peerMos,
      ticksPerMs: CLOCK_HZ[this.#remote?.codec ?? 'PCMU'] / 1000,
    });
  }

  /** Says goodbye and closes the sockets; resolves when both are closed. */
  async close(): Promise<void> {
    if (this.#remote !== null) this.#reporter.send(true);
    await this.#sockets.close();
  }

  /** First half of a tick of 20 ms: hears its peer, so that every leg has its frame. */
  hear(nowMs: number): void {
    this.#intake.tick();
    this.#eventsIn.tick(nowMs);
    this.hearing.tick(Math.floor(nowMs * TICKS_PER_MS));
  }

  /**
   * Second half: speaks to its peer.
   * @param skipped so many ticks before it were left out
   * @param catchingUp nothing was read since the tick before: that is no gap of the peer's
   */
  tick(nowMs: number, skipped: number, catchingUp: boolean): void {
    if (!catchingUp) this.#framesSinceRelay += 1;
    this.overlay.tick();
    this.#sender.advance(1 + skipped, skipped > 0);
    const remote = this.#remote;
    if (remote === null) return;
    this.#reporter.tick(nowMs);
    if (remote.peerSends) this.#watch.tick(nowMs);
    this.#watchQuiet(nowMs);
    this.#speak(remote);
  }

  #speak(remote: RemoteMedia): void {
    if (this.#eventsOut.busy && this.#eventType !== null && remote.peerListens) {
      this.#sender.sendEvent(this.#eventsOut, this.#eventType);
      return;
    }
    const sound = this.#withOverlay(this.#nextFrame(), remote.codec);
    if (sound === null || this.#audioType === null || !remote.peerListens) return;
    const rtpTimestamp = this.#sender.sendFrame(sound, this.#audioType);
    if (this.sent.taps.length === 0) return;
    this.sent.write(sound, FRAME_SAMPLES, rtpTimestamp, this.#position());
  }

  /** A relay in G.711 adds the tone to its packets; any other gives way to it. */
  #withOverlay(sound: Int16Array | null, codec: AudioCodec): Int16Array | null {
    const tone = this.overlay.frame;
    if (tone === null || (sound === null && isG711(codec))) return sound;
    if (sound !== frame) frame.set(sound ?? SILENCE);
    addInto(frame, tone);
    return frame;
  }

  /** Digits, else playback, else what is mixed or relayed, else silence; null: nothing to send. */
  #nextFrame(): Int16Array | null {
    if (this.#tonesOut.busy && this.#tonesOut.read(frame)) return frame;
    const player = this.#player;
    if (player !== null) {
      if (player.read(frame) > 0) return frame;
      this.#player = null;
      this.#host.playEnded(this.legId, player.playId);
    }
    if (this.#mixing) {
      mixInto(frame, this.hears);
      return frame;
    }
    const relayed = this.hears.length > 0 && this.#framesSinceRelay < RELAY_GAP_FRAMES;
    return relayed ? null : SILENCE;
  }

  #watchQuiet(nowMs: number): void {
    if (this.hears.length === 0) return;
    let loudAtMs = this.#watch.loudAtMs;
    for (const other of this.hears) loudAtMs = Math.max(loudAtMs, other.#watch.loudAtMs);
    this.#watch.quiet(nowMs, loudAtMs);
  }

  /** Held, we send nothing that could arrive. */
  #reported(extendedHighest: number | null): void {
    if (this.#remote?.peerListens === true) {
      this.#watch.reported(extendedHighest, this.#sender.packets);
    }
  }

  #onRtcp(datagram: Buffer, source: Source): void {
    if (!this.#reporter.receive(datagram, source)) this.#intake.refused += 1;
  }

  #onRtp(datagram: Buffer, source: Source): void {
    if (isRtcp(datagram) && this.#reporter.muxed) {
      this.#onRtcp(datagram, source);
      return;
    }
    if (!this.#intake.take(datagram, source)) return;
    const nowMs = this.#host.nowMs();
    const { clockHz, codec } = this.#intake;
    const { ssrc, sequenceNumber, rtpTimestamp } = fields;
    const arrivalTicks = Math.floor((nowMs * clockHz) / 1000);
    const arrival = this.#received.update(ssrc, sequenceNumber, rtpTimestamp, arrivalTicks);
    if (arrival === 'first') this.#newSource();
    if (codec === null) {
      this.#watch.packet(nowMs, null);
      this.#takeEvent(datagram, clockHz, nowMs);
      return;
    }
    if (!isG711(codec)) this.#watch.packet(nowMs, null);
    else if (!this.#watch.listens(nowMs)) this.#watch.packet(nowMs, 0);
    else this.#watch.packet(nowMs, peakOf(codec, datagram, fields.payloadStart, fields.payloadEnd));
    const wild = arrival === 'jumped'; // Where it went, all in order after it would seem too old.
    for (const hearer of wild ? [] : this.hearers) {
      if (!hearer.relays(codec)) this.hearing.setMixed(true, this.#position());
      else hearer.relayAudio(datagram, codec, this.hearers.length === 1);
    }
    this.#listen(datagram, codec, wild || arrival === 'late');
  }

  #takeEvent(datagram: Buffer, clockHz: number, nowMs: number): void {
    this.#eventTicksPerMs = clockHz / 1000;
    this.#eventsIn.push(datagram, fields.payloadStart, fields.rtpTimestamp, nowMs);
    for (const hearer of this.hearers) {
      if (hearer.relaysEvents(clockHz)) hearer.relayEvent(datagram);
    }
  }

  /** A whole digit; who could not be passed the event itself is sent one of its own. */
  #digit(digit: string, durationMs: number): void {
    this.#host.dtmf(this.legId, digit, durationMs);
    for (const hearer of this.hearers) {
      if (!hearer.relaysEvents(this.#eventTicksPerMs * 1000)) hearer.sendDtmf(digit);
    }
  }

  /** A digit that came beside the sound, by SIP. */
  takeDigit(digit: string, durationMs: number): void {
    this.#host.dtmf(this.legId, digit, durationMs);
    for (const hearer of this.hearers) hearer.sendDtmf(digit);
  }

  #newSource(): void {
    this.#eventsIn.reset();
    this.hearing.reset();
  }

  /** Whether packets of this codec can be passed on as they are, or by law tables. */
  relays(codec: AudioCodec): boolean {
    if (this.hears.length > 1 || this.#remote === null) return this.hears.length <= 1;
    const own = this.#remote.codec;
    this.#mixing = codec !== own && !(isG711(codec) && isG711(own));
    return !this.#mixing;
  }

  relaysEvents(clockHz: number): boolean {
    return !this.#mixing && this.#remote !== null && CLOCK_HZ[this.#remote.codec] === clockHz;
  }

  /**
   * Called by a leg we hear while `fields` describe its packet.
   * @param ours nobody else hears it: the datagram may be changed
   */
  relayAudio(datagram: Buffer, codec: AudioCodec, ours: boolean): void {
    const remote = this.#remote;
    const payloadType = this.#audioType;
    if (remote === null || payloadType === null || !this.#mayRelay(remote)) return;
    this.#framesSinceRelay = 0;
    const from = codec === remote.codec || !isG711(codec) ? null : codec;
    const tone = this.overlay.frame;
    if (tone !== null && !isG711(remote.codec)) return;
    const plain = ours && from === null && tone === null;
    const rtpTimestamp = plain
      ? this.#sender.relayInPlace(datagram, fields, payloadType)
      : this.#sender.relay(datagram, fields, payloadType, from, tone);
    if (rtpTimestamp === null || this.sent.taps.length === 0) return;
    const { payloadStart, payloadEnd } = fields;
    const count = this.#decoder(codec).decode(datagram, payloadStart, payloadEnd, heard);
    this.sent.write(heard, count, rtpTimestamp, this.#position());
  }

  /** The same for a telephone event; a peer that knows none is spared them. */
  relayEvent(datagram: Buffer): void {
    const remote = this.#remote;
    const payloadType = this.#eventType;
    if (remote === null || payloadType === null || !this.#mayRelay(remote)) return;
    this.#framesSinceRelay = 0;
    this.#sender.relay(datagram, fields, payloadType, null, null);
  }

  #mayRelay(remote: RemoteMedia): boolean {
    const own = this.#player !== null || this.#eventsOut.busy || this.#tonesOut.busy;
    return remote.peerListens && !own;
  }

  #listen(datagram: Buffer, codec: AudioCodec, late: boolean): void {
    if (!this.hearing.listens) return;
    const { payloadStart, payloadEnd } = fields;
    const count = this.#decoder(codec).decode(datagram, payloadStart, payloadEnd, heard);
    if (count === 0) return;
    this.#scaleIn.setClock(CLOCK_HZ[codec]);
    const ticks = this.#scaleIn.toTicks(fields.rtpTimestamp);
    this.hearing.write(heard, count, ticks, this.#position(), late, this.#received.missing);
  }

  #decoder(codec: AudioCodec): Decoder {
    let decoder = this.#decoders.get(codec);
    if (decoder === undefined) this.#decoders.set(codec, (decoder = createDecoder(codec)));
    return decoder;
  }

  #position(): number {
    return Math.floor(this.#host.nowMs() * TICKS_PER_MS);
  }
}
