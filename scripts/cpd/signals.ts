// Tones of the corpus: beeps of many kinds, special information tones, fax and modem signals, and
// call progress by country from the tone plans themselves. Levels are relative to speech at -20.
import { TONE_PLANS } from '../../media/dsp/tone-plan.ts';
import { concat, silence, tone } from '../../test/support/audio.ts';
import { between, type Part, pick } from './voices.ts';

const RATE = 8000;

export type BeepKind =
  'single' | 'dual' | 'chirp' | 'double' | 'steps' | 'fade' | 'clicked' | 'pips';

/** Beeps of real machines are mostly single. */
const KINDS: readonly BeepKind[] = [
  ...Array<BeepKind>(4).fill('single'),
  'dual',
  'chirp',
  'double',
  'steps',
];

/** One beep, two, or two of different pitch without a gap (`steps`). */
export interface Beep {
  readonly kind: BeepKind;
  readonly frequencyHz: number;
  /** Second frequency of a dual tone, last one of a chirp; otherwise unused. */
  readonly otherHz: number;
  readonly durationMs: number;
  /** Between the two of a double beep. */
  readonly gapMs: number;
  readonly levelDbov: number;
}

/** Beeps of real machines are mostly single; the others occur. */
export function drawBeep(random: () => number): Beep {
  const kind = pick(random, KINDS);
  const frequencyHz = Math.round(between(random, 400, random() < 0.8 ? 1400 : 2000));
  const durationMs = pick(random, [80, 100, 150, 200, 250, 300, 400, 500, 700, 1000, 1500]);
  return {
    kind,
    frequencyHz,
    otherHz: Math.round(Math.min(3000, frequencyHz * between(random, 1.2, 1.8))),
    durationMs: kind === 'chirp' ? Math.max(200, Math.min(700, durationMs)) : durationMs,
    gapMs: pick(random, [80, 120, 200, 300, 450, 600]),
    levelDbov: Math.round(between(random, -32, -12)),
  };
}

/** Forms of the wide cases; three short pips are heard in the report only. */
const WIDE_KINDS: Readonly<Record<Part, readonly BeepKind[]>> = {
  train: ['single', 'single', 'single', 'dual', 'chirp', 'double', 'fade', 'clicked'],
  tune: ['single', 'single', 'single', 'dual', 'chirp', 'double', 'fade', 'clicked'],
  'held-out': ['single', 'single', 'single', 'dual', 'chirp', 'fade', 'clicked', 'pips'],
};

/** Beeps from 300 to 2500 Hz, 0.1 to 1.2 s, soft to loud, rising or falling. */
export function drawWideBeep(part: Part, random: () => number): Beep {
  const kind = pick(random, WIDE_KINDS[part]);
  const frequencyHz = Math.round(300 * 2 ** between(random, 0, random() < 0.8 ? 2.2 : 3));
  const durationMs = Math.round(100 * 2 ** between(random, 0, 3.6));
  const ratio = between(random, 1.25, 1.8);
  const falls = kind === 'chirp' && random() < 0.4 && frequencyHz > 700;
  return {
    kind,
    frequencyHz,
    otherHz: Math.round(falls ? frequencyHz / ratio : Math.min(3000, frequencyHz * ratio)),
    durationMs: kind === 'chirp' ? Math.max(200, Math.min(700, durationMs)) : durationMs,
    gapMs: pick(random, [100, 150, 250, 400]),
    levelDbov: Math.round(between(random, -32, -8)),
  };
}

/** A tone that is softened over its second half. */
function fade(beep: Beep): Int16Array {
  const sound = tone([beep.frequencyHz], beep.durationMs, beep.levelDbov);
  return sound.map((sample, i) => Math.round(sample * Math.min(1, 2 - (2 * i) / sound.length)));
}

/** A relay or a tape head, and then the tone. */
function clicked(beep: Beep): Int16Array {
  const click = silence(6).map((_, i) => (i % 3 === 0 ? 5000 : -3000));
  const sound = tone([beep.frequencyHz], beep.durationMs, beep.levelDbov);
  return concat(click, silence(30), sound);
}

function chirp({ frequencyHz, otherHz, durationMs, levelDbov }: Beep): Int16Array {
  const length = Math.round((durationMs * RATE) / 1000);
  const amplitude = 32768 * Math.SQRT2 * 10 ** (levelDbov / 20);
  let phase = 0;
  return Int16Array.from({ length }, (_, i) => {
    phase += (2 * Math.PI * (frequencyHz + ((otherHz - frequencyHz) * i) / length)) / RATE;
    const edge = Math.min(1, Math.min(i, length - i) / 32);
    return Math.round(amplitude * edge * Math.sin(phase));
  });
}

