// The one outgoing RTP stream of a leg: numbers, timestamps and buffers for whatever layer speaks.
// Buffers are made once; a few rotate, because a full socket may still read the last ones.
import { createEncoder } from '../graph/coder.ts';
import type { Encoder } from '../graph/coder.ts';
import { addTo, toOtherLaw } from '../graph/law.ts';
import { MAX_DATAGRAM_BYTES, RTP_HEADER_BYTES, writeRtpHeader } from '../rtp/packet.ts';
import type { RtpFields } from '../rtp/packet.ts';
import { timestampDistance } from '../rtp/packet.ts';
import { RelayMap } from '../rtp/relay-map.ts';
import { EVENT_PAYLOAD_BYTES } from '../rtp/telephone-event.ts';
import type { EventSender } from '../rtp/telephone-event.ts';
import { CLOCK_HZ } from '../sdp/model.ts';
import type { AudioCodec, G711Codec } from '../sdp/model.ts';
import type { SrtpSender } from '../srtp/srtp.ts';
import type { DatagramSocket } from '../transport/types.ts';
import type { Latch } from './latch.ts';
import { Packetizer } from './packetizer.ts';

/** Samples of one tick. */
export const FRAME_SAMPLES = 160;

const BUFFERS = 8;
/** The longest packet, and room behind it for what encryption adds. */
const BUFFER_BYTES = MAX_DATAGRAM_BYTES + 16;

/** Scratch of the thread: one packet's payload. */
const encoded = Buffer.alloc(MAX_DATAGRAM_BYTES);

export class Sender {
  readonly ssrc: number;
  packets = 0;
  /** Payload octets, as a sender report counts them. */
  octets = 0;
  /** Our media clock, 32 bits: moves with every tick, sent or not. */
  clockTicks: number;
  /** Encrypts what goes out; null sends it as it is. */
  protection: SrtpSender | null = null;
  readonly #socket: DatagramSocket;
  readonly #target: Latch;
  readonly #buffers: readonly Buffer[];
  readonly #packets: Buffer[];
  readonly #relayMap = new RelayMap();
  readonly #packetizer = new Packetizer();
  #encoder: Encoder = createEncoder('PCMU');
  #codec: AudioCodec = 'PCMU';
  #ticksPerFrame = FRAME_SAMPLES;
  #turn = 0;
  #nextSequence: number;
  #lastTicks: number | null = null;
  #ownTalk = false;

  /**
   * @param random gives numbers in [0, 1): SSRC, first sequence number and timestamp
   * @param ssrc our source, where it must be known beforehand
   */
  constructor(socket: DatagramSocket, target: Latch, random: () => number, ssrc?: number) {
    this.#socket = socket;
    this.#target = target;
    this.ssrc = ssrc ?? Math.floor(random() * 2 ** 32);
    this.#nextSequence = Math.floor(random() * 2 ** 16);
    this.clockTicks = Math.floor(random() * 2 ** 32);
    this.#buffers = Array.from({ length: BUFFERS }, () => Buffer.alloc(BUFFER_BYTES));
    this.#packets = this.#buffers.map((buffer) => buffer.subarray(0, RTP_HEADER_BYTES));
  }

