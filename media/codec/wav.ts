// PURE. RIFF/WAVE in and out: PCM of 8, 16 and 24 bit and G.711, as callers upload them. Files are
// hostile until read: every size is checked against the bytes that are there, never trusted.
import { badRequest, type RingbackError } from '../../core/errors.ts';
import { ALAW_TO_LINEAR, ULAW_TO_LINEAR } from './g711.ts';

const FORMAT_PCM = 0x0001;
const FORMAT_ALAW = 0x0006;
const FORMAT_ULAW = 0x0007;
/** WAVE_FORMAT_EXTENSIBLE: the real format is the first word of the sub-format GUID. */
const FORMAT_EXTENSIBLE = 0xfffe;
const HEADER_BYTES = 44;
const MAX_CHANNELS = 8;
const MIN_SAMPLE_RATE_HZ = 4000;
const MAX_SAMPLE_RATE_HZ = 192_000;
/** A file of more chunks than this is not sound but an attack on the reader. */
const MAX_CHUNKS = 1000;

/** Sound as a WAV file holds it. */
export interface WavSound {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Interleaved: one sample of each channel, then the next. */
  readonly samples: Int16Array;
}

interface WavFormat {
  readonly encoding: 'pcm8' | 'pcm16' | 'pcm24' | 'alaw' | 'ulaw';
  readonly channels: number;
  readonly sampleRateHz: number;
}

const BYTES_PER_SAMPLE = { pcm8: 1, pcm16: 2, pcm24: 3, alaw: 1, ulaw: 1 } as const;

function invalid(reason: string): RingbackError {
  return badRequest('MEDIA_WAV_INVALID', `The WAV file cannot be read: ${reason}.`, { reason });
}

function encodingOf(format: number, bits: number): WavFormat['encoding'] {
  if (format === FORMAT_PCM && bits === 8) return 'pcm8';
  if (format === FORMAT_PCM && bits === 16) return 'pcm16';
  if (format === FORMAT_PCM && bits === 24) return 'pcm24';
  if (format === FORMAT_ALAW && bits === 8) return 'alaw';
  if (format === FORMAT_ULAW && bits === 8) return 'ulaw';
  throw invalid('the encoding is not PCM of 8, 16 or 24 bit, A-law or u-law');
}

function readFormat(chunk: DataView): WavFormat {
  if (chunk.byteLength < 16) throw invalid('the format chunk is too short');
  let format = chunk.getUint16(0, true);
  if (format === FORMAT_EXTENSIBLE) {
    if (chunk.byteLength < 26) throw invalid('the extensible format chunk is too short');
    format = chunk.getUint16(24, true);
  }
  const channels = chunk.getUint16(2, true);
  if (channels < 1 || channels > MAX_CHANNELS) throw invalid('the channel count is out of range');
  const sampleRateHz = chunk.getUint32(4, true);
  if (sampleRateHz < MIN_SAMPLE_RATE_HZ || sampleRateHz > MAX_SAMPLE_RATE_HZ) {
    throw invalid('the sample rate is out of range');
  }
  return { encoding: encodingOf(format, chunk.getUint16(14, true)), channels, sampleRateHz };
}

function readSamples(data: DataView, format: WavFormat): Int16Array {
  const bytesEach = BYTES_PER_SAMPLE[format.encoding];
  const frames = Math.floor(data.byteLength / (bytesEach * format.channels));
  const samples = new Int16Array(frames * format.channels);
  for (let i = 0; i < samples.length; i += 1) {
    samples[i] = readSample(data, i * bytesEach, format.encoding);
  }
  return samples;
}

function readSample(data: DataView, at: number, encoding: WavFormat['encoding']): number {
  switch (encoding) {
    case 'pcm8':
      return (data.getUint8(at) - 128) << 8;
    case 'pcm16':
      return data.getInt16(at, true);
    case 'pcm24':
      return data.getInt16(at + 1, true);
    case 'alaw':
      return ALAW_TO_LINEAR[data.getUint8(at)] ?? 0;
    case 'ulaw':
      return ULAW_TO_LINEAR[data.getUint8(at)] ?? 0;
  }
}

function chunkName(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}

/**
 * Reads a WAV file. A `data` chunk that claims more than the file holds is read as far as it goes,
 * because a recorder that was killed leaves such files.
 * @throws RingbackError MEDIA_WAV_INVALID
 */
export function readWav(bytes: Uint8Array): WavSound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 12 || chunkName(view, 0) !== 'RIFF' || chunkName(view, 8) !== 'WAVE') {
    throw invalid('it does not begin with RIFF and WAVE');
  }
  let format: WavFormat | null = null;
  let at = 12;
  for (let seen = 0; seen < MAX_CHUNKS && at + 8 <= view.byteLength; seen += 1) {
    const name = chunkName(view, at);
    const size = Math.min(view.getUint32(at + 4, true), view.byteLength - at - 8);
    const chunk = new DataView(bytes.buffer, bytes.byteOffset + at + 8, size);
    if (name === 'fmt ') format = readFormat(chunk);
    if (name === 'data') {
      if (format === null) throw invalid('the data comes before the format');
      const { sampleRateHz, channels } = format;
      return { sampleRateHz, channels, samples: readSamples(chunk, format) };
    }
    at += 8 + size + (size & 1);
  }
  throw invalid('there is no data chunk');
}

/**
 * Averages the channels.
 * @param samples interleaved, `channels` values for each moment
 */
export function toMono(samples: Int16Array, channels: number): Int16Array {
  if (channels === 1) return samples;
  const mono = new Int16Array(Math.floor(samples.length / channels));
  for (let i = 0; i < mono.length; i += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      sum += samples[i * channels + channel] ?? 0;
    }
    mono[i] = Math.round(sum / channels);
  }
  return mono;
}

/**
 * The 44 byte header of a 16 bit PCM WAV file; `dataBytes` of samples follow it.
 * Sizes that do not fit 32 bit are written as the largest that does.
 */
export function wavHeader(channels: number, sampleRateHz: number, dataBytes: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  const name = (at: number, text: string): void => {
    for (let i = 0; i < 4; i += 1) header[at + i] = text.charCodeAt(i);
  };
  name(0, 'RIFF');
  view.setUint32(4, Math.min(dataBytes + HEADER_BYTES - 8, 0xffffffff), true);
  name(8, 'WAVE');
  name(12, 'fmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, FORMAT_PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  name(36, 'data');
  view.setUint32(40, Math.min(dataBytes, 0xffffffff), true);
  return header;
}

/** A whole 16 bit PCM WAV file from interleaved samples. */
export function writeWav(samples: Int16Array, channels: number, sampleRateHz: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + samples.length * 2);
  bytes.set(wavHeader(channels, sampleRateHz, samples.length * 2));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i += 1) {
    view.setInt16(HEADER_BYTES + i * 2, samples[i] ?? 0, true);
  }
  return bytes;
}

export { resampleMono } from './resample.ts';
