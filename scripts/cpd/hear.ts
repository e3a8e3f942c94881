// What detection makes of a case of the corpus, and what the fitting learns from it. Runs in the
// threads of pool.ts.
import { type Beep, BEEP_FEATURES, beepFeature } from '../../media/dsp/beep.ts';
import { Ear } from '../../media/dsp/cpd-ear.ts';
import { createCpd, DEFAULT_CPD_OPTIONS } from '../../media/dsp/cpd.ts';
import { FEATURES, featuresOf, emptyMeasures, measureGreeting } from '../../media/dsp/greeting.ts';
import type { CpdOptions, CpdVerdict } from '../../media/types.ts';
import { type Case, isSpoken, type Rendered, render, truthOf } from './cases.ts';
import type { Row } from './logistic.ts';

const FRAME_SAMPLES = 160;
/** Every other frame says enough; neighbours are alike. */
const EVERY_FRAMES = 2;
/** Decisions fall before so much silence and so much talk. */
const LONGEST_SILENCE_MS = 1300;
const LONGEST_TALK_MS = 8000;
/** A beep must be told this near to its end. */
export const BEEP_MARK_MS = 150;

export type Heard = ReturnType<typeof hear>;

/** All verdicts on samples. */
export function verdictsOn(
  samples: Int16Array,
  phase: Case['phase'],
  options: CpdOptions,
): readonly CpdVerdict[] {
  const cpd = createCpd(phase, options);
  const verdicts: CpdVerdict[] = [];
  for (let at = 0; at + FRAME_SAMPLES <= samples.length; at += FRAME_SAMPLES) {
    const verdict = cpd.push(samples.subarray(at, at + FRAME_SAMPLES));
    if (verdict !== null) verdicts.push(verdict);
  }
  return verdicts;
}

function beepError(what: Rendered, verdicts: readonly CpdVerdict[]): number | null {
  const last = verdicts.findLast(({ kind }) => kind === 'beep');
  return what.beep === null || last === undefined ? null : last.atMs - what.beep.toMs;
}

/** Beeps that were told although there was none yet, or none at all. */
function falseBeeps({ beep }: Rendered, verdicts: readonly CpdVerdict[]): number {
  const from = beep === null ? Infinity : beep.fromMs;
  return verdicts.filter(({ kind, atMs, evidence }) => {
    const isBeep = kind === 'beep' || (evidence.at(-1)?.what ?? '').startsWith('beep');
    return isBeep && atMs < from;
  }).length;
}

export const PROFILES = ['favour-person', 'neutral', 'favour-machine'] as const;

/** What became of a call under one profile. */
export interface Outcome {
  readonly first: string;
  readonly final: string;
  readonly decidedMs: number | null;
}

function outcomeOf({ firstWordMs }: Rendered, verdicts: readonly CpdVerdict[]): Outcome {
  const [first] = verdicts;
  return {
    first: first?.kind ?? 'nothing',
    final: verdicts.findLast(({ kind }) => kind !== 'beep')?.kind ?? 'nothing',
    decidedMs: first === undefined || firstWordMs === null ? null : first.atMs - firstWordMs,
  };
}

/** Verdicts on a case beside its truth, and what other profiles would have said. */
export function hear(what: Case) {
  const rendered = render(what);
  const options = { ...DEFAULT_CPD_OPTIONS, tonePlan: what.tonePlan };
  const verdicts = verdictsOn(rendered.heard, what.phase, options);
  const [first] = verdicts;
  const { line, voice, beep } = rendered;
  const greeting = first?.evidence.at(-1);
  const outcome = outcomeOf(rendered, verdicts);
  const asked = isSpoken(what.family) ? PROFILES : [];
  const profiles = asked.map((profile) =>
    outcomeOf(rendered, verdictsOn(rendered.heard, what.phase, { ...options, profile })),
  );
  return {
    what,
    truth: truthOf(what),
    line,
    voice,
    ...outcome,
    final: what.phase === 'before-answer' ? outcome.first : outcome.final,
    profiles,
    reason: greeting?.what ?? 'nothing',
    confidence: first?.confidence ?? 0,
    logOdds: greeting?.measures['logOdds'] ?? null,
    measures: {
      talkMs: greeting?.measures['talkMs'] ?? 0,
      trailingSilenceMs: greeting?.measures['trailingSilenceMs'] ?? 0,
    },
    beep,
    beepErrorMs: beepError(rendered, verdicts),
    falseBeeps: falseBeeps(rendered, verdicts),
    scene: rendered.scene,
  };
}

/** What a case teaches: of the greeting as it goes on, and of the tones in it by their form. */
export interface Observed {
  readonly greeting: readonly Row[];
  readonly single: readonly Row[];
  readonly dual: readonly Row[];
}

/** A greeting of one sentence is told by its beep only, and music is told by its notes. */
const TELLING = new Set(['greeting', 'network', 'wide-recorded', 'wide-sentences']);
/** The edges of a beep are heard so late or early. */
const BEEP_EDGE_MS = 30;

/** Was this tone the beep of the call? null: one that comes after it, its echo. */
function isTheBeep({ beep }: Rendered, heard: Beep): boolean | null {
  if (beep === null) return false;
  if (heard.fromMs > beep.toMs + BEEP_EDGE_MS) return null;
  return heard.toMs > beep.fromMs - BEEP_EDGE_MS;
}

/** Goes through persons and machines frame by frame, for the fitting. */
export function observe(what: Case): Observed {
  const observed = { greeting: [] as Row[], single: [] as Row[], dual: [] as Row[] };
  const isTelling = what.family === 'person' || TELLING.has(what.kind);
  const rendered = render(what);
  const { heard, beep, firstWordMs } = rendered;
  const ear = new Ear(DEFAULT_CPD_OPTIONS);
  const measures = emptyMeasures();
  let frames = 0;
  let isOver = !isTelling;
  for (let at = 0; at + FRAME_SAMPLES <= heard.length; at += FRAME_SAMPLES) {
    ear.push(heard.subarray(at, at + FRAME_SAMPLES));
    const { ended } = ear.beeps;
    if (ear.beeps.wasHeard && ended.form !== 'chirp' && ended.fromMs >= (firstWordMs ?? 0)) {
      const label = isTheBeep(rendered, ended);
      const features = Array.from({ length: BEEP_FEATURES }, (_, i) => beepFeature(i, ended));
      if (label !== null) observed[ended.form].push({ features, label });
    }
    isOver ||= beep !== null && ear.nowMs >= beep.fromMs;
    if (isOver || !ear.voice.hasSpoken || ear.nowMs < (firstWordMs ?? 0)) continue;
    frames += 1;
    if (frames % EVERY_FRAMES === 0) continue;
    measureGreeting(ear.voice, ear.nowMs, measures);
    const { trailingSilenceMs, talkMs } = measures;
    isOver = trailingSilenceMs > LONGEST_SILENCE_MS || talkMs > LONGEST_TALK_MS;
    if (isOver) continue;
    const features = featuresOf(measures, DEFAULT_CPD_OPTIONS, new Float64Array(FEATURES));
    observed.greeting.push({ features, label: what.family === 'machine' });
  }
  return observed;
}
