// The corpus of call progress detection: labelled calls, each drawn from a seed, so that a case is
// its number. Speech is spoken once into a cache; all that a line does is done anew each time.
import type { CpdPhase } from '../../media/types.ts';
import { TONE_PLANS } from '../../media/dsp/tone-plan.ts';
import {
  activeLevelDbov,
  atLevel,
  concat,
  seededRandom,
  silence,
  tone,
} from '../../test/support/audio.ts';
import { drawLine, type LineCondition, overLine, STEADY_NOISES } from './line.ts';
import { melody } from './music.ts';
import {
  type Beep,
  drawBeep,
  fax,
  type FaxKind,
  PROGRESS,
  progress,
  sit,
  SITS,
  soundOf,
} from './signals.ts';
import { enginesHere, speak } from './speak.ts';
import {
  drawMachine,
  drawPerson,
  type MachineKind,
  type PersonKind,
  type Spoken,
} from './texts.ts';
import {
  between,
  drawVoice,
  type Engine,
  enginesOf,
  type Part,
  pick,
  type Voice,
} from './voices.ts';
import { type Scene, WIDE_MACHINES, WIDE_PERSONS, wideCall, type WideKind } from './wide.ts';

export type Family = 'person' | 'machine' | 'tone' | 'sit' | 'fax' | 'music' | 'silence';

/** A call with its truth. */
export interface Case {
  readonly id: string;
  readonly part: Part;
  readonly family: Family;
  /** What within the family: `hello`, `short-greeting`, `sit-vacant`, `DE busy`. */
  readonly kind: string;
  readonly phase: CpdPhase;
  readonly tonePlan: string;
  readonly seed: number;
  /** Who speaks. */
  readonly engine: Engine;
  /** One of the wide cases. */
  readonly isWide: boolean;
}

/** The case as it is heard; times in ms of the sound, null where there is nothing of the kind. */
export interface Rendered {
  readonly heard: Int16Array;
  readonly line: LineCondition;
  readonly voice: string | null;
  readonly firstWordMs: number | null;
  readonly lastWordMs: number | null;
  readonly beep: (Beep & { readonly fromMs: number; readonly toMs: number }) | null;
  /** What was done to a wide case before the line; null for others. */
  readonly scene: Scene | null;
}

const PERSONS: readonly (readonly [PersonKind, number])[] = [
  ['hello', 0.46],
  ['name', 0.24],
  ['company', 0.14],
  ['hello-hello', 0.14],
  ['long', 0.02],
];
const MACHINES: readonly (readonly [MachineKind | 'music-greeting', number])[] = [
  ['greeting', 0.5],
  ['short-greeting', 0.14],
  ['network', 0.26],
  ['music-greeting', 0.1],
];
const MS = 8;

function spread<T extends string>(kinds: readonly (readonly [T, number])[], count: number): T[] {
  return kinds.flatMap(([kind, share]) =>
    Array.from({ length: Math.round(share * count) }, () => kind),
  );
}

/** Seeds of the parts lie so far apart that no two calls are drawn alike. */
const SEED: Readonly<Record<Part, number>> = {
  train: 1_000_000,
  tune: 0,
  'held-out': 7_000_001,
};

/** Wide calls of persons, and of machines, for each engine. */
const WIDE_CALLS: Readonly<Record<Engine, number>> = {
  'espeak-ng': 240,
  flite: 160,
  festival: 80,
};

