// PURE. Person or machine, from how the answer is spoken: a person says little and waits, a machine
// talks on. A logistic model over few, explainable features, each in steps; its weights are fitted
// by scripts/cpd-fit.ts and stand in greeting-weights.ts. Beside it one rule that listens to the
// clock: a word or a name and then quiet is a person, for nobody waits long in silence.
import type { CpdOptions } from '../types.ts';
import { CALIBRATION, DECIDED, WEIGHTS } from './greeting-weights.ts';
import type { VoiceActivity } from './vad.ts';

/** What is known of a greeting at some moment. */
export interface GreetingMeasures {
  /** First word to last sound, pauses included. */
  talkMs: number;
  trailingSilenceMs: number;
  /** Talk since the last pause. */
  spurtMs: number;
  /** Pauses inside the greeting. */
  pauses: number;
  longestPauseMs: number;
  syllablesPerSecond: number;
  levelDbov: number;
  levelSpreadDb: number;
  voicedShare: number;
  /** How much of the talk is sound. */
  soundShare: number;
  /** How far the speech stands out of what is heard behind it. */
  aboveFloorDb: number;
  /** How far the last sounds lie above the mean pitch, and how far the pitch strays; semitones. */
  endPitchSemitones: number;
  pitchSpreadSemitones: number;
}

/** What the weights were fitted with; other options stretch the time that the model sees. */
const FITTED_MAX_GREETING_MS = 1600;
const FITTED_END_SILENCE_MS = 700;
/** Shorter silence says nothing yet: words have gaps. */
const SHORTEST_SILENCE_MS = 220;
/** Up to so much talk is a word; up to so much a name, that may be a machine's first sentence. */
const WORD_MS = 700;
const NAME_MS = 1500;
const CURT_MS = 200;
const CURT_VOICED = 0.6;
/** After a name one waits longer than after a word, by so much. */
const NAME_WAIT = 1.1;
/** Callers hear a second of silence and begin to doubt: by then it is decided, if it can be. */
const ANSWERED_WITHIN_MS = 1720;
/** Of the wait so much is left at least, and so much of it only the surest need. */
const LEAST_WAIT = 0.75;
const FIRST_WAIT = 0.55;
/** Fainter on average no talker arrives: somebody in the room. */
const FAINT_DBOV = -43;
/** Talk beyond the person's usual greeting must be followed by more silence, up to this factor. */
const LONGEST_WAIT = 1.8;
/** The factor is reached with so much talk. */
const LONG_TALK_MS = 3500;
/** Steps of talk and of silence in seconds: within each the log odds run straight. */
const TALK_STEPS_S = [0.15, 0.4, 0.7, 1, 1.4, 1.9, 2.5, 3.3, 4.3, 5.8, 8] as const;
const QUIET_STEPS_S = [0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.2] as const;
/** Silence means something else after little talk than after much: coarser steps of both. */
const BOTH_QUIET_S = [0, 0.3, 0.6, 1.2] as const;
const BOTH_TALK_S = [0, 0.8, 2] as const;
const OTHERS = 17;
/** Features of the model, the constant among them. */
export const FEATURES =
  1 +
  (TALK_STEPS_S.length - 1) +
  (QUIET_STEPS_S.length - 1) +
  (BOTH_QUIET_S.length - 1) * (BOTH_TALK_S.length - 1) +
  OTHERS;

function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** How much of the step from `steps[i]` to the next lies below a value. */
function part(value: number, steps: readonly number[], i: number): number {
  const from = steps[i] ?? 0;
  return clamp(value - from, 0, (steps[i + 1] ?? from) - from);
}

export function emptyMeasures(): GreetingMeasures {
  return {
    talkMs: 0,
    trailingSilenceMs: 0,
    spurtMs: 0,
    pauses: 0,
    longestPauseMs: 0,
    syllablesPerSecond: 0,
    levelDbov: 0,
    levelSpreadDb: 0,
    voicedShare: 0,
    soundShare: 0,
    aboveFloorDb: 0,
    endPitchSemitones: 0,
    pitchSpreadSemitones: 0,
  };
}