  /** What our own sound is sent in from now on. */
  setFormat(codec: AudioCodec, ptimeMs: number): void {
    if (codec !== this.#codec) this.#encoder = createEncoder(codec);
    this.#codec = codec;
    this.#ticksPerFrame = (FRAME_SAMPLES * CLOCK_HZ[codec]) / 8_000;
    this.#relayMap.ticksPerMs = CLOCK_HZ[codec] / 1_000;
    // Opus has no packets of 30 and 50 ms (RFC 6716 s.2.1.4).
    const unfit = codec === 'opus' && (ptimeMs === 30 || ptimeMs === 50);
    this.#packetizer.setFormat(unfit ? ptimeMs - 10 : ptimeMs, CLOCK_HZ[codec]);
  }

  /** Moves the clock by so many ticks of 20 ms; `gap` when some of them were left out. */
  advance(frames: number, gap: boolean): void {
    this.clockTicks = (this.clockTicks + frames * this.#ticksPerFrame) >>> 0;
    if (!gap) return;
    this.#ownTalk = false;
    this.#packetizer.interrupt();
  }

  /**
   * Sends one frame of our own sound, at once or with the frames that follow.
   * @returns its RTP timestamp
   */
  sendFrame(frame: Int16Array, payloadType: number): number {
    this.#stayAhead();
    const packetizer = this.#packetizer;
    packetizer.push(frame, this.clockTicks);
    while (packetizer.take()) {
      const bytes = this.#encoder.encode(packetizer.samples, packetizer.packetSamples, encoded);
      const packet = this.#packet(bytes);
      encoded.copy(packet, RTP_HEADER_BYTES, 0, bytes);
      this.#sendOwn(packet, bytes, payloadType, !this.#ownTalk, packetizer.rtpTimestamp);
      this.#ownTalk = true;
    }
    return this.clockTicks;
  }

  /** Sends this frame's packet of the event in progress, if it has one. */
  sendEvent(events: EventSender, payloadType: number): void {
    this.#stayAhead();
    this.#packetizer.interrupt();
    const packet = this.#packet(EVENT_PAYLOAD_BYTES);
    if (!events.write(packet, RTP_HEADER_BYTES, this.clockTicks)) return;
    this.#sendOwn(packet, EVENT_PAYLOAD_BYTES, payloadType, events.opens, events.startTicks);
    this.#ownTalk = false;
  }

  /**
   * Passes a packet on at once, renumbered.
   * @param from the law of its payload when it must be turned into the other one, else null
   * @param overlay sound to be added, when the packet leaves in G.711
   * @returns its new RTP timestamp, null when it came too late to be passed on
   */
  relay(
    datagram: Buffer,
    fields: RtpFields,
    payloadType: number,
    from: G711Codec | null,
    overlay: Int16Array | null,
  ): number | null {
    if (!this.#map(fields)) return null;
    const bytes = fields.payloadEnd - fields.payloadStart;
    const end = RTP_HEADER_BYTES + bytes;
    const packet = this.#packet(bytes);
    datagram.copy(packet, RTP_HEADER_BYTES, fields.payloadStart, fields.payloadEnd);
    if (from !== null) toOtherLaw(from, packet, RTP_HEADER_BYTES, end);
    if (overlay !== null && (this.#codec === 'PCMU' || this.#codec === 'PCMA')) {
      addTo(this.#codec, packet, RTP_HEADER_BYTES, end, overlay);
    }
    return this.#passOn(packet, bytes, fields, payloadType);
  }

  /**
   * The same for a packet that changes nothing but its numbers: it leaves in the buffer it came in,
   * which must not be changed afterwards.
   */
  relayInPlace(datagram: Buffer, fields: RtpFields, payloadType: number): number | null {
    const { payloadStart, payloadEnd } = fields;
    const bare = payloadStart === RTP_HEADER_BYTES && payloadEnd === datagram.length;
    if (!bare || this.protection !== null) {
      return this.relay(datagram, fields, payloadType, null, null);
    }
    if (!this.#map(fields)) return null;
    return this.#passOn(datagram, payloadEnd - payloadStart, fields, payloadType);
  }

  /** Gives a packet of another stream its place in ours; false when it came too late. */
  #map({ ssrc, sequenceNumber, rtpTimestamp }: RtpFields): boolean {
    return this.#relayMap.map(
      ssrc,
      sequenceNumber,
      rtpTimestamp,
      this.#nextSequence,
      this.clockTicks,
      this.#lastTicks,
    );
  }

  /** Sends a packet under the numbers that were mapped; answers its timestamp. */
  #passOn(packet: Buffer, bytes: number, fields: RtpFields, payloadType: number): number {
    const { sequenceNumber, rtpTimestamp, opens } = this.#relayMap;
    const marker = fields.marker || opens;
    writeRtpHeader(packet, payloadType, marker, sequenceNumber, rtpTimestamp, this.ssrc);
    this.#emit(packet, bytes);
    if (((sequenceNumber - this.#nextSequence) << 16) >> 16 >= 0) {
      this.#nextSequence = (sequenceNumber + 1) & 0xffff;
      this.#lastTicks = rtpTimestamp;
    }
    this.#ownTalk = false;
    this.#packetizer.interrupt();
    return rtpTimestamp;
  }

  /** A relayed stream may have run ahead of our clock; our own sound never goes back in time. */
  #stayAhead(): void {
    const last = this.#lastTicks;
    if (last !== null && timestampDistance(this.clockTicks, last) <= 0) {
      this.clockTicks = (last + this.#ticksPerFrame) >>> 0;
    }
  }

  #sendOwn(
    packet: Buffer,
    bytes: number,
    payloadType: number,
    marker: boolean,
    rtpTimestamp: number,
  ): void {
    writeRtpHeader(packet, payloadType, marker, this.#nextSequence, rtpTimestamp, this.ssrc);
    this.#nextSequence = (this.#nextSequence + 1) & 0xffff;
    this.#lastTicks = rtpTimestamp;
    this.#relayMap.interrupt();
    this.#emit(packet, bytes);
  }

  #emit(packet: Buffer, payloadBytes: number): void {
    if (this.protection?.protect(packet, RTP_HEADER_BYTES + payloadBytes) === false) return;
    this.packets += 1;
    this.octets += payloadBytes;
    this.#socket.send(packet, this.#target.rtpPort, this.#target.host);
  }

  /** A buffer with room for the payload; views are remade only when the length changes. */
  #packet(payloadBytes: number): Buffer {
    this.#turn = (this.#turn + 1) % BUFFERS;
    const length = RTP_HEADER_BYTES + payloadBytes + (this.protection?.tagBytes ?? 0);
    let packet = this.#packets[this.#turn];
    if (packet?.length !== length) {
      packet = (this.#buffers[this.#turn] ?? Buffer.alloc(length)).subarray(0, length);
      this.#packets[this.#turn] = packet;
    }
    return packet;
  }
}
