// The test phone's own RTP (RFC 3550) with telephone events (RFC 4733): sends a frame every 20 ms,
// silence when nothing is played, and lays what it hears on a time line by RTP timestamps.
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import type { RemoteAudio } from './sdp.ts';
import type { G711 } from './sound.ts';
import { CODECS, encodeFrame, FRAME_SAMPLES, SAMPLE_RATE_HZ } from './sound.ts';

const FRAME_MS = 20;
/** A sender this late (a stopped process) starts afresh instead of sending a burst. */
const MAX_BEHIND_MS = 500;
/** The heard time line ends here: ten minutes. */
const MAX_HEARD_SAMPLES = 600 * SAMPLE_RATE_HZ;
/** A timestamp further than this from the clock is a new stream, not a gap. */
const MAX_JUMP_SAMPLES = 2 * SAMPLE_RATE_HZ;
const DTMF_EVENTS = '0123456789*#ABCD';

interface Playing {
  readonly sound: Int16Array;
  readonly loop: boolean;
  at: number;
  readonly done: () => void;
}

export interface RtpEndOptions {
  readonly host: string;
  /** Sends from a second socket, as a phone behind a NAT appears to. */
  readonly sendFromOtherPort: boolean;
}

async function bound(host: string): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, host, resolve);
  });
  socket.on('error', () => undefined);
  return socket;
}

/** One phone's end of one audio stream. */
export class RtpEnd {
  readonly host: string;
  /** The port to announce. */
  readonly port: number;
  /** Digits received as telephone events, in order. */
  digits = '';
  packetsSent = 0;
  packetsReceived = 0;
  readonly #receiver: Socket;
  readonly #sender: Socket;
  readonly #packet = Buffer.alloc(12 + FRAME_SAMPLES);
  readonly #frame: Buffer;
  #sequence = randomInt(65_536);
  #timestamp = randomInt(2 ** 32);
  #remote: RemoteAudio | null = null;
  #codec: G711 = 'PCMU';
  #timer: NodeJS.Timeout | null = null;
  #dueMs = 0;
  #marker = true;
  #playing: Playing | null = null;
  readonly #line = new HeardLine();
  #lastEventTimestamp = -1;
  #closed = false;

  static async open(options: RtpEndOptions): Promise<RtpEnd> {
    const receiver = await bound(options.host);
    const sender = options.sendFromOtherPort ? await bound(options.host) : receiver;
    return new RtpEnd(options.host, receiver, sender);
  }

