// The door of a leg: which datagrams of the RTP port are its peer's, and what they carry. Reads
// every packet into one shared `fields`; no allocation. RFC 3550 App. A.1, RFC 3711 s.3.3.
import { emptyFields, readRtp } from '../rtp/packet.ts';
import type { RtpFields } from '../rtp/packet.ts';
import { EVENT_PAYLOAD_BYTES } from '../rtp/telephone-event.ts';
import { CLOCK_HZ } from '../sdp/model.ts';
import type { AudioCodec, RemoteMedia } from '../sdp/model.ts';
import type { SrtpReceiver } from '../srtp/srtp.ts';
import type { Source } from '../transport/types.ts';
import type { Latch } from './latch.ts';

/** More packets than this between two ticks are a flood (a stalled thread may find 5 s of them). */
const MAX_PACKETS_PER_TICK = 256;
const PAYLOAD_TYPES = 128;

/** The packet at hand, for the whole thread: nothing here outlives a call. */
export const fields: RtpFields = emptyFields();

/** What a payload type means: a codec, or events with a clock. */
interface Format {
  readonly codec: AudioCodec | null;
  readonly clockHz: number;
}

export class Intake {
  refused = 0;
  /** Checks and decrypts what comes in; null takes it as it is. */
  protection: SrtpReceiver | null = null;
  /** Codec of the packet at hand; null for a telephone event. */
  codec: AudioCodec | null = null;
  /** Clock of its timestamps. */
  clockHz = 8_000;
  readonly #latch: Latch;
  readonly #latched: (host: string, port: number) => void;
  readonly #formats: (Format | null)[] = Array.from({ length: PAYLOAD_TYPES }, () => null);
  /** The payload type that `codec` and `clockHz` are of; -1: none. */
  #formatType = -1;
  #open = false;
  #packetsThisTick = 0;

  constructor(latch: Latch, latched: (host: string, port: number) => void) {
    this.#latch = latch;
    this.#latched = latched;
  }

  setRemote(remote: RemoteMedia): void {
    this.#open = true;
    const { telephoneEvent, telephoneEvent48, ...codecs } = remote.receiveTypes;
    this.#formats.fill(null);
    this.#formatType = -1;
    for (const codec of Object.keys(codecs) as AudioCodec[]) {
      this.#bind(codecs[codec], { codec, clockHz: CLOCK_HZ[codec] });
    }
    this.#bind(telephoneEvent, { codec: null, clockHz: 8_000 });
    this.#bind(telephoneEvent48, { codec: null, clockHz: 48_000 });
  }

  #bind(payloadType: number | null, format: Format): void {
    if (payloadType !== null) this.#formats[payloadType] = format;
  }

  tick(): void {
    this.#packetsThisTick = 0;
  }

  /**
   * Reads `fields` and what they carry; false, and counted, for what is not this leg's. The first
   * valid packet latches.
   */
  take(datagram: Buffer, source: Source): boolean {
    if (this.#open && this.#accept(datagram, source)) return true;
    this.refused += 1;
    return false;
  }

  #accept(datagram: Buffer, source: Source): boolean {
    // A stranger costs no more than this look, and takes nothing of what the peer may send.
    if (this.#latch.refuses(source.address, source.port)) return false;
    // Source port zero is legal in UDP, but nobody can be answered there.
    if (source.port === 0 || ++this.#packetsThisTick > MAX_PACKETS_PER_TICK) return false;
    const { protection } = this;
    const length = protection === null ? datagram.length : protection.unprotect(datagram);
    if (length < 0 || !readRtp(datagram, fields, length)) return false;
    if (fields.payloadType !== this.#formatType && !this.#knows(fields.payloadType)) return false;
    const bytes = fields.payloadEnd - fields.payloadStart;
    if (bytes < (this.codec === null ? EVENT_PAYLOAD_BYTES : 1)) return false;
    const wasLatched = this.#latch.latched;
    if (!this.#latch.accept(source.address, source.port)) return false;
    if (!wasLatched) this.#latched(source.address, source.port);
    return true;
  }

  #knows(payloadType: number): boolean {
    const format = this.#formats[payloadType] ?? null;
    if (format === null) return false;
    this.#formatType = payloadType;
    this.codec = format.codec;
    this.clockHz = format.clockHz;
    return true;
  }
}