/** All cases of a part; `scale` 1 is 600 persons, 600 machines and as many others. */
export function casesOf(part: Part, scale: number): readonly Case[] {
  const count = Math.round(600 * scale);
  const cases: Case[] = [];
  const put = (family: Family, kind: string, phase: CpdPhase, tonePlan = 'US'): void => {
    const number = cases.length;
    const seed = number * 2 + SEED[part];
    const what = { id: `${part}-${number}`, part, family, kind, phase, tonePlan, seed };
    cases.push({ ...what, engine: 'espeak-ng', isWide: false });
  };
  const putWide = (engine: Engine, family: Family, kind: string): void => {
    put(family, kind, 'after-answer');
    const last = cases.pop();
    if (last !== undefined) cases.push({ ...last, engine, isWide: true });
  };
  const times = (share: number, each: () => void): void => {
    for (let i = 0; i < Math.max(1, Math.round(share * scale)); i += 1) each();
  };
  for (const kind of spread(PERSONS, count)) put('person', kind, 'after-answer');
  for (const kind of spread(MACHINES, count)) put('machine', kind, 'after-answer');
  times(5, () => {
    for (const [country, index] of PROGRESS) put('tone', String(index), 'before-answer', country);
  });
  times(12, () => {
    for (const name of Object.keys(SITS)) put('sit', name, 'before-answer');
  });
  times(4, () => {
    for (const name of Object.keys(SITS)) put('sit', name, 'after-answer');
  });
  times(25, () => {
    for (const kind of ['cng', 'ced', 'ansam', 'modem']) put('fax', kind, 'after-answer');
  });
  times(30, () => put('music', 'music', 'after-answer'));
  times(30, () => put('silence', 'silence', 'after-answer'));
  const here = enginesHere();
  for (const engine of enginesOf(part)) {
    if (!here.includes(engine)) continue;
    const wide = Math.round(WIDE_CALLS[engine] * scale);
    for (const kind of spread(WIDE_PERSONS, wide)) putWide(engine, 'person', kind);
    for (const kind of spread(WIDE_MACHINES, wide)) putWide(engine, 'machine', kind);
  }
  return cases;
}

/** Speech with its pauses; 0 dB is the level of the loudest piece. */
function say(voice: Voice, { pieces }: Spoken): { samples: Int16Array; lastPauseMs: number } {
  const parts: Int16Array[] = [];
  for (const [index, { text, pauseAfterMs }] of pieces.entries()) {
    parts.push(atLevel(speak(voice, text), -20));
    if (index < pieces.length - 1) parts.push(silence(pauseAfterMs));
  }
  return { samples: concat(...parts), lastPauseMs: pieces.at(-1)?.pauseAfterMs ?? 0 };
}

/** A receiver that is lifted, a breath: noise that swells and dies away. */
function rustle(random: () => number): Int16Array {
  const length = Math.round(between(random, 60, 300) * MS);
  const peak = between(random, 300, 2000);
  return Int16Array.from({ length }, (_, i) =>
    Math.round(peak * Math.sin((Math.PI * i) / length) * (2 * random() - 1)),
  );
}

/** What is heard before the first word: quiet, perhaps the rest of the ringback or a rustle. */
function lead(random: () => number): Int16Array {
  const quiet = silence(between(random, 80, random() < 0.9 ? 1500 : 3500));
  const drawn = random();
  if (drawn < 0.78) return quiet;
  if (drawn < 0.9) return concat(tone([440, 480], between(random, 100, 600), -24), quiet);
  return concat(silence(between(random, 40, 400)), rustle(random), quiet);
}

/** Does somebody answer, in person or recorded? */
export function isSpoken(family: Family): boolean {
  return family === 'person' || family === 'machine';
}

function finish(
  { part, family }: Case,
  random: () => number,
  signal: Int16Array,
  marks: Partial<Rendered>,
): Rendered {
  const drawn = drawLine(part, random);
  // Tones come from exchanges and machines: no room, no microphone.
  const line =
    family === 'music' || isSpoken(family) ? drawn : { ...drawn, reverbMs: 0, overloadDb: 0 };
  const heard = overLine(signal, line, part, random);
  const nobody = { voice: null, firstWordMs: null, lastWordMs: null, beep: null, scene: null };
  return { line, heard, ...nobody, ...marks };
}

function renderWide(what: Case, random: () => number): Rendered {
  const { part, engine, kind } = what;
  const { signal, ...marks } = wideCall(part, engine, kind as WideKind, random);
  return finish(what, random, signal, marks);
}