  private constructor(host: string, receiver: Socket, sender: Socket) {
    this.host = host;
    this.port = receiver.address().port;
    this.#receiver = receiver;
    this.#sender = sender;
    this.#frame = this.#packet.subarray(12);
    this.#packet[0] = 0x80;
    this.#packet.writeUInt32BE(randomInt(2 ** 32), 8);
    receiver.on('message', (packet) => this.#received(packet));
  }

  /** Takes the peer's description; sending starts or goes on if `send` and the peer listens. */
  connect(remote: RemoteAudio, codec: G711, send: boolean): void {
    if (this.#closed) return;
    this.#remote = remote;
    this.#codec = codec;
    const listening = remote.direction === 'sendrecv' || remote.direction === 'recvonly';
    if (send && listening) this.#startSending();
    else this.#stopSending();
  }

  /** Plays instead of whatever is being played; resolves at the end, or when replaced. */
  async play(sound: Int16Array, loop = false): Promise<void> {
    this.#playing?.done();
    this.#playing = null;
    if (this.#closed || sound.length === 0) return;
    await new Promise<void>((done) => {
      this.#playing = { sound, loop, at: 0, done };
    });
  }

  /** Back to silence. */
  stopPlaying(): void {
    this.#playing?.done();
    this.#playing = null;
  }

  /** Everything heard so far; lost or unsent stretches are silence. */
  heard(): Int16Array {
    return this.#line.samples();
  }

  /** Sends one digit as telephone events: 100 ms, the end three times (RFC 4733 s.2.5.1.4). */
  async sendDtmf(digit: string): Promise<void> {
    const event = DTMF_EVENTS.indexOf(digit);
    const remote = this.#remote;
    if (event < 0) throw new Error(`not a DTMF digit: ${digit}`);
    const payloadType = remote?.eventPayloadType ?? null;
    if (!remote || payloadType === null) throw new Error('the peer takes no telephone events');
    const start = this.#timestamp;
    for (let step = 1; step <= 7; step++) {
      if (this.#closed) return;
      const packet = Buffer.from(this.#packet.subarray(0, 16));
      packet[1] = payloadType | (step === 1 ? 0x80 : 0);
      packet.writeUInt16BE(this.#sequence, 2);
      packet.writeUInt32BE(start, 4);
      packet[12] = event;
      packet[13] = (step >= 5 ? 0x80 : 0) | 10;
      packet.writeUInt16BE(Math.min(step, 5) * FRAME_SAMPLES, 14);
      this.#sequence = (this.#sequence + 1) & 0xffff;
      this.#sender.send(packet, remote.port, remote.host);
      if (step < 5) await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopSending();
    this.stopPlaying();
    this.#receiver.close();
    if (this.#sender !== this.#receiver) this.#sender.close();
  }

  #startSending(): void {
    if (this.#timer) return;
    this.#marker = true;
    this.#dueMs = performance.now();
    this.#tick();
  }

  #stopSending(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs - this.#dueMs > MAX_BEHIND_MS) {
      const skipped = Math.floor((nowMs - this.#dueMs) / FRAME_MS);
      this.#dueMs += skipped * FRAME_MS;
      this.#timestamp = (this.#timestamp + skipped * FRAME_SAMPLES) >>> 0;
    }
    while (this.#dueMs <= nowMs) {
      this.#sendFrame();
      this.#dueMs += FRAME_MS;
    }
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, this.#dueMs - performance.now()));
  }

  #sendFrame(): void {
    const remote = this.#remote;
    if (!remote) return;
    const playing = this.#playing;
    if (playing) {
      encodeFrame(this.#codec, playing.sound, playing.at, this.#frame);
      playing.at += FRAME_SAMPLES;
      if (playing.at >= playing.sound.length) {
        playing.at = 0;
        if (!playing.loop) this.stopPlaying();
      }
    } else {
      this.#frame.fill(CODECS[this.#codec].silence);
    }
    this.#packet[1] = CODECS[this.#codec].payloadType | (this.#marker ? 0x80 : 0);
    this.#marker = false;
    this.#packet.writeUInt16BE(this.#sequence, 2);
    this.#packet.writeUInt32BE(this.#timestamp, 4);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + FRAME_SAMPLES) >>> 0;
    this.packetsSent++;
    this.#sender.send(Buffer.from(this.#packet), remote.port, remote.host);
  }

  #received(packet: Buffer): void {
    if (packet.length < 12 || (packet[0] ?? 0) >> 6 !== 2) return;
    const payloadType = (packet[1] ?? 0) & 0x7f;
    const start = 12 + 4 * ((packet[0] ?? 0) & 0x0f);
    const timestamp = packet.readUInt32BE(4);
    this.packetsReceived++;
    const codec = payloadType === 0 ? CODECS.PCMU : payloadType === 8 ? CODECS.PCMA : null;
    if (codec) {
      const sound = Int16Array.from(packet.subarray(start), (code) => codec.decode[code] ?? 0);
      this.#line.add(packet.readUInt32BE(8), timestamp, sound);
    } else if (packet.length >= start + 4 && ((packet[start + 1] ?? 0) & 0x80) !== 0) {
      if (timestamp === this.#lastEventTimestamp) return;
      this.#lastEventTimestamp = timestamp;
      this.digits += DTMF_EVENTS[packet[start] ?? 255] ?? '';
    }
  }
}

/** A time line of samples, from the first packet on. */
class HeardLine {
  #samples = new Int16Array(SAMPLE_RATE_HZ);
  #end = 0;
  #source = -1;
  #baseTimestamp = 0;
  #baseOffset = 0;
  #startedAtMs = 0;

  add(source: number, timestamp: number, sound: Int16Array): void {
    const nowMs = performance.now();
    if (this.#source < 0) this.#startedAtMs = nowMs;
    const clockOffset = Math.round(((nowMs - this.#startedAtMs) * SAMPLE_RATE_HZ) / 1000);
    let offset = this.#baseOffset + ((timestamp - this.#baseTimestamp) | 0);
    if (source !== this.#source || Math.abs(offset - clockOffset) > MAX_JUMP_SAMPLES) {
      offset = Math.max(this.#end, clockOffset);
      this.#source = source;
      this.#baseTimestamp = timestamp;
      this.#baseOffset = offset;
    }
    const end = offset + sound.length;
    if (offset < 0 || end > MAX_HEARD_SAMPLES) return;
    if (end > this.#samples.length) {
      const larger = new Int16Array(2 * end);
      larger.set(this.#samples);
      this.#samples = larger;
    }
    this.#samples.set(sound, offset);
    this.#end = Math.max(this.#end, end);
  }

  samples(): Int16Array {
    return this.#samples.slice(0, this.#end);
  }
}
