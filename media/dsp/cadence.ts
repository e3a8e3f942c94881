// PURE. Call progress tones: is a tone of the plan being heard, and do its on and off periods fit
// (ITU-T E.180 s.4, tolerances widened for what packet loss and 64 ms windows blur).
import { FRAME_MS, WINDOW_DELAY_MS, type FrameAnalyser } from './frame.ts';
import type { ProgressTone } from './tone-plan.ts';

/** The tone's lines hold so much of the power; white noise at 10 dB SNR leaves 0.9. */
const TONE_SHARE = 0.8;
/** Of two frequencies the weaker holds so much: E.180 allows 6 dB of twist; one alone has 2 %. */
const WEAKER_SHARE = 0.12;
/** Half width of a frequency's band: main lobe of the window plus 1 % of detuning. */
const BAND_HZ = 40;
/** Holes and blips of so many frames do not count: one lost packet spoils up to four windows. */
const BRIDGED_FRAMES = 4;
/** A tone is on after so many frames; the glide of a voice passes by sooner. */
const ONSET_FRAMES = 4;
/** How far on and off periods may stray from the plan. */
const CADENCE_TOLERANCE = 0.2;
const CADENCE_TOLERANCE_MS = 50;

function fits(lengthMs: number, nominalMs: number): boolean {
  const tolerance = Math.max(CADENCE_TOLERANCE_MS, CADENCE_TOLERANCE * nominalMs);
  return Math.abs(lengthMs - nominalMs) <= tolerance;
}

/** Watches for one tone of the plan. */
export class CadenceTracker {
  readonly tone: ProgressTone;
  /** The tone is on; holes that lost packets make are bridged. */
  isOn = false;
  /** Start of the first on period that belongs to the recognised tone. */
  fromMs = 0;
  /** Start of the current on period, or end of the last one. */
  changedAtMs = 0;
  /** Mean share of the power that the tone's lines held while on. */
  share = 0;
  levelDbov = 0;
  /** Last complete on period and the off period before it; 0 before they were heard. */
  onMs = 0;
  offMs = 0;

  readonly #silenceDbov: number;
  #differing = 0;
  #onFrames = 0;
  #shareSum = 0;
  #loudestDbov = -100;
  #firstOnMs = 0;
  #lastOnAtMs = 0;
  #lastMatchAtMs = 0;
  #recognised = false;

  constructor(tone: ProgressTone, silenceDbov: number) {
    this.tone = tone;
    this.#silenceDbov = silenceDbov;
  }

  /** @returns true when the tone has just been recognised, again after each later cadence */
  push(frame: FrameAnalyser): boolean {
    const share = this.#shareOf(frame);
    const matches = share >= TONE_SHARE;
    const atMs = frame.endMs - WINDOW_DELAY_MS;
    if (matches) this.#listen(frame, share, atMs);
    if (matches === this.isOn) {
      this.#differing = 0;
      return this.isOn && this.#isSteady(atMs);
    }
    this.#differing += 1;
    if (this.#differing < (this.isOn ? BRIDGED_FRAMES + 1 : ONSET_FRAMES)) return false;
    return this.isOn ? this.#switchOff() : this.#switchOn(atMs - this.#differing * FRAME_MS);
  }

  #shareOf(frame: FrameAnalyser): number {
    const first = this.tone.frequenciesHz[0] ?? 0;
    const last = this.tone.frequenciesHz[1] ?? first;
    const quiet = frame.windowDbov < Math.max(this.#silenceDbov, this.#loudestDbov - 6);
    if (quiet) return 0;
    if (first === last) return frame.shareBetween(first - BAND_HZ, first + BAND_HZ);
    const middle = (first + last) / 2;
    const lower = frame.shareBetween(first - BAND_HZ, Math.min(middle, first + BAND_HZ));
    const upper = frame.shareBetween(Math.max(middle, last - BAND_HZ), last + BAND_HZ);
    return Math.min(lower, upper) < WEAKER_SHARE ? 0 : Math.min(1, lower + upper);
  }

  #listen(frame: FrameAnalyser, share: number, atMs: number): void {
    this.#onFrames += 1;
    this.#shareSum += share;
    this.share = this.#shareSum / this.#onFrames;
    this.#loudestDbov = Math.max(this.#loudestDbov, frame.windowDbov);
    this.levelDbov = this.#loudestDbov;
    this.#lastMatchAtMs = atMs;
  }

  #isSteady(atMs: number): boolean {
    const { steadyMs } = this.tone;
    if (steadyMs === null || this.#recognised || atMs - this.changedAtMs < steadyMs) return false;
    this.#recognised = true;
    this.fromMs = this.changedAtMs;
    return true;
  }

  #switchOn(atMs: number): boolean {
    this.offMs = this.onMs > 0 ? atMs - this.changedAtMs : 0;
    this.#firstOnMs = this.onMs;
    this.#lastOnAtMs = this.changedAtMs - this.onMs;
    this.isOn = true;
    this.changedAtMs = atMs;
    this.#differing = 0;
    return false;
  }

  #switchOff(): boolean {
    this.onMs = this.#lastMatchAtMs + FRAME_MS - this.changedAtMs;
    this.isOn = false;
    this.changedAtMs = this.#lastMatchAtMs + FRAME_MS;
    this.#differing = 0;
    this.#loudestDbov = -100;
    const { onMs, offMs } = this.tone;
    // The first on period may have been joined late, the rest must fit.
    const complete = fits(this.onMs, onMs) && fits(this.offMs, offMs);
    if (!complete || (this.#firstOnMs > onMs && !fits(this.#firstOnMs, onMs))) return false;
    this.fromMs = this.#lastOnAtMs;
    return true;
  }
}
