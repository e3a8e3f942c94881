// The test phone's own G.711 (ITU-T G.711) and its own reading of WAV files. Sound is Int16Array,
// mono, 8,000 samples a second.
import { readFileSync } from 'node:fs';

export type G711 = 'PCMU' | 'PCMA';

export const SAMPLE_RATE_HZ = 8000;
/** One packet: 20 ms. */
export const FRAME_SAMPLES = 160;

function muLawLevel(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4);
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

function aLawLevel(code: number): number {
  const toggled = code ^ 0x55;
  const segment = (toggled & 0x70) >> 4;
  const step = ((toggled & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return toggled & 0x80 ? magnitude : -magnitude;
}

/** A codec as two tables: 256 levels out, and for each of 65,536 levels the nearest code. */
export interface SampleTables {
  readonly payloadType: number;
  readonly silence: number;
  readonly decode: Int16Array;
  /** Index: sample + 32,768. */
  readonly encode: Uint8Array;
}

function tables(payloadType: number, silence: number, level: (code: number) => number) {
  const decode = Int16Array.from({ length: 256 }, (_, code) => level(code));
  const byLevel = Array.from(decode.keys()).sort((a, b) => (decode[a] ?? 0) - (decode[b] ?? 0));
  const encode = new Uint8Array(65_536);
  let rank = 0;
  const levelAt = (at: number) => decode[byLevel[at] ?? 0] ?? 0;
  for (let sample = -32_768; sample <= 32_767; sample++) {
    while (rank < 255 && Math.abs(levelAt(rank + 1) - sample) <= Math.abs(levelAt(rank) - sample)) {
      rank++;
    }
    encode[sample + 32_768] = byLevel[rank] ?? silence;
  }
  return { payloadType, silence, decode, encode };
}

export const CODECS: Readonly<Record<G711, SampleTables>> = {
  PCMU: tables(0, 0xff, muLawLevel),
  PCMA: tables(8, 0xd5, aLawLevel),
};

/** Encodes up to 160 samples from `from` into a full frame; what is missing is silence. */
export function encodeFrame(codec: G711, sound: Int16Array, from: number, frame: Buffer): void {
  const { encode, silence } = CODECS[codec];
  for (let i = 0; i < FRAME_SAMPLES; i++) {
    const sample = sound[from + i];
    frame[i] = sample === undefined ? silence : (encode[sample + 32_768] ?? silence);
  }
}

export interface Wav {
  readonly sampleRateHz: number;
  readonly channels: readonly Int16Array[];
}

/** Reads a RIFF/WAVE file of 16-bit PCM. @throws Error on any other kind */
export function readWav(path: string): Wav {
  const file = readFileSync(path);
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error(`not a WAV file: ${path}`);
  }
  let format: { channels: number; sampleRateHz: number } | null = null;
  for (let at = 12; at + 8 <= file.length;) {
    const id = file.toString('latin1', at, at + 4);
    const length = Math.min(file.readUInt32LE(at + 4), file.length - at - 8);
    const start = at + 8;
    if (id === 'fmt ') {
      if (file.readUInt16LE(start + 14) !== 16) throw new Error(`not 16-bit PCM: ${path}`);
      format = {
        channels: file.readUInt16LE(start + 2),
        sampleRateHz: file.readUInt32LE(start + 4),
      };
    }
    if (id === 'data' && format) {
      const { channels, sampleRateHz } = format;
      const frames = Math.floor(length / 2 / channels);
      const split = Array.from({ length: channels }, (_, channel) =>
        Int16Array.from({ length: frames }, (_, frame) =>
          file.readInt16LE(start + 2 * (frame * channels + channel)),
        ),
      );
      return { sampleRateHz, channels: split };
    }
    at = start + length + (length % 2);
  }
  throw new Error(`no sound in ${path}`);
}

/** The samples of a mono 8 kHz WAV file. @throws Error on any other kind */
export function readSpeech(path: string): Int16Array {
  const { sampleRateHz, channels } = readWav(path);
  const [only] = channels;
  if (sampleRateHz !== SAMPLE_RATE_HZ || channels.length !== 1 || !only) {
    throw new Error(`not 8 kHz mono: ${path}`);
  }
  return only;
}

/** The bytes of a mono 8 kHz WAV file. */
export function wavBytes(samples: Int16Array): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + samples.length * 2, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  head.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.length * 2, 40);
  const body = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, i) => body.writeInt16LE(sample, i * 2));
  return Buffer.concat([head, body]);
}
