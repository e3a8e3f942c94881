// Who speaks in the corpus of call progress detection: espeak-ng languages and variants. What is
// held out is never tuned on: its variants and two whole languages occur nowhere in the training.

/** Which part of the corpus a case belongs to. */
export type Part = 'train' | 'held-out';

/** A way of speaking: espeak-ng voice with variant, words a minute, pitch 0 to 99. */
export interface Voice {
  readonly name: string;
  readonly wordsPerMinute: number;
  readonly pitch: number;
}

/** Texts are kept by these codes; English is spoken in several accents. */
export type Language = 'en' | 'de' | 'fr' | 'es' | 'nl' | 'ja' | 'cmn' | 'it' | 'pt';

/** The first English accent speaks more often than the others. */
const ACCENTS: Readonly<Record<Part, Readonly<Partial<Record<Language, readonly string[]>>>>> = {
  train: {
    en: ['en-us', 'en-us', 'en-gb', 'en-gb-scotland'],
    de: ['de'],
    fr: ['fr-fr'],
    es: ['es', 'es-419'],
    nl: ['nl'],
    ja: ['ja'],
  },
  'held-out': {
    en: ['en-us', 'en-us', 'en-gb-x-rp', 'en-029', 'en-us-nyc'],
    de: ['de'],
    fr: ['fr-be'],
    it: ['it'],
    pt: ['pt-br'],
    cmn: ['cmn'],
  },
};

const VARIANTS: Readonly<Record<Part, readonly string[]>> = {
  train: 'm1 m3 m5 m7 f1 f3 f5 klatt2 Andy Annie Gene Denis Michael anika steph victor'.split(' '),
  'held-out': 'm2 m4 m8 f2 f4 klatt4 Alicia Marco Mario belinda linda adam Lee edward'.split(' '),
};

/** Draws from a list. */
export function pick<T>(random: () => number, list: readonly T[]): T {
  const drawn = list[Math.floor(random() * list.length)];
  if (drawn === undefined) throw new RangeError('nothing to draw from');
  return drawn;
}

/** A number in [low, high). */
export function between(random: () => number, low: number, high: number): number {
  return low + (high - low) * random();
}

/** Whoever answers a call speaks faster than who reads a greeting into a machine. */
const SPEEDS = { live: [160, 180, 200, 225], recorded: [135, 155, 175, 195] } as const;

/** A voice of this part; half of the corpus is English. */
export function drawVoice(
  part: Part,
  random: () => number,
  manner: 'live' | 'recorded' = 'recorded',
): readonly [Language, Voice] {
  const accents = ACCENTS[part];
  const languages = Object.keys(accents) as Language[];
  const language = random() < 0.5 ? 'en' : pick(random, languages);
  const accent = pick(random, accents[language] ?? ['en-us']);
  // Few steps, so that the cache of spoken texts stays small.
  const wordsPerMinute = pick(random, SPEEDS[manner]);
  const pitch = pick(random, [30, 45, 60, 75]);
  return [language, { name: `${accent}+${pick(random, VARIANTS[part])}`, wordsPerMinute, pitch }];
}
