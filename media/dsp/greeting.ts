// PURE. Person or machine, from how the answer is spoken: a person says little and waits, a machine
// talks on. A logistic model over few, explainable features; its weights are set by hand, so that
// the points named below fall where they should, not learned from a corpus.
import type { CpdOptions } from '../types.ts';
import type { VoiceActivity } from './vad.ts';

/** What is known of a greeting at some moment. */
export interface GreetingMeasures {
  /** First word to last sound, pauses included. */
  talkMs: number;
  trailingSilenceMs: number;
  /** Pauses inside the greeting. */
  pauses: number;
  syllablesPerSecond: number;
  levelDbov: number;
  levelSpreadDb: number;
  voicedShare: number;
}

/** Even odds: 3 s of talk. Persons mostly say less than 2 s, machines more than 4 s. */
const EVEN_TALK_MS = 3000;
/** Each further second of talk makes a machine e^1.7 times as likely. */
const PER_TALK_SECOND = 1.7;
/** Silence after the talk, in units of `endOfGreetingSilenceMs`: a person waits for the answer. */
const PER_SILENCE = 1.5;
/** Machines read sentence by sentence: pauses shorter than those that end a greeting. */
const PER_PAUSE = 0.35;
const MOST_PAUSES = 4;
/** Read text has more rises of the envelope a second than "hello?" and names. */
const PER_SYLLABLE_RATE = 0.2;
const EVEN_SYLLABLE_RATE = 3.2;
/** Recordings are levelled: their frames spread less about the mean than live speech. */
const PER_SPREAD_DB = 0.05;
const EVEN_SPREAD_DB = 5;
/** A profile shifts the odds by e^0.8 towards the dearer error. */
const PROFILE_SHIFT: Readonly<Record<CpdOptions['profile'], number>> = {
  'favour-person': -0.8,
  neutral: 0,
  'favour-machine': 0.8,
};

/** Above this a machine is decided at once, be it still talking. */
export const MACHINE_DECIDED = 0.9;
/** Talk beyond the person's usual greeting must be followed by more silence, up to this factor. */
const LONGEST_WAIT = 1.8;
/** The factor is reached with so much talk. */
const LONG_TALK_MS = 3500;

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
  into.syllablesPerSecond = voice.syllables / Math.max(0.25, into.talkMs / 1000);
  into.levelDbov = mean;
  into.levelSpreadDb = Math.sqrt(Math.max(0, voice.levelSquareSumDb / frames - mean * mean));
  into.voicedShare = voice.voicedFrames / frames;
  return into;
}

/** Probability that a machine speaks. */
export function machineProbability(greeting: GreetingMeasures, options: CpdOptions): number {
  const silence = Math.min(
    LONGEST_WAIT,
    greeting.trailingSilenceMs / Math.max(1, options.endOfGreetingSilenceMs),
  );
  return logistic(
    PROFILE_SHIFT[options.profile] +
      (PER_TALK_SECOND * (greeting.talkMs - EVEN_TALK_MS)) / 1000 +
      PER_PAUSE * Math.min(MOST_PAUSES, greeting.pauses) +
      PER_SYLLABLE_RATE * clamp(greeting.syllablesPerSecond - EVEN_SYLLABLE_RATE, -3, 3) +
      PER_SPREAD_DB * clamp(EVEN_SPREAD_DB - greeting.levelSpreadDb, -5, 5) -
      PER_SILENCE * silence,
  );
}

/** Silence that ends a greeting of this length; longer talk needs more of it. */
export function endOfGreetingMs(talkMs: number, options: CpdOptions): number {
  const { personMaxGreetingMs, endOfGreetingSilenceMs } = options;
  if (talkMs <= personMaxGreetingMs) return endOfGreetingSilenceMs;
  const span = Math.max(1, LONG_TALK_MS - personMaxGreetingMs);
  const share = clamp((talkMs - personMaxGreetingMs) / span, 0, 1);
  return endOfGreetingSilenceMs * (1 + share * (LONGEST_WAIT - 1));
}
