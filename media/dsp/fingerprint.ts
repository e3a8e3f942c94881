// PURE. Knows recordings again: each frame becomes 24 bits, the signs of how the energy differences
// of neighbouring bands change (after J. Haitsma and T. Kalker 2002). Level and codec move few of
// them. What is heard is compared with every moment of every known recording at once.
import type { CpdAnnouncement } from '../types.ts';
import { FRAME_SAMPLES, FrameAnalyser } from './frame.ts';

const BITS = 24;
/** 25 bands, equally wide on a logarithmic scale, inside what every telephone carries. */
const LOWEST_HZ = 320;
const HIGHEST_HZ = 3100;
/** The change is taken over so many frames: windows of 64 ms overlap less. */
const APART_FRAMES = 2;
/** What was heard longer ago than this hardly counts. */
const MEMORY_FRAMES = 75;
const KEPT = 1 - 1 / MEMORY_FRAMES;
/**
 * Sum of agreeing less disagreeing bits, halved, that makes a match: the same recording over G.711
 * and noise reaches it in 1 to 1.5 s, other speech stays below half of it.
 */
const MATCH = 170;
/** Quieter than the loudest frame by so much a frame has no spectrum worth comparing. */
const QUIET_DB = 35;
/** Recordings are compared up to this length, and no more of them: each costs time per frame. */
const LONGEST_FRAMES = 300;
export const MOST_ANNOUNCEMENTS = 16;

function agreement(a: number, b: number): number {
  let differing = (a ^ b) >>> 0;
  differing -= (differing >>> 1) & 0x55555555;
  differing = (differing & 0x33333333) + ((differing >>> 2) & 0x33333333);
  differing = (differing + (differing >>> 4)) & 0x0f0f0f0f;
  return BITS / 2 - (Math.imul(differing, 0x01010101) >>> 24);
}

/** Turns frames into bits. */
class Bits {
  readonly #levels = Array.from({ length: APART_FRAMES + 1 }, () => new Float64Array(BITS + 1));
  readonly #edgesHz = Float64Array.from(
    { length: BITS + 2 },
    (_, i) => LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (i / (BITS + 1)),
  );
  #at = 0;

  next(frame: FrameAnalyser): number {
    const count = this.#levels.length;
    const now = this.#levels[this.#at % count];
    const before = this.#levels[(this.#at + 1) % count];
    this.#at += 1;
    if (now === undefined || before === undefined) return 0;
    for (let i = 0; i <= BITS; i += 1) {
      const share = frame.shareBetween(this.#edgesHz[i] ?? 0, this.#edgesHz[i + 1] ?? 0);
      now[i] = Math.log(share + 1e-6);
    }
    let bits = 0;
    for (let i = 0; i < BITS; i += 1) {
      const slope = (now[i] ?? 0) - (now[i + 1] ?? 0);
      const slopeBefore = (before[i] ?? 0) - (before[i + 1] ?? 0);
      if (slope > slopeBefore) bits |= 1 << i;
    }
    return bits >>> 0;
  }
}

/**
 * Learns a recording.
 * @param samples mono at 8 kHz; the first six seconds count
 */
export function fingerprintOf(name: string, samples: Int16Array): CpdAnnouncement {
  const frame = new FrameAnalyser();
  const bits = new Bits();
  const known: number[] = [];
  const levels: number[] = [];
  const frames = Math.min(LONGEST_FRAMES, Math.floor(samples.length / FRAME_SAMPLES));
  for (let i = 0; i < frames; i += 1) {
    frame.push(samples.subarray(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES));
    known.push(bits.next(frame));
    levels.push(frame.windowDbov);
  }
  const loudest = Math.max(-100, ...levels);
  const sounds = Uint8Array.from(levels, (level) => (level > loudest - QUIET_DB ? 1 : 0));
  return { name, bits: Uint32Array.from(known), sounds };
}

/** Compares one direction of a call with known recordings. */
export class AnnouncementMatcher {
  readonly #known: readonly (CpdAnnouncement & { readonly scores: Float64Array })[];
  readonly #bits = new Bits();
  readonly #silenceDbov: number;

  /** How well the recording matches that `push` told last. */
  matchScore = 0;

  /** @param known at most `MOST_ANNOUNCEMENTS` are compared */
  constructor(known: readonly CpdAnnouncement[], silenceDbov: number) {
    this.#silenceDbov = silenceDbov;
    this.#known = known
      .slice(0, MOST_ANNOUNCEMENTS)
      .map((each) => ({ ...each, scores: new Float64Array(each.bits.length) }));
  }

  /** @returns the recording that is being heard, or null; again with each frame that it lasts */
  push(frame: FrameAnalyser): CpdAnnouncement | null {
    if (this.#known.length === 0) return null;
    const heard = this.#bits.next(frame);
    const isSound = frame.windowDbov > this.#silenceDbov;
    let best: CpdAnnouncement | null = null;
    let bestScore = MATCH;
    for (const each of this.#known) {
      const { bits, sounds, scores } = each;
      // Each moment carries on the score of the moment before it, so from the end.
      for (let i = scores.length - 1; i >= 0; i -= 1) {
        const gained = isSound && sounds[i] === 1 ? agreement(heard, bits[i] ?? 0) : 0;
        const score = (i > 0 ? (scores[i - 1] ?? 0) : 0) * KEPT + gained;
        scores[i] = score;
        if (score <= bestScore) continue;
        bestScore = score;
        best = each;
      }
    }
    this.matchScore = bestScore;
    return best;
  }
}
