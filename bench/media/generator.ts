// The load: RTP streams with a packet each 20 ms, spread evenly over those 20 ms, and what comes
// back. A process of its own. A few sockets serve all streams, so that most of the machine is left
// to what is measured. Commands and answers: protocol.ts.
import type { Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { LINEAR_TO_ULAW } from '../../media/codec/g711.ts';
import { readWav } from '../../media/codec/wav.ts';
import type { Measurement, Run } from './protocol.ts';
import { Samples } from './samples.ts';
import { openSocket } from './socket.ts';

const SOCKETS = 32;
const PTIME_MS = 20;
const PAYLOAD_BYTES = 160;
/** Sent in one go before what came is looked at. */
const MOST_AT_ONCE = 32;
const BUFFER_BYTES = 4 * 2 ** 20;
/** Packets still on their way after the last was sent. */
const DRAIN_MS = 300;
const SPEECH = new URL('../../test/support/speech/machine-greeting.wav', import.meta.url);

async function openWide(): Promise<Socket> {
  const socket = await openSocket();
  socket.setRecvBufferSize(BUFFER_BYTES);
  socket.setSendBufferSize(BUFFER_BYTES);
  return socket;
}

/** A recording as G.711 packets. */
function speech(): readonly Buffer[] {
  const { samples } = readWav(readFileSync(SPEECH));
  const bytes = Buffer.from(Uint8Array.from(samples, (s) => LINEAR_TO_ULAW[s & 0xffff] ?? 0));
  const count = Math.floor(bytes.length / PAYLOAD_BYTES);
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * PAYLOAD_BYTES, (i + 1) * PAYLOAD_BYTES),
  );
}

/** What is known of one stream that comes back: its grid, by sequence number. */
interface Grid {
  first: number;
  highest: number;
  received: number;
  /** Arrival minus place on the grid, for each packet. */
  readonly offsets: Samples;
}

class Load {
  readonly #sockets: readonly Socket[];
  readonly #run: Run;
  readonly #startMs = performance.now();
  readonly #fromMs: number;
  readonly #untilMs: number;
  readonly #packets: readonly Buffer[];
  readonly #speech = speech();
  readonly #latency = new Samples();
  readonly #pacing = new Samples();
  readonly #grids = new Map<number, Grid>();
  #index = 0;
  #sent = 0;
  #returned = 0;

  constructor(sockets: readonly Socket[], run: Run) {
    this.#sockets = sockets;
    this.#run = run;
    this.#fromMs = this.#startMs + run.warmSeconds * 1_000;
    this.#untilMs = this.#fromMs + run.seconds * 1_000;
    this.#packets = run.targets.map((_, stream) => {
      const packet = Buffer.alloc(12 + PAYLOAD_BYTES, 0x55);
      packet[0] = 0x80;
      packet[1] = 0;
      packet.writeUInt32BE(stream + 1, 8);
      return packet;
    });
  }

  /** Sends what is due by now; told when all is sent. */
  send(done: () => void): void {
    const nowMs = performance.now();
    if (nowMs >= this.#untilMs) {
      done();
      return;
    }
    let left = MOST_AT_ONCE;
    if (this.#run.send !== 'nothing') {
      const due = ((nowMs - this.#startMs) / PTIME_MS) * this.#packets.length;
      for (; this.#index < due && left > 0; left--) this.#sendNext();
    }
    // setImmediate keeps the pace where a timer of whole milliseconds would make bursts.
    if (left === 0) setImmediate(() => this.send(done));
    else setTimeout(() => this.send(done), 1);
  }

  #sendNext(): void {
    const streams = this.#packets.length;
    const stream = this.#index % streams;
    const turn = Math.floor(this.#index / streams);
    const packet = this.#packets[stream]!;
    packet.writeUInt16BE(turn & 0xffff, 2);
    packet.writeUInt32BE((turn * PAYLOAD_BYTES) >>> 0, 4);
    const dueMs = this.#startMs + (this.#index * PTIME_MS) / streams;
    this.#index += 1;
    const nowMs = performance.now();
    if (this.#run.send === 'echo') packet.writeDoubleBE(nowMs, 12);
    else this.#speech[(turn + 7 * stream) % this.#speech.length]!.copy(packet, 12);
    const socket = this.#sockets[stream % SOCKETS]!;
    socket.send(packet, this.#run.targets[stream], '127.0.0.1');
    if (nowMs < this.#fromMs || nowMs >= this.#untilMs) return;
    this.#sent += 1;
    this.#pacing.add(nowMs - dueMs);
  }

  /** Takes one packet that came back. */
  take(datagram: Buffer, port: number): void {
    const nowMs = performance.now();
    if (datagram.length < 12 + PAYLOAD_BYTES || (datagram[1]! & 0x7f) !== 0) return;
    if (this.#run.send === 'echo') {
      const sentMs = datagram.readDoubleBE(12);
      if (!(sentMs >= this.#fromMs && sentMs < this.#untilMs)) return;
      this.#returned += 1;
      this.#latency.add(nowMs - sentMs);
    } else if (nowMs < this.#fromMs || nowMs >= this.#untilMs) return;
    this.#place(datagram.readUInt16BE(2), nowMs, port);
  }

  #place(sequence: number, nowMs: number, port: number): void {
    let grid = this.#grids.get(port);
    if (grid === undefined) {
      grid = { first: sequence, highest: sequence, received: 0, offsets: new Samples(1 << 8) };
      this.#grids.set(port, grid);
    }
    const unwrapped = grid.highest + (((sequence - grid.highest) << 16) >> 16);
    if (unwrapped > grid.highest) grid.highest = unwrapped;
    grid.received += 1;
    grid.offsets.add(nowMs - unwrapped * PTIME_MS);
  }

  result(): Measurement {
    const lateness = new Samples();
    let expected = 0;
    let received = 0;
    for (const grid of this.#grids.values()) {
      expected += grid.highest - grid.first + 1;
      received += grid.received;
      grid.offsets.aboveLeast(lateness);
    }
    const echo = this.#run.send === 'echo';
    if (echo) [expected, received] = [this.#sent, this.#returned];
    return {
      sent: this.#sent,
      received,
      lossPercent: expected === 0 ? 100 : Math.max(0, (1 - received / expected) * 100),
      latency: echo ? this.#latency.spread() : null,
      lateness: lateness.spread(),
      pacing: this.#pacing.spread(),
    };
  }
}

const sockets = await Promise.all(Array.from({ length: SOCKETS }, openWide));
let load: Load | null = null;
for (const socket of sockets) {
  socket.on('message', (datagram, source) => load?.take(datagram, source.port));
}

function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

tell({ ports: sockets.map((socket) => socket.address().port) });
for await (const line of createInterface({ input: process.stdin })) {
  const run = JSON.parse(line) as Run;
  const current = new Load(sockets, run);
  load = current;
  setTimeout(() => tell({ begun: true }), run.warmSeconds * 1_000);
  await new Promise<void>((done) => current.send(done));
  await new Promise((done) => setTimeout(done, DRAIN_MS));
  load = null;
  tell(current.result());
}
process.exit(0);
