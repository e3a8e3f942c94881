// PURE. Single steady tones: follows the strongest spectral line over frames and tells where each
// stretch of one frequency began and ended. Beeps, fax and special information tones feed on it.
import { FRAME_MS, WINDOW_DELAY_MS, type FrameAnalyser } from './frame.ts';

/** A frame belongs to a line that holds so much of its power: where two tones meet, the greater. */
const LEAST_SHARE = 0.5;
/** A steady tone's measured frequency strays by less, noise of 15 dB SNR included. */
const DRIFT_HZ = 25;
/** A fall of the window's power by so much ends the tone: half its samples are gone. */
const FADE_DB = 6;
/** One lost packet costs 4 dB; a fall by so much is no hole but the end, and is not waited out. */
const GONE_DB = 12;
/** Holes up to this are bridged: a lost packet blots out the window around it. */
const BRIDGED_FRAMES = 4;

/** A stretch of one steady frequency; times are those of the sound, not of the analysis. */
export interface LineSegment {
  fromMs: number;
  toMs: number;
  frequencyHz: number;
  /** Mean share of the line in the power of its frames: 1 for a pure tone. */
  share: number;
  levelDbov: number;
}

function emptySegment(): LineSegment {
  return { fromMs: 0, toMs: 0, frequencyHz: 0, share: 0, levelDbov: 0 };
}

/** When the part of the sound began that this frame stands for. */
function beginOf(frame: FrameAnalyser): number {
  return Math.max(0, frame.endMs - WINDOW_DELAY_MS - FRAME_MS / 2);
}

/** Follows lines; `current` is being heard while `isOn`, `ended` is the last complete one. */
export class LineTracker {
  isOn = false;
  readonly current: LineSegment = emptySegment();
  readonly ended: LineSegment = emptySegment();

  readonly #silenceDbov: number;
  #frames = 0;
  #frequencySum = 0;
  #shareSum = 0;
  #loudestDbov = 0;
  #missed = 0;

  constructor(silenceDbov: number) {
    this.#silenceDbov = silenceDbov;
  }

  /** @returns true when a segment has just ended and stands in `ended` */
  push(frame: FrameAnalyser): boolean {
    const hasLine =
      frame.strongest.share >= LEAST_SHARE && frame.windowDbov > this.#silenceDbov - FADE_DB;
    if (!this.isOn) {
      if (hasLine) this.#begin(frame);
      return false;
    }
    const same =
      hasLine &&
      Math.abs(frame.strongest.frequencyHz - this.current.frequencyHz) <= DRIFT_HZ &&
      frame.windowDbov > this.#loudestDbov - FADE_DB;
    if (same) {
      this.#extend(frame);
      return false;
    }
    this.#missed += 1;
    const faded = frame.windowDbov <= this.#loudestDbov - GONE_DB;
    if (this.#missed <= BRIDGED_FRAMES && !faded && !this.#isOther(frame, hasLine)) return false;
    this.#end(frame, hasLine);
    return true;
  }

  /** Another frequency has taken over: no hole, but the next tone. */
  #isOther(frame: FrameAnalyser, hasLine: boolean): boolean {
    if (!hasLine) return false;
    return Math.abs(frame.strongest.frequencyHz - this.current.frequencyHz) > 4 * DRIFT_HZ;
  }

  #begin(frame: FrameAnalyser): void {
    this.isOn = true;
    this.current.fromMs = beginOf(frame);
    this.#frames = 0;
    this.#frequencySum = 0;
    this.#shareSum = 0;
    this.#loudestDbov = frame.windowDbov;
    this.#extend(frame);
  }

  #extend(frame: FrameAnalyser): void {
    this.#frames += 1;
    this.#missed = 0;
    this.#frequencySum += frame.strongest.frequencyHz;
    this.#shareSum += frame.strongest.share;
    if (frame.windowDbov > this.#loudestDbov + FADE_DB) {
      // The window was only beginning to fill: the tone is younger than its first trace.
      this.current.fromMs = beginOf(frame);
    }
    this.#loudestDbov = Math.max(this.#loudestDbov, frame.windowDbov);
    this.current.toMs = beginOf(frame) + FRAME_MS;
    this.current.frequencyHz = this.#frequencySum / this.#frames;
    this.current.share = this.#shareSum / this.#frames;
    this.current.levelDbov = this.#loudestDbov;
  }

  #end(frame: FrameAnalyser, hasLine: boolean): void {
    Object.assign(this.ended, this.current);
    this.isOn = false;
    if (hasLine) this.#begin(frame);
  }
}