/** Reads the measures off the voice activity; `into` is overwritten. */
export function measureGreeting(
  voice: VoiceActivity,
  nowMs: number,
  into: GreetingMeasures,
): GreetingMeasures {
  const frames = Math.max(1, voice.soundFrames);
  const mean = voice.levelSumDb / frames;
  into.talkMs = Math.max(0, voice.lastSpeechAtMs - voice.firstSpeechAtMs);
  into.trailingSilenceMs = Math.max(0, nowMs - voice.lastSpeechAtMs);
  into.spurtMs = Math.max(0, voice.lastSpeechAtMs - voice.spurtAtMs);
  into.pauses = Math.max(0, voice.spurtCount - 1);
  into.longestPauseMs = voice.longestPauseMs;
  into.syllablesPerSecond = voice.syllables / Math.max(0.25, into.talkMs / 1000);
  into.levelDbov = mean;
  into.levelSpreadDb = Math.sqrt(Math.max(0, voice.levelSquareSumDb / frames - mean * mean));
  into.voicedShare = voice.voicedFrames / frames;
  into.soundShare = clamp(voice.soundMs / Math.max(200, into.talkMs), 0, 1);
  into.aboveFloorDb = clamp(mean - voice.floorDbov, 0, 60);
  const pitchFrames = Math.max(1, voice.pitchFrames);
  const pitch = voice.pitchSum / pitchFrames;
  const pitchVariance = Math.max(0, voice.pitchSquareSum / pitchFrames - pitch * pitch);
  into.endPitchSemitones = voice.pitchFrames === 0 ? 0 : 12 * (voice.latePitch - pitch);
  into.pitchSpreadSemitones = 12 * Math.sqrt(pitchVariance);
  return into;
}

type TimeScales = Pick<CpdOptions, 'personMaxGreetingMs' | 'endOfGreetingSilenceMs'>;

/**
 * The model's features: straight pieces of talk and of silence, what both mean together, and how
 * the voice sounds.
 * @param into `FEATURES` numbers, overwritten
 */
export function featuresOf(
  greeting: GreetingMeasures,
  options: TimeScales,
  into: Float64Array,
): Float64Array {
  const slower = FITTED_MAX_GREETING_MS / options.personMaxGreetingMs;
  const talk = (greeting.talkMs * slower) / 1000;
  const quiet =
    (greeting.trailingSilenceMs * FITTED_END_SILENCE_MS) / options.endOfGreetingSilenceMs / 1000;
  const pause = greeting.longestPauseMs / 1000;
  const spurt = (greeting.spurtMs * slower) / 1000;
  let at = 0;
  into[at++] = 1;
  for (let i = 0; i < TALK_STEPS_S.length - 1; i += 1) into[at++] = part(talk, TALK_STEPS_S, i);
  for (let i = 0; i < QUIET_STEPS_S.length - 1; i += 1) into[at++] = part(quiet, QUIET_STEPS_S, i);
  for (let q = 0; q < BOTH_QUIET_S.length - 1; q += 1) {
    const silent = part(quiet, BOTH_QUIET_S, q);
    for (let t = 0; t < BOTH_TALK_S.length - 1; t += 1) {
      into[at++] = silent * part(talk, BOTH_TALK_S, t);
    }
  }
  into[at++] = clamp(greeting.pauses, 0, 3);
  into[at++] = clamp(pause, 0, 0.5);
  into[at++] = clamp(pause - 0.5, 0, 0.4);
  into[at++] = clamp(pause - 0.9, 0, 0.8);
  into[at++] = clamp(greeting.syllablesPerSecond - 3.5, -3, 3);
  into[at++] = clamp(greeting.levelSpreadDb - 5, -4, 4);
  into[at++] = clamp(greeting.voicedShare - 0.8, -0.5, 0.2);
  into[at++] = clamp(20 - greeting.aboveFloorDb, 0, 15) * clamp(talk - 1, 0, 3);
  into[at++] = clamp(spurt, 0, 1);
  into[at++] = clamp(spurt - 1, 0, 1.5);
  into[at++] = greeting.soundShare;
  const rise = clamp(greeting.endPitchSemitones, -5, 5);
  const isShort = clamp(1.4 - talk, 0, 1);
  into[at++] = clamp(rise, -5, 0);
  into[at++] = clamp(rise, 0, 5);
  into[at++] = rise * isShort;
  into[at++] = clamp(greeting.pitchSpreadSemitones - 2, -2, 3);
  into[at++] = clamp(greeting.pitchSpreadSemitones - 2, -2, 3) * isShort;
  into[at] = clamp(greeting.syllablesPerSecond - 3.5, -3, 3) * isShort;
  return into;
}

/** The person or machine question, asked again with each frame. */
export class GreetingJudge {
  readonly measures = emptyMeasures();
  /** Log odds that a machine speaks, the profile's shift included. */
  logOdds = 0;

  readonly #options: CpdOptions;
  readonly #features = new Float64Array(FEATURES);
  readonly #scale: number;

  constructor(options: CpdOptions) {
    this.#options = options;
    this.#scale = options.personMaxGreetingMs / FITTED_MAX_GREETING_MS;
  }

