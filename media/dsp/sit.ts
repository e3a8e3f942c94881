// PURE. Special information tones: three rising tones ahead of a network announcement (ITU-T E.180
// s.6: 950, 1400, 1800 Hz, 330 ms each). North America codes the reason in the frequency and the
// length of the first two (Telcordia GR-1162; AT&T/Bellcore SIT encoding).
import type { LineSegment } from './lines.ts';

/** E.180 allows 50 Hz either side; 900, 1450 and 1850 Hz are in use; more for measuring. */
const BANDS_HZ = [
  [850, 1050],
  [1310, 1500],
  [1715, 1900],
] as const;
/** E.180: 330 ms, 70 either way; the codes use 274 and 380; plus one frame of blur either side. */
const SHORTEST_MS = 230;
const LONGEST_MS = 440;
/** E.180 allows 30 ms of silence between the tones; plus a lost packet. */
const LONGEST_GAP_MS = 80;
/** E.180 allows 3 dB between the tones; plus the network's frequency response. */
const LARGEST_STEP_DB = 9;
const PUREST_SHARE = 0.75;

const LOW_FIRST_HZ = 913.8;
const HIGH_FIRST_HZ = 985.2;
const LOW_SECOND_HZ = 1370.6;
const HIGH_SECOND_HZ = 1428.5;
const SHORT_MS = 274;
const LONG_MS = 380;

/** What a SIT says about the call, or that its code is none of the known ones. */
export type SitReason = 'intercept' | 'vacant' | 'reorder' | 'no-circuit' | 'ineffective' | 'other';

/** `frequency1 frequency2 length1 length2`: H high, L low, S short, L long. */
const REASONS: ReadonlyMap<string, SitReason> = new Map([
  ['LLSS', 'intercept'],
  ['HLLS', 'vacant'],
  ['LHSL', 'reorder'],
  ['HLSL', 'reorder'],
  ['HHLL', 'no-circuit'],
  ['LLLL', 'no-circuit'],
  ['LHLS', 'ineffective'],
]);
/** The codes of reorder and no circuit that come from another LATA than the caller's. */
const INTER_LATA: ReadonlySet<string> = new Set(['HLSL', 'LLLL']);

/** A recognised SIT. */
export interface Sit {
  readonly reason: SitReason;
  readonly fromMs: number;
  readonly toMs: number;
  readonly measures: Readonly<Record<string, number>>;
}

function lengthMs(segment: LineSegment): number {
  return segment.toMs - segment.fromMs;
}

function isSegment(segment: LineSegment, position: number): boolean {
  const [fromHz, toHz] = BANDS_HZ[position] ?? [0, 0];
  return (
    segment.frequencyHz >= fromHz &&
    segment.frequencyHz <= toHz &&
    segment.share >= PUREST_SHARE &&
    lengthMs(segment) >= SHORTEST_MS &&
    lengthMs(segment) <= LONGEST_MS
  );
}

/** Could the first tone of a SIT be this one? Beeps must wait until it is clear that it is not. */
export function maySitBegin(segment: LineSegment): boolean {
  return isSegment(segment, 0);
}

function codeOf(first: LineSegment, second: LineSegment): string {
  const frequency = (hz: number, low: number, high: number): string =>
    hz > (low + high) / 2 ? 'H' : 'L';
  const length = (ms: number): string => (ms > (SHORT_MS + LONG_MS) / 2 ? 'L' : 'S');
  return (
    frequency(first.frequencyHz, LOW_FIRST_HZ, HIGH_FIRST_HZ) +
    frequency(second.frequencyHz, LOW_SECOND_HZ, HIGH_SECOND_HZ) +
    length(lengthMs(first)) +
    length(lengthMs(second))
  );
}

/** Watches the ended line segments for the three of a SIT. */
export class SitDetector {
  readonly #first: LineSegment;
  readonly #second: LineSegment;
  #count = 0;

  constructor() {
    this.#first = { fromMs: 0, toMs: 0, frequencyHz: 0, share: 0, levelDbov: 0 };
    this.#second = { ...this.#first };
  }

  /** Two of the three tones have been heard and the third may still be on. */
  hasBegun(nowMs: number): boolean {
    return this.#count === 2 && nowMs - this.#second.toMs < LONGEST_MS + 2 * LONGEST_GAP_MS;
  }

  /** @param ended a line segment; copied where it is kept */
  push(ended: LineSegment): Sit | null {
    const before = this.#count === 2 ? this.#second : this.#first;
    const follows =
      this.#count > 0 &&
      ended.fromMs - before.toMs <= LONGEST_GAP_MS &&
      Math.abs(ended.levelDbov - before.levelDbov) <= LARGEST_STEP_DB;
    if (this.#count === 2 && follows && isSegment(ended, 2)) {
      this.#count = 0;
      return this.#sit(ended);
    }
    if (this.#count === 1 && follows && isSegment(ended, 1)) {
      Object.assign(this.#second, ended);
      this.#count = 2;
      return null;
    }
    this.#count = isSegment(ended, 0) ? 1 : this.#keepAcross(ended, before);
    if (this.#count === 1 && isSegment(ended, 0)) Object.assign(this.#first, ended);
    return null;
  }

  /** Splinters between two tones (a frame that shows neither) do not break the sequence. */
  #keepAcross(ended: LineSegment, before: LineSegment): number {
    return ended.toMs - before.toMs <= LONGEST_GAP_MS ? this.#count : 0;
  }

  #sit(third: LineSegment): Sit {
    const first = this.#first;
    const second = this.#second;
    const code = codeOf(first, second);
    return {
      reason: REASONS.get(code) ?? 'other',
      fromMs: first.fromMs,
      toMs: third.toMs,
      measures: {
        firstHz: first.frequencyHz,
        firstMs: lengthMs(first),
        secondHz: second.frequencyHz,
        secondMs: lengthMs(second),
        thirdHz: third.frequencyHz,
        thirdMs: lengthMs(third),
        levelDbov: third.levelDbov,
        interLata: INTER_LATA.has(code) ? 1 : 0,
      },
    };
  }
}