/** The samples of a beep. */
export function soundOf(beep: Beep): Int16Array {
  const { kind, frequencyHz, otherHz, durationMs, gapMs, levelDbov } = beep;
  switch (kind) {
    case 'single':
      return tone([frequencyHz], durationMs, levelDbov);
    case 'dual':
      return tone([frequencyHz, otherHz], durationMs, levelDbov);
    case 'chirp':
      return chirp(beep);
    case 'double': {
      const once = tone([frequencyHz], Math.min(300, durationMs), levelDbov);
      return concat(once, silence(gapMs), once);
    }
    case 'fade':
      return fade(beep);
    case 'clicked':
      return clicked(beep);
    case 'pips': {
      const once = tone([frequencyHz], Math.min(150, durationMs), levelDbov);
      const rest = silence(Math.min(200, gapMs));
      return concat(once, rest, once, rest, once);
    }
    case 'steps': {
      const halfMs = Math.max(100, durationMs / 2);
      return concat(tone([frequencyHz], halfMs, levelDbov), tone([otherHz], halfMs, levelDbov));
    }
  }
}

/** Frequencies and lengths of the first two tones; GR-1162 codes and the tone of E.180. */
export const SITS: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  'sit-intercept': [913.8, 274, 1370.6, 274, 380],
  'sit-vacant': [985.2, 380, 1370.6, 274, 380],
  'sit-reorder-intra-lata': [913.8, 274, 1428.5, 380, 380],
  'sit-reorder-inter-lata': [985.2, 274, 1370.6, 380, 380],
  'sit-no-circuit-intra-lata': [985.2, 380, 1428.5, 380, 380],
  'sit-no-circuit-inter-lata': [913.8, 380, 1370.6, 380, 380],
  'sit-ineffective': [913.8, 380, 1428.5, 274, 380],
  'sit-itu': [950, 330, 1400, 330, 330],
};

/** The three tones of a SIT by name, a little out of tune and time. */
export function sit(name: string, random: () => number): Int16Array {
  const code = SITS[name];
  if (code === undefined) throw new RangeError(`no SIT ${name}`);
  const [firstHz, firstMs, secondHz, secondMs, thirdMs] = code;
  const thirdHz = name === 'sit-itu' ? 1800 : 1776.7;
  const detune = between(random, 0.985, 1.015);
  const stretch = between(random, 0.95, 1.05);
  const one = (hz: number, ms: number): Int16Array => tone([hz * detune], ms * stretch);
  return concat(one(firstHz, firstMs), one(secondHz, secondMs), one(thirdHz, thirdMs));
}

export type FaxKind = 'cng' | 'ced' | 'ansam' | 'modem';

/** 2100 Hz with 15 Hz amplitude modulation of 20 % and phase reversals each 450 ms (V.8). */
function ansam(durationMs: number): Int16Array {
  const length = (durationMs * RATE) / 1000;
  return Int16Array.from({ length }, (_, i) => {
    const seconds = i / RATE;
    const sign = Math.floor(seconds / 0.45) % 2 === 0 ? 1 : -1;
    const envelope = 1 + 0.2 * Math.sin(2 * Math.PI * 15 * seconds);
    return Math.round(3300 * sign * envelope * Math.sin(2 * Math.PI * 2100 * seconds));
  });
}

/** A fax machine or modem. */
export function fax(kind: FaxKind, random: () => number): Int16Array {
  switch (kind) {
    case 'cng': {
      const burst = tone([1100 + between(random, -30, 30)], between(random, 440, 560));
      return concat(burst, silence(3000), burst, silence(1000));
    }
    case 'ced':
      return tone([2100 + between(random, -12, 12)], between(random, 2600, 4000));
    case 'ansam':
      return ansam(3300);
    case 'modem':
      return tone([pick(random, [2225, 2250])], 2600);
  }
}

/** Countries and tones of the corpus: every row of every plan. */
export const PROGRESS: readonly (readonly [country: string, index: number])[] = [
  ...TONE_PLANS,
].flatMap(([country, plan]) => plan.map((_, index) => [country, index] as const));

/** Two or more cycles of a progress tone, with a little detuning and timing error. */
export function progress(country: string, index: number, random: () => number): Int16Array {
  const row = TONE_PLANS.get(country)?.[index];
  if (row === undefined) throw new RangeError(`no tone ${index} of ${country}`);
  const detune = between(random, 0.98, 1.02);
  const stretch = between(random, 0.9, 1.1);
  const frequencies = row.frequenciesHz.map((hz) => hz * detune);
  const parts: Int16Array[] = [];
  let totalMs = 0;
  for (let i = 0; totalMs < 6500 || i % 2 === 1; i += 1) {
    const ms = (row.cadenceMs[i % row.cadenceMs.length] ?? 0) * stretch;
    parts.push(i % 2 === 0 ? tone(frequencies, ms) : silence(ms));
    totalMs += ms;
  }
  return concat(...parts);
}
