// Who speaks in the corpus of call progress detection: espeak-ng languages and variants. The three
// parts share no variant; what is held out also has languages that occur nowhere else.

/** What a case is for: weights are fitted on `train`, thresholds chosen on `tune`. */
export type Part = 'train' | 'tune' | 'held-out';

/** What makes the speech. */
export type Engine = 'espeak-ng' | 'flite' | 'festival';

/** A way of speaking: voice of an engine (with variant), words a minute, pitch 0 to 99. */
export interface Voice {
  readonly engine: Engine;
  readonly name: string;
  readonly wordsPerMinute: number;
  readonly pitch: number;
}

/** Texts are kept by these codes; English is spoken in several accents. */
export type Language =
  | 'en'
  | 'de'
  | 'fr'
  | 'es'
  | 'nl'
  | 'ja'
  | 'sv'
  | 'pl'
  | 'cmn'
  | 'it'
  | 'pt'
  | 'el'
  | 'cs'
  | 'ru'
  | 'tr'
  | 'da'
  | 'hu'
  | 'ko'
  | 'fi';

type Accents = Readonly<Partial<Record<Language, readonly string[]>>>;

/** Accents of each language; those named twice speak more often. */
const ACCENTS: Readonly<Record<Part, Accents>> = {
  train: {
    en: ['en-us', 'en-us', 'en-gb', 'en-gb-scotland'],
    de: ['de'],
    fr: ['fr-fr'],
    es: ['es', 'es-419'],
    nl: ['nl'],
    ja: ['ja'],
    sv: ['sv'],
    pl: ['pl'],
  },
  tune: {
    en: ['en-us', 'en-us', 'en-gb-x-rp', 'en-029', 'en-us-nyc'],
    de: ['de'],
    fr: ['fr-be'],
    it: ['it'],
    pt: ['pt-br'],
    cmn: ['cmn'],
    el: ['el'],
    cs: ['cs'],
  },
  'held-out': {
    en: ['en-us', 'en-gb', 'en-gb-x-gbclan', 'en-gb-x-gbcwmd'],
    de: ['de'],
    es: ['es', 'es-419'],
    ru: ['ru'],
    tr: ['tr'],
    da: ['da'],
    hu: ['hu'],
    ko: ['ko'],
    fi: ['fi'],
  },
};

const VARIANTS: Readonly<Record<Part, readonly string[]>> = {
  train: (
    'm1 m3 m5 m7 f1 f3 f5 klatt2 Andy Annie Gene Denis Michael anika steph victor Hugo grandma ' +
    'benjamin max pablo'
  ).split(' '),
  tune: 'm2 m4 m8 f2 f4 klatt4 Alicia Marco Mario belinda linda adam Lee edward rob'.split(' '),
  'held-out': (
    'm6 klatt3 croak aunty boris caleb david ed grandpa Henrique Jacky john marcelo michel ' +
    'norbert paul quincy robert sandro shelby travis zac Andrea Diogo'
  ).split(' '),
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

/** Persons and machines alike: speed must not give away who speaks. */
const SPEEDS: Readonly<Record<Part, readonly number[]>> = {
  train: [140, 160, 180, 205],
  tune: [145, 165, 185, 210],
  'held-out': [135, 155, 175, 200, 220],
};

/** A voice of this part; half of the corpus is English. */
export function drawVoice(part: Part, random: () => number): readonly [Language, Voice] {
  const accents = ACCENTS[part];
  const languages = Object.keys(accents) as Language[];
  const language = random() < 0.5 ? 'en' : pick(random, languages);
  const accent = pick(random, accents[language] ?? ['en-us']);
  // Few steps, so that the cache of spoken texts stays small.
  const wordsPerMinute = pick(random, SPEEDS[part]);
  const pitch = pick(random, [30, 45, 60, 75]);
  const name = `${accent}+${pick(random, VARIANTS[part])}`;
  return [language, { engine: 'espeak-ng', name, wordsPerMinute, pitch }];
}

/** English voices of the other engines; festival is heard in the report only. */
const OTHER_VOICES: Readonly<Record<'flite' | 'festival', Readonly<Record<Part, string>>>> = {
  flite: { train: 'awb', tune: 'rms', 'held-out': 'slt' },
  festival: { train: '', tune: '', 'held-out': 'kal_diphone' },
};

/** The engines that speak in a part. */
export function enginesOf(part: Part): readonly Engine[] {
  return part === 'held-out' ? ['espeak-ng', 'flite', 'festival'] : ['espeak-ng', 'flite'];
}

/** From slow to hasty speakers. */
const WIDE_SPEEDS: Readonly<Record<Part, readonly number[]>> = {
  train: [115, 145, 170, 200, 230],
  tune: [120, 150, 175, 205, 225],
  'held-out': [110, 140, 165, 195, 220],
};

/** Whispered variants of espeak-ng: no voice at all in them. */
const WHISPERED: Readonly<Record<Part, string>> = {
  train: 'whisper',
  tune: 'whisper',
  'held-out': 'whisperf',
};

/** A voice for the wide cases: any engine, any speed, seldom a whisper. */
export function drawWideVoice(
  part: Part,
  engine: Engine,
  random: () => number,
): readonly [Language, Voice] {
  const [language, voice] = drawVoice(part, random);
  const wordsPerMinute = pick(random, WIDE_SPEEDS[part]);
  const isWhispered = random() < 0.06;
  if (engine !== 'espeak-ng') {
    return ['en', { ...voice, engine, name: OTHER_VOICES[engine][part], wordsPerMinute }];
  }
  const [accent = ''] = voice.name.split('+');
  const name = isWhispered ? `${accent}+${WHISPERED[part]}` : voice.name;
  return [language, { ...voice, name, wordsPerMinute }];
}
