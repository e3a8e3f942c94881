// Listens to recordings: whose voice is on which channel, and how long nothing was heard. Speech is
// looked for piece by piece, because nobody says everything before the call ends.
import { bestCorrelation, longestGapMs } from '../../test/support/audio.ts';
import { readSpeech, SAMPLE_RATE_HZ } from '../../test/support/phone/sound.ts';

const PIECE_MS = 2000;
/** Softer is silence: between the words of the test voices and the noise of G.711. */
const SILENCE_DBOV = -50;
/** A pause may last so much longer than the speaker's own: packets, codec, edges. */
const GAP_ALLOWANCE_MS = 100;

function samplesOf(durationMs: number): number {
  return Math.round((durationMs * SAMPLE_RATE_HZ) / 1000);
}

/** How surely `said` is in `heard`: the best correlation of any two seconds of it, 0 to 1. */
export function likeness(heard: Int16Array, said: Int16Array): number {
  const length = samplesOf(PIECE_MS);
  if (heard.length < length) return 0;
  const lagMs = (heard.length * 1000) / SAMPLE_RATE_HZ;
  let best = 0;
  for (let at = 0; at + length <= said.length; at += length) {
    const piece = said.subarray(at, at + length);
    best = Math.max(best, bestCorrelation(piece, heard, lagMs).correlation);
  }
  return best;
}

export interface Gap {
  readonly longestMs: number;
  /** What the speaker's own pauses explain. */
  readonly allowedMs: number;
}

/** The longest silence between the first and the last sound, next to the speaker's own pauses. */
export function gapsOf(heard: Int16Array, speechPath: string): Gap {
  const speech = readSpeech(speechPath);
  const looped = new Int16Array(2 * speech.length + samplesOf(400));
  looped.set(speech);
  looped.set(speech, speech.length + samplesOf(400));
  const ownMs = longestGapMs(looped, SAMPLE_RATE_HZ, SILENCE_DBOV);
  const sounding = (sample: number) => Math.abs(sample) > 500;
  const first = heard.findIndex(sounding);
  const last = heard.findLastIndex(sounding);
  const between = first < 0 ? heard : heard.subarray(first, last + 1);
  return {
    longestMs: longestGapMs(between, SAMPLE_RATE_HZ, SILENCE_DBOV),
    allowedMs: ownMs + GAP_ALLOWANCE_MS,
  };
}
