// PURE. Person or machine, from how the answer is spoken: a person says little and waits, a machine
// talks on. A logistic model over few, explainable features, each in steps; its weights are fitted
// by scripts/cpd-fit.ts and stand in greeting-weights.ts.
import type { CpdOptions } from '../types.ts';
import { CALIBRATION, DECIDED, WEIGHTS } from './greeting-weights.ts';
import type { VoiceActivity } from './vad.ts';

/** What is known of a greeting at some moment. */
export interface GreetingMeasures {
  /** First word to last sound, pauses included. */
  talkMs: number;
  trailingSilenceMs: number;
  /** Pauses inside the greeting. */
  pauses: number;
  longestPauseMs: number;
  syllablesPerSecond: number;
  levelDbov: number;
  levelSpreadDb: number;
  voicedShare: number;
  /** How far the speech stands out of what is heard behind it. */
  aboveFloorDb: number;
}

/** What the weights were fitted with; other options stretch the time that the model sees. */
export const FITTED_MAX_GREETING_MS = 1600;
export const FITTED_END_SILENCE_MS = 700;
/** Shorter silence says nothing yet: words have gaps. */
const SHORTEST_SILENCE_MS = 220;
/** A word is decided sooner than a sentence, which may be a machine's first of many. */
const SHORT_TALK_MS = 550;
const FULL_TALK_MS = 850;
/** Talk beyond the person's usual greeting must be followed by more silence, up to this factor. */
const LONGEST_WAIT = 1.8;
/** The factor is reached with so much talk. */
const LONG_TALK_MS = 3500;
/** Features of the model, the constant among them. */
export const FEATURES = 20;

function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
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
  into.pauses = Math.max(0, voice.spurtCount - 1);
  into.longestPauseMs = voice.longestPauseMs;
  into.syllablesPerSecond = voice.syllables / Math.max(0.25, into.talkMs / 1000);
  into.levelDbov = mean;
  into.levelSpreadDb = Math.sqrt(Math.max(0, voice.levelSquareSumDb / frames - mean * mean));
  into.voicedShare = voice.voicedFrames / frames;
  into.aboveFloorDb = clamp(mean - voice.floorDbov, 0, 60);
  return into;
}

/**
 * The model's features: straight pieces of talk and of silence, what both mean together, and how
 * the voice sounds.
 * @param into `FEATURES` numbers, overwritten
 */
export function featuresOf(
  greeting: GreetingMeasures,
  options: Pick<CpdOptions, 'personMaxGreetingMs' | 'endOfGreetingSilenceMs'>,
  into: Float64Array,
): Float64Array {
  const talk = (greeting.talkMs * FITTED_MAX_GREETING_MS) / options.personMaxGreetingMs / 1000;
  const quiet =
    (greeting.trailingSilenceMs * FITTED_END_SILENCE_MS) / options.endOfGreetingSilenceMs / 1000;
  const early = clamp(quiet, 0, 0.3);
  const middle = clamp(quiet - 0.3, 0, 0.3);
  const late = clamp(quiet - 0.6, 0, 0.6);
  into[0] = 1;
  into[1] = clamp(talk, 0, 0.6);
  into[2] = clamp(talk - 0.6, 0, 0.6);
  into[3] = clamp(talk - 1.2, 0, 0.8);
  into[4] = clamp(talk - 2, 0, 1);
  into[5] = clamp(talk - 3, 0, 1.5);
  into[6] = clamp(talk - 4.5, 0, 2);
  into[7] = early;
  into[8] = middle;
  into[9] = late;
  into[10] = early * clamp(talk, 0, 1.5);
  into[11] = middle * clamp(talk, 0, 1.5);
  into[12] = late * clamp(talk, 0, 1.5);
  into[13] = clamp(greeting.pauses, 0, 3);
  into[14] = clamp(greeting.longestPauseMs / 1000, 0, 1);
  into[15] = clamp(greeting.longestPauseMs / 1000 - 0.7, 0, 0.8);
  into[16] = clamp(greeting.syllablesPerSecond - 3.5, -3, 3);
  into[17] = clamp(greeting.levelSpreadDb - 5, -4, 4);
  into[18] = clamp(greeting.voicedShare - 0.8, -0.5, 0.2);
  into[19] = clamp(20 - greeting.aboveFloorDb, 0, 15) * clamp(talk - 1, 0, 3);
  return into;
}

/** The person or machine question, asked again with each frame. */
export class GreetingJudge {
  readonly measures: GreetingMeasures = {
    talkMs: 0,
    trailingSilenceMs: 0,
    pauses: 0,
    longestPauseMs: 0,
    syllablesPerSecond: 0,
    levelDbov: 0,
    levelSpreadDb: 0,
    voicedShare: 0,
    aboveFloorDb: 0,
  };
  /** Log odds that a machine speaks, the profile's shift included. */
  logOdds = 0;

  readonly #options: CpdOptions;
  readonly #features = new Float64Array(FEATURES);

  constructor(options: CpdOptions) {
    this.#options = options;
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

  /** So sure that it overrules a verdict already given. */
  get isSurelyMachine(): boolean {
    return this.logOdds >= DECIDED.revisionLogOdds;
  }

  /** The words have ended, and what was said is a person's. */
  get isPerson(): boolean {
    const { talkMs, trailingSilenceMs } = this.measures;
    const share = clamp((talkMs - SHORT_TALK_MS) / (FULL_TALK_MS - SHORT_TALK_MS), 0, 1);
    const { shortTalk, fullTalk } = DECIDED.personLogOdds;
    const wanted = shortTalk + share * (fullTalk - shortTalk);
    return trailingSilenceMs >= SHORTEST_SILENCE_MS && this.logOdds <= wanted;
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
    const { offset, slope, talk } = CALIBRATION[kind];
    const seconds = Math.min(4, this.measures.talkMs / 1000);
    return logistic(offset + slope * Math.abs(this.logOdds) + talk * seconds);
  }
}
