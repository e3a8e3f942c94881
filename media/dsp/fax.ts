// PURE. Fax and modem tones: CNG, 1100 Hz for half a second every 3.5 s, from a calling machine,
// CED or ANSam, 2100 Hz for 2.6 s and more, from an answering one (ITU-T T.30 s.4, V.25, V.8), and
// the answer tones of old modems: 2225 Hz (Bell 103) and 2250 Hz (V.22 unscrambled ones).
import type { LineSegment } from './lines.ts';

/** T.30: 38 Hz either way. */
const CNG_HZ = 1100;
const CNG_TOLERANCE_HZ = 38;
/** T.30: 500 ms, 15 % either way; plus what noise and echo blur. */
const CNG_SHORTEST_MS = 380;
const CNG_LONGEST_MS = 640;
/** V.25: 15 Hz either way; more for machines that stray, and ANSam has lines 15 Hz off. */
const CED_HZ = 2100;
const CED_TOLERANCE_HZ = 42;
/** Long enough for no beep, short enough to beat the 2.6 s of a short CED. */
const CED_DECIDED_MS = 1000;
const PUREST_SHARE = 0.75;
/** A tone of a whole second need not be so pure: GSM spoils what is no voice. */
const ANSWER_SHARE = 0.6;

function lengthMs(segment: LineSegment): number {
  return segment.toMs - segment.fromMs;
}

/** Is this complete tone a burst of CNG? */
export function isCng(ended: LineSegment): boolean {
  return (
    Math.abs(ended.frequencyHz - CNG_HZ) <= CNG_TOLERANCE_HZ &&
    ended.share >= PUREST_SHARE &&
    lengthMs(ended) >= CNG_SHORTEST_MS &&
    lengthMs(ended) <= CNG_LONGEST_MS
  );
}

const MODEM_LOWEST_HZ = 2210;
const MODEM_HIGHEST_HZ = 2265;

/** Has this tone, perhaps still on, become the answer tone of a fax machine or a modem? */
export function isAnswerTone(current: LineSegment): boolean {
  const { frequencyHz } = current;
  const isCed = Math.abs(frequencyHz - CED_HZ) <= CED_TOLERANCE_HZ;
  const isModem = frequencyHz >= MODEM_LOWEST_HZ && frequencyHz <= MODEM_HIGHEST_HZ;
  return (isCed || isModem) && current.share >= ANSWER_SHARE && lengthMs(current) >= CED_DECIDED_MS;
}
