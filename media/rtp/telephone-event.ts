// Telephone events (DTMF) in RTP, both ways. PURE, no allocation per packet except for a digit.
// RFC 4733 s.2.3 (payload), s.2.5 (procedures).
//
//   |     event     |E|R| volume    |          duration             |
import { timestampDistance } from './packet.ts';

export const EVENT_PAYLOAD_BYTES = 4;

const DIGITS = '0123456789*#ABCD';
const END_BIT = 0x80;
/** -10 dBm0, the level common telephones send. */
const VOLUME = 10;
const FRAME_MS = 20;
/** Updates of 20 ms before the end: 100 ms of tone, above the 40 ms every receiver must take. */
const TONE_FRAMES = 5;
/** The end goes out three times against loss (s.2.5.1.4). */
const END_FRAMES = 3;
/** Quiet between digits, so that equal digits stay two. */
const PAUSE_FRAMES = 4;
/** Without an end for so long the event is over (s.2.5.2.2: end packets may all be lost). */
const ABANDONED_MS = 240;
const MAX_QUEUED_DIGITS = 64;

/** True for what `sendDtmf` can send: 1 to 64 of `0`-`9`, `*`, `#`, `A`-`D`. */
export function isDigits(text: string): boolean {
  return text.length <= MAX_QUEUED_DIGITS && /^[0-9*#A-D]+$/.test(text);
}

/** Puts packets of one event together and tells each digit once. */
export class EventReceiver {
  readonly #ended: (digit: string, durationTicks: number) => void;
  #known = false;
  #open = false;
  #startTicks = 0;
  #event = 0;
  #durationTicks = 0;
  #lastPacketMs = 0;

  constructor(ended: (digit: string, durationTicks: number) => void) {
    this.#ended = ended;
  }

  /**
   * Takes the payload of one packet at `start` of `datagram`. An event is known by its RTP
   * timestamp, which all its packets share; older events than the present one are ignored.
   */
  push(datagram: Buffer, start: number, rtpTimestamp: number, nowMs: number): void {
    const event = datagram[start] ?? 255;
    const flags = datagram[start + 1] ?? 0;
    if (event >= DIGITS.length) return;
    const age = this.#known ? timestampDistance(rtpTimestamp, this.#startTicks) : 1;
    if (age < 0) return;
    if (age > 0) {
      this.#end();
      this.#known = true;
      this.#open = true;
      this.#startTicks = rtpTimestamp;
      this.#event = event;
      this.#durationTicks = 0;
    }
    if (!this.#open) return;
    this.#lastPacketMs = nowMs;
    this.#durationTicks = Math.max(this.#durationTicks, datagram.readUInt16BE(start + 2));
    if ((flags & END_BIT) !== 0) this.#end();
  }

  /** Ends an event whose end never came. */
  tick(nowMs: number): void {
    if (this.#open && nowMs - this.#lastPacketMs >= ABANDONED_MS) this.#end();
  }

  /** A new source starts with new timestamps. */
  reset(): void {
    this.#end();
    this.#known = false;
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#ended(DIGITS.charAt(this.#event), this.#durationTicks);
  }
}

/** Sends queued digits, one packet a frame. */
export class EventSender {
  /** Clock of the stream, ticks in a millisecond. */
  ticksPerMs = 8;
  #queue = '';
  #frame = 0;
  #startTicks = 0;

  /** Queues digits behind those waiting; what exceeds the queue is dropped. */
  push(digits: string): void {
    this.#queue = (this.#queue + digits).slice(0, MAX_QUEUED_DIGITS);
  }

  /** Forgets all digits, also one half sent. */
  clear(): void {
    this.#queue = '';
    this.#frame = 0;
  }

  get busy(): boolean {
    return this.#queue !== '';
  }

  /** The RTP timestamp of the packet just written: the start of its event. */
  get startTicks(): number {
    return this.#startTicks;
  }

  /** True while the packet just written opens an event (it carries the marker bit). */
  get opens(): boolean {
    return this.#frame === 1;
  }

  /**
   * Writes this frame's payload into `into` at `offset`; false in the pause between digits.
   * @param nowTicks our media clock now
   */
  write(into: Buffer, offset: number, nowTicks: number): boolean {
    if (this.#frame === 0) this.#startTicks = nowTicks;
    this.#frame += 1;
    const spoken = this.#frame <= TONE_FRAMES + END_FRAMES;
    if (spoken) {
      const ends = this.#frame > TONE_FRAMES;
      into[offset] = DIGITS.indexOf(this.#queue.charAt(0));
      into[offset + 1] = (ends ? END_BIT : 0) | VOLUME;
      into.writeUInt16BE(
        Math.min(this.#frame, TONE_FRAMES) * FRAME_MS * this.ticksPerMs,
        offset + 2,
      );
    }
    if (this.#frame === TONE_FRAMES + END_FRAMES + PAUSE_FRAMES) {
      this.#queue = this.#queue.slice(1);
      this.#frame = 0;
    }
    return spoken;
  }
}