function renderPerson(what: Case, random: () => number): Rendered {
  const [language, voice] = drawVoice(what.part, random);
  const spoken = drawPerson(what.part, language, what.kind as PersonKind, random);
  const before = lead(random);
  const { samples } = say(voice, spoken);
  // The person listens: nothing more is said for a while.
  const signal = concat(before, samples, silence(4000));
  return finish(what, random, signal, {
    voice: voice.name,
    firstWordMs: before.length / MS,
    lastWordMs: (before.length + samples.length) / MS,
  });
}

function renderMachine(what: Case, random: () => number): Rendered {
  const [language, voice] = drawVoice(what.part, random);
  const hasMusic = what.kind === 'music-greeting';
  const kind = hasMusic ? 'greeting' : (what.kind as MachineKind);
  const { samples } = say(voice, drawMachine(what.part, language, kind, random));
  const start = lead(random);
  const tune = melody(
    what.part,
    hasMusic ? Math.round(between(random, 1500, 4000) * MS) : 0,
    random,
  );
  const before = hasMusic ? concat(start, atLevel(tune, -22), silence(250)) : start;
  const beep = drawBeep(random);
  const gapMs = pick(random, [0, 60, 100, 200, 300, 500, 700, 900, 1200, 2000, 3500]);
  const sound = soundOf(beep);
  const greeting = concat(before, samples, silence(gapMs));
  const fromMs = greeting.length / MS;
  return finish(what, random, concat(greeting, sound, silence(3000)), {
    voice: voice.name,
    firstWordMs: before.length / MS,
    lastWordMs: (before.length + samples.length) / MS,
    beep: { ...beep, fromMs, toMs: fromMs + sound.length / MS },
  });
}

/** Nobody speaks: nothing at all, or the noise of a line or a street. */
function renderSilence(what: Case, random: () => number): Rendered {
  const background = pick(random, ['none', ...STEADY_NOISES[what.part]] as const);
  const drawn = drawLine(what.part, random);
  const line = { ...drawn, background, levelDbov: between(random, -45, -30), echo: null };
  const faint = Int16Array.from({ length: 6500 * MS }, () => Math.round(4 * random() - 2));
  const heard = overLine(
    faint,
    { ...line, levelDbov: -75, snrDb: -75 - line.levelDbov },
    what.part,
    random,
  );
  const nobody = { voice: null, firstWordMs: null, lastWordMs: null, beep: null, scene: null };
  return { line, heard, ...nobody };
}

function announcement(part: Part, random: () => number): Int16Array {
  const [language, voice] = drawVoice(part, random);
  return say(voice, drawMachine(part, language, 'network', random)).samples;
}

/** Makes the sound of a case. */
export function render(what: Case): Rendered {
  const random = seededRandom(what.seed);
  if (what.isWide) return renderWide(what, random);
  const quiet = silence(between(random, 100, 900));
  switch (what.family) {
    case 'person':
      return renderPerson(what, random);
    case 'machine':
      return renderMachine(what, random);
    case 'tone': {
      const signal = progress(what.tonePlan, Number(what.kind), random);
      return finish(what, random, concat(quiet, signal), {});
    }
    case 'sit': {
      const said = atLevel(announcement(what.part, random), -20);
      return finish(what, random, concat(quiet, sit(what.kind, random), silence(300), said), {});
    }
    case 'fax':
      return finish(what, random, concat(quiet, fax(what.kind as FaxKind, random)), {});
    case 'music':
      return finish(what, random, concat(quiet, melody(what.part, 9000 * MS, random)), {});
    case 'silence':
      return renderSilence(what, random);
  }
}

/** The kind of the first verdict that a case must get. */
export function truthOf({ family, kind, tonePlan }: Case): string {
  if (family !== 'tone') return family;
  const tone = TONE_PLANS.get(tonePlan)?.[Number(kind)]?.kind ?? 'nothing';
  return tone === 'unobtainable' ? 'sit' : tone;
}

/** For reports: active level of what is heard. */
export function heardDbov({ heard }: Rendered): number {
  return activeLevelDbov(heard);
}
