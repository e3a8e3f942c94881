// What a line does to a call in the corpus: level, background, echo, a click, DC, companding or
// GSM full rate, lost packets. Everything is drawn from a seed.
import { execFileSync } from 'node:child_process';
import { activeLevelDbov, losePackets, throughG711 } from '../../test/support/audio.ts';
import { melody } from './music.ts';
import { speak } from './speak.ts';
import { between, drawVoice, type Part, pick } from './voices.ts';

const RATE = 8000;

export type Background = 'none' | 'white' | 'pink' | 'babble' | 'television' | 'music';
export type Coding = 'ulaw' | 'alaw' | 'gsm';

/** Everything that happens to a signal on its way. */
export interface LineCondition {
  readonly levelDbov: number;
  readonly background: Background;
  /** Level of the signal above the background; no meaning without one. */
  readonly snrDb: number;
  readonly coding: Coding;
  readonly lossShare: number;
  readonly dcOffset: number;
  readonly hasClick: boolean;
  /** Echo of the signal itself, so much softer and later; null: none. */
  readonly echo: { readonly lossDb: number; readonly delayMs: number } | null;
}

/** Conditions from clean to poor; most lines have one fault, some two. */
export function drawLine(random: () => number): LineCondition {
  const backgrounds = ['white', 'pink', 'babble', 'television', 'music'] as const;
  return {
    levelDbov: Math.round(between(random, -35, -10)),
    background: random() < 0.5 ? 'none' : pick(random, backgrounds),
    snrDb: pick(random, [15, 18, 22, 26, 30]),
    coding: pick(random, ['ulaw', 'ulaw', 'ulaw', 'alaw', 'alaw', 'alaw', 'gsm']),
    lossShare: random() < 0.75 ? 0 : pick(random, [0.01, 0.02, 0.03]),
    dcOffset: random() < 0.85 ? 0 : Math.round(between(random, -600, 600)),
    hasClick: random() < 0.15,
    echo:
      random() < 0.85
        ? null
        : { lossDb: between(random, 12, 30), delayMs: between(random, 20, 250) },
  };
}

/** Gaussian noise, nearly: the sum of four uniform numbers. */
function white(length: number, random: () => number): Float64Array {
  return Float64Array.from({ length }, () => random() + random() + random() + random() - 2);
}

/** White noise through three one-pole filters (P. Kellet's economy method): -3 dB an octave. */
function pink(length: number, random: () => number): Float64Array {
  let low = 0;
  let middle = 0;
  let high = 0;
  return white(length, random).map((value) => {
    low = 0.99765 * low + value * 0.099046;
    middle = 0.963 * middle + value * 0.2965164;
    high = 0.57 * high + value * 1.0526913;
    return low + middle + high + value * 0.1848;
  });
}

const LONG_TEXTS: Readonly<Record<Part, readonly string[]>> = {
  train: [
    'The train to the coast leaves at nine, and we still have to buy bread and some apples.',
    'I told him twice that the window in the kitchen does not close when the weather is wet.',
    'They painted the house last summer, first the door and then the whole wall to the garden.',
    'She plays the piano every evening after work, mostly old songs that her mother taught her.',
  ],
  'held-out': [
    'Tomorrow it will rain in the north, while the south keeps its sun until late in the evening.',
    'The match ended two to one, and the keeper said that he had never seen so many people there.',
    'Nobody knows where the key is, so we went in through the cellar and opened from the inside.',
    'Our neighbours have a new dog that barks at every bicycle and sleeps in the flower bed.',
  ],
};

function add(into: Float64Array, samples: Int16Array, from: number, share: number): void {
  for (let i = 0; i < into.length; i += 1) {
    into[i] = (into[i] ?? 0) + share * (samples[(from + i) % samples.length] ?? 0);
  }
}

/** Voices of a room: six talkers, or one and a tune for a television. */
function voices(length: number, part: Part, random: () => number, count: number): Float64Array {
  const mixed = new Float64Array(length);
  for (let i = 0; i < count; i += 1) {
    const [, { name }] = drawVoice(part, random);
    const english = name.replace(/^[^+]*/u, 'en-us');
    const voice = { name: english, wordsPerMinute: 160, pitch: 45 };
    const said = speak(voice, pick(random, LONG_TEXTS[part]));
    add(mixed, said, Math.floor(random() * said.length), 1);
  }
  return mixed;
}

function backgroundOf(
  kind: Background,
  length: number,
  part: Part,
  random: () => number,
): Float64Array {
  switch (kind) {
    case 'none':
      return new Float64Array(length);
    case 'white':
      return white(length, random);
    case 'pink':
      return pink(length, random);
    case 'babble':
      return voices(length, part, random, 6);
    case 'television': {
      const mixed = voices(length, part, random, 1);
      add(mixed, melody(length, random), 0, 0.3);
      return mixed;
    }
    case 'music':
      return Float64Array.from(melody(length, random));
  }
}

function rms(samples: Float64Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

function throughGsm(samples: Int16Array): Int16Array {
  const raw = ['-t', 'raw', '-r', '8000', '-e', 'signed', '-b', '16', '-c', '1', '-'];
  const gsm = ['-t', 'gsm', '-r', '8000', '-c', '1', '-'];
  const options = { maxBuffer: 1 << 26 };
  const input = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const coded = execFileSync('sox', ['-D', ...raw, ...gsm], { ...options, input });
  const back = execFileSync('sox', ['-D', ...gsm, ...raw], { ...options, input: coded });
  const heard = new Int16Array(samples.length);
  heard.set(new Int16Array(new Uint8Array(back).buffer).subarray(0, samples.length));
  return heard;
}

function coded(samples: Int16Array, coding: Coding): Int16Array {
  return coding === 'gsm' ? throughGsm(samples) : throughG711(samples, coding);
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
  const mixed = Float64Array.from(signal, (sample) => sample * gain + line.dcOffset);
  const { echo } = line;
  if (echo !== null) {
    const delay = Math.round((echo.delayMs * RATE) / 1000);
    const share = gain * 10 ** (-echo.lossDb / 20);
    for (let i = delay; i < mixed.length; i += 1) {
      mixed[i] = (mixed[i] ?? 0) + share * (signal[i - delay] ?? 0);
    }
  }
  const noise = backgroundOf(line.background, mixed.length, part, random);
  const noiseGain =
    (32768 * 10 ** ((line.levelDbov - line.snrDb) / 20)) / Math.max(1e-9, rms(noise));
  if (line.background !== 'none') {
    for (let i = 0; i < mixed.length; i += 1) {
      mixed[i] = (mixed[i] ?? 0) + noiseGain * (noise[i] ?? 0);
    }
  }
  if (line.hasClick) {
    const at = Math.floor(between(random, 0, 0.1 * RATE));
    for (let i = 0; i < 30; i += 1) mixed[at + i] = i % 2 === 0 ? 6000 : -6000;
  }
  const clipped = Int16Array.from(mixed, (value) =>
    Math.max(-32768, Math.min(32767, Math.round(value))),
  );
  return losePackets(coded(clipped, line.coding), line.lossShare, random);
}
