// What a line does to a call in the corpus: room, level, background, echo, a click, DC, the band of
// an old telephone, clipping, companding or GSM full rate, lost packets. All drawn from a seed.
import { execFileSync } from 'node:child_process';
import { Concealment } from '../../media/codec/concealment.ts';
import { activeLevelDbov, losePackets, throughG711 } from '../../test/support/audio.ts';
import { type Background, backgroundOf } from './noise.ts';
import { between, type Part, pick } from './voices.ts';

const RATE = 8000;
const FRAME = 160;

export type Coding = 'ulaw' | 'alaw' | 'gsm';
/** What is heard in place of a lost packet. */
export type Holes = 'zeros' | 'concealed';

/** Everything that happens to a signal on its way. */
export interface LineCondition {
  readonly levelDbov: number;
  readonly background: Background;
  /** Level of the signal above the background; no meaning without one. */
  readonly snrDb: number;
  readonly coding: Coding;
  readonly lossShare: number;
  readonly holes: Holes;
  readonly dcOffset: number;
  readonly hasClick: boolean;
  /** Band of an old telephone: 300 to 3400 Hz, steeply. */
  readonly isNarrow: boolean;
  /** So much too loud for the microphone; 0: not clipped. */
  readonly overloadDb: number;
  /** Reverberation time of the room, 60 dB; 0: none. */
  readonly reverbMs: number;
  /** Echo of the signal itself, so much softer and later; null: none. */
  readonly echo: { readonly lossDb: number; readonly delayMs: number } | null;
}

export const STEADY_NOISES: Readonly<Record<Part, readonly Background[]>> = {
  train: ['white', 'pink'],
  tune: ['white', 'pink'],
  'held-out': ['brown', 'hum', 'street'],
};

/** Conditions from clean to poor; most lines have one fault, some two. */
export function drawLine(part: Part, random: () => number): LineCondition {
  const rooms = ['babble', 'television', 'music'] as const;
  const noises = [...STEADY_NOISES[part], ...STEADY_NOISES[part], ...rooms];
  const background = random() < 0.5 ? 'none' : pick(random, noises);
  const isSteady = STEADY_NOISES[part].includes(background);
  return {
    levelDbov: Math.round(between(random, -35, -10)),
    background,
    snrDb: pick(random, isSteady ? [12, 15, 18, 22, 26, 30] : [15, 18, 22, 26, 30]),
    coding: pick(random, ['ulaw', 'ulaw', 'ulaw', 'alaw', 'alaw', 'alaw', 'gsm']),
    lossShare: random() < 0.7 ? 0 : pick(random, [0.01, 0.02, 0.03, 0.05]),
    holes: random() < 0.6 ? 'concealed' : 'zeros',
    dcOffset: random() < 0.85 ? 0 : Math.round(between(random, -600, 600)),
    hasClick: random() < 0.15,
    isNarrow: random() < 0.2,
    overloadDb: random() < 0.9 ? 0 : between(random, 3, 12),
    reverbMs: random() < 0.8 ? 0 : between(random, 150, 500),
    echo:
      random() < 0.85
        ? null
        : { lossDb: between(random, 12, 30), delayMs: between(random, 20, 250) },
  };
}

function rms(samples: Float64Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

function pipe(samples: Int16Array, ...steps: readonly (readonly string[])[]): Int16Array {
  let bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  for (const step of steps) {
    const done = execFileSync('sox', ['-V1', '-D', ...step], { maxBuffer: 1 << 26, input: bytes });
    bytes = Buffer.from(done);
  }
  const heard = new Int16Array(samples.length);
  heard.set(new Int16Array(new Uint8Array(bytes).buffer).subarray(0, samples.length));
  return heard;
}

const RAW = ['-t', 'raw', '-r', '8000', '-e', 'signed', '-b', '16', '-c', '1', '-'];
const GSM = ['-t', 'gsm', '-r', '8000', '-c', '1', '-'];

function coded(samples: Int16Array, coding: Coding): Int16Array {
  if (coding !== 'gsm') return throughG711(samples, coding);
  return pipe(samples, [...RAW, ...GSM], [...GSM, ...RAW]);
}

/** Late reflections: a hundred echoes that die away, each a little shorter of energy. */
function reverberate(mixed: Float64Array, reverbMs: number, random: () => number): void {
  const dry = Float64Array.from(mixed);
  for (let k = 0; k < 60; k += 1) {
    const delayMs = between(random, 8, reverbMs);
    const share = 0.16 * 10 ** ((-3 * delayMs) / reverbMs) * (random() < 0.5 ? -1 : 1);
    const delay = Math.round((delayMs * RATE) / 1000);
    for (let i = delay; i < mixed.length; i += 1) {
      mixed[i] = (mixed[i] ?? 0) + share * (dry[i - delay] ?? 0);
    }
  }
}

function clip(mixed: Float64Array): Int16Array {
  return Int16Array.from(mixed, (value) => Math.max(-32768, Math.min(32767, Math.round(value))));
}

/** Loses packets as a gateway or this product would: filled with what was heard before. */
function concealed(samples: Int16Array, lossShare: number, random: () => number): Int16Array {
  const filler = new Concealment();
  const heard = Int16Array.from(samples);
  for (let at = 0; at + FRAME <= heard.length; at += FRAME) {
    const frame = heard.subarray(at, at + FRAME);
    if (random() < lossShare) filler.conceal(frame, FRAME);
    else filler.heard(frame, FRAME);
  }
  return heard;
}

/**
 * The call as it arrives.
 * @param signal all that the far end sends; its active level becomes `line.levelDbov`
 */
export function overLine(
  signal: Int16Array,
  line: LineCondition,
  part: Part,
  random: () => number,
): Int16Array {
  const gain = 10 ** ((line.levelDbov - activeLevelDbov(signal)) / 20);
  const mixed = Float64Array.from(signal, (sample) => sample * gain);
  if (line.reverbMs > 0) reverberate(mixed, line.reverbMs, random);
  const noise = backgroundOf(line.background, mixed.length, part, random);
  const noiseGain =
    (32768 * 10 ** ((line.levelDbov - line.snrDb) / 20)) / Math.max(1e-9, rms(noise));
  if (line.background !== 'none') {
    for (let i = 0; i < mixed.length; i += 1) {
      mixed[i] = (mixed[i] ?? 0) + noiseGain * (noise[i] ?? 0);
    }
  }
  const { echo } = line;
  const delay = Math.round(((echo?.delayMs ?? 0) * RATE) / 1000);
  const share = echo === null ? 0 : gain * 10 ** (-echo.lossDb / 20);
  // Peaks of speech stand about 12 dB above its active level.
  const most =
    line.overloadDb === 0 ? 32767 : 32768 * 10 ** ((line.levelDbov + 12 - line.overloadDb) / 20);
  for (let i = 0; i < mixed.length; i += 1) {
    const loud = (mixed[i] ?? 0) + share * (signal[i - delay] ?? 0);
    mixed[i] = Math.max(-most, Math.min(most, loud)) + line.dcOffset;
  }
  if (line.hasClick) {
    const at = Math.floor(between(random, 0, 0.1 * RATE));
    for (let i = 0; i < 30; i += 1) mixed[at + i] = i % 2 === 0 ? 6000 : -6000;
  }
  const banded = line.isNarrow
    ? pipe(clip(mixed), [...RAW, ...RAW, 'sinc', '300-3400'])
    : clip(mixed);
  const arrived = coded(banded, line.coding);
  if (line.holes === 'concealed') return concealed(arrived, line.lossShare, random);
  return losePackets(arrived, line.lossShare, random);
}
