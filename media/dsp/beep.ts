// PURE. The beep after an answering machine's greeting: one pure tone, no standard behind it. The
// bounds are those of common machines and mailboxes: 400 to 2500 Hz, 0.15 to 2.5 s.
import type { LineSegment } from './lines.ts';

const LOWEST_HZ = 350;
const HIGHEST_HZ = 2600;
/** Analysis sees a tone about a frame shorter than it is: 0.15 s beeps must pass. */
const SHORTEST_MS = 110;
const LONGEST_MS = 2600;
/** Vowels reach 0.8 for a moment, but not in the mean of 110 ms. */
const PUREST_SHARE = 0.85;

/** Is this complete tone a beep? */
export function isBeep(ended: LineSegment): boolean {
  const lengthMs = ended.toMs - ended.fromMs;
  return (
    ended.frequencyHz >= LOWEST_HZ &&
    ended.frequencyHz <= HIGHEST_HZ &&
    ended.share >= PUREST_SHARE &&
    lengthMs >= SHORTEST_MS &&
    lengthMs <= LONGEST_MS
  );
}
