// Listens to recordings: whose voice is on which channel. Speech is looked for piece by piece,
// because nobody says everything before the call ends.
import { bestCorrelation } from '../../test/support/audio.ts';
import { SAMPLE_RATE_HZ } from '../../test/support/phone/sound.ts';

const PIECE_MS = 2000;
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