  /** Hears the greeting as it stands. */
  listen(voice: VoiceActivity, nowMs: number): void {
    measureGreeting(voice, nowMs, this.measures);
    featuresOf(this.measures, this.#options, this.#features);
    let sum = DECIDED.profileShift[this.#options.profile];
    for (let i = 0; i < FEATURES; i += 1) sum += (WEIGHTS[i] ?? 0) * (this.#features[i] ?? 0);
    this.logOdds = sum;
  }

  get isMachine(): boolean {
    return this.logOdds >= DECIDED.machineLogOdds;
  }

  /** Enough when silence asks for a decision. */
  get isRatherMachine(): boolean {
    return this.logOdds >= DECIDED.overLogOdds;
  }

  /** More of a machine than of a person. */
  get isLikelyMachine(): boolean {
    return this.logOdds >= DECIDED.likelyLogOdds;
  }

  /** So sure that it overrules a verdict already given. */
  get isSurelyMachine(): boolean {
    return this.logOdds >= DECIDED.revisionLogOdds;
  }

  /** The words have ended, and what was said is a person's. */
  get isPerson(): boolean {
    if (this.measures.trailingSilenceMs < SHORTEST_SILENCE_MS) return false;
    return this.logOdds <= DECIDED.personLogOdds || this.#isShortAnswer();
  }

  /**
   * A word or a name, and then quiet: the longer it lasts the less sure one must be, until it is
   * longer than the pauses between sentences. Who has talked for longer is waited for less.
   */
  #isShortAnswer(): boolean {
    const { talkMs, trailingSilenceMs, voicedShare, levelDbov } = this.measures;
    const { profile, shortAnswerSilenceMs } = this.#options;
    // The end of a tone or a receiver put to the ear: shorter than words and hardly voiced.
    if (talkMs < CURT_MS && voicedShare < CURT_VOICED) return false;
    if (levelDbov < FAINT_DBOV || talkMs > NAME_MS * this.#scale) return false;
    const name = clamp((talkMs / this.#scale - WORD_MS) / (NAME_MS - WORD_MS), 0, 1);
    const longestMs = shortAnswerSilenceMs * (1 + name * (NAME_WAIT - 1));
    const leftMs = ANSWERED_WITHIN_MS * this.#scale - talkMs;
    const waitMs = clamp(leftMs, LEAST_WAIT * shortAnswerSilenceMs, longestMs);
    const fullMs = waitMs * DECIDED.shortAnswerFactor[profile];
    const firstMs = FIRST_WAIT * fullMs;
    const { personLogOdds, shortAnswerLogOdds } = DECIDED;
    const share = clamp((trailingSilenceMs - firstMs) / (fullMs - firstMs), 0, 1);
    return this.logOdds <= personLogOdds + share * (shortAnswerLogOdds - personLogOdds);
  }

  /** The silence is longer than any pause: whoever is likelier has answered. */
  get isOver(): boolean {
    const { talkMs, trailingSilenceMs } = this.measures;
    const { personMaxGreetingMs, endOfGreetingSilenceMs } = this.#options;
    const span = Math.max(1, LONG_TALK_MS - personMaxGreetingMs);
    const share = clamp((talkMs - personMaxGreetingMs) / span, 0, 1);
    return trailingSilenceMs >= endOfGreetingSilenceMs * (1 + share * (LONGEST_WAIT - 1));
  }

  /** Probability that a verdict given now is right, as counted on calls of the fitting. */
  confidenceIn(kind: 'person' | 'machine'): number {
    const weights = CALIBRATION[kind];
    const { measures, logOdds } = this;
    let sum = 0;
    for (let i = 0; i < CALIBRATED; i += 1) {
      sum += (weights[i] ?? 0) * calibrationFeature(i, measures, logOdds);
    }
    return logistic(sum);
  }
}

/** What a calibration weighs: the constant first. */
export const CALIBRATED = 6;

/** How sure a verdict is depends on the odds, on how much was said, and on its pauses. */
export function calibrationFeature(i: number, of: CalibrationMeasures, logOdds: number): number {
  const talk = of.talkMs / 1000;
  switch (i) {
    case 0:
      return 1;
    case 1:
      return clamp(logOdds, -6, 8);
    case 2:
      return clamp(talk, 0, 0.7);
    case 3:
      return clamp(talk - 0.7, 0, 0.8);
    case 4:
      return clamp(talk - 1.5, 0, 2.5);
    default:
      return clamp(of.trailingSilenceMs / 1000 - 0.4, -0.4, 0.6);
  }
}

export type CalibrationMeasures = Pick<GreetingMeasures, 'talkMs' | 'trailingSilenceMs'>;
