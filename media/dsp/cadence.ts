// PURE. Call progress tones: is a tone of the plan being heard, and do its on and off periods fit
// (ITU-T E.180 s.4, tolerances widened for what packet loss and 64 ms windows blur).
import { FRAME_MS, WINDOW_DELAY_MS, type FrameAnalyser } from './frame.ts';
import { SILENT_DBOV } from './level.ts';
import type { ProgressTone, TonePlan } from './tone-plan.ts';

/** The tone's lines hold so much of the power; white noise at 10 dB SNR leaves 0.9. */
const TONE_SHARE = 0.8;
/** Of two frequencies the weaker holds so much: E.180 allows 6 dB of twist; one alone has 2 %. */
const WEAKER_SHARE = 0.12;
/** Half width of a frequency's band: main lobe of the window plus 1 % of detuning. */
const BAND_HZ = 40;
/** Two lines closer than this are one warbling tone, heard as one band. */
const RESOLVED_HZ = 35;
/** Holes of so many frames do not count: one lost packet spoils up to four windows. */
const BRIDGED_FRAMES = 4;
/** A cadence of 100 ms leaves two frames of quiet between its bursts. */
const BRIDGED_FRAMES_QUICK = 1;
const QUICK_MS = 150;
/** A tone is on after so many frames; the glide of a voice passes by sooner. */
const ONSET_FRAMES = 4;
const ONSET_FRAMES_QUICK = 2;
/** How far on and off periods may stray from the plan. */
const CADENCE_TOLERANCE = 0.2;
const CADENCE_TOLERANCE_MS = 50;
const CADENCE_TOLERANCE_QUICK_MS = 40;
/** No tone of any plan pauses longer. */
const LONGEST_OFF_MS = 5000;
/** Periods that are remembered: the longest cadence of any plan. */
const HISTORY = 8;
/** So many periods name a tone, the first of which may have been joined late. */
const ENOUGH = 3;
/** One complete on period of this length names it when no other tone of the plan has it. */
const LONG_ON_MS = 900;

function fits(lengthMs: number, nominalMs: number): boolean {
  const least = nominalMs < QUICK_MS ? CADENCE_TOLERANCE_QUICK_MS : CADENCE_TOLERANCE_MS;
  return Math.abs(lengthMs - nominalMs) <= Math.max(least, CADENCE_TOLERANCE * nominalMs);
}

/** Watches all tones of the plan that have the same frequencies. */
export class CadenceTracker {
  /** The tone recognised last; the first row until then. */
  tone: ProgressTone;
  /** The tone is on; holes that lost packets make are bridged. */
  isOn = false;
  /** Start of the first on period that belongs to the recognised tone. */
  fromMs = 0;
  /** Start of the current period. */
  changedAtMs = 0;
  /** Mean share of the power that the tone's lines held while on. */
  share = 0;
  levelDbov = 0;
  /** Last complete on period and the last off period; 0 before they were heard. */
  onMs = 0;
  offMs = 0;

  readonly #rows: TonePlan;
  readonly #silenceDbov: number;
  readonly #bridgedFrames: number;
  readonly #onsetFrames: number;
  readonly #steadyMs: number | null;
  /** Complete periods, newest last; the newest is an on period exactly after a switch-off. */
  readonly #periodsMs = new Float64Array(HISTORY);
  #known = 0;
  #differing = 0;
  #onFrames = 0;
  #shareSum = 0;
  #loudestDbov = SILENT_DBOV;
  #lastMatchAtMs = 0;
  #steadySaid = false;

  /** @param rows at least one, all with the same frequencies */
  constructor(rows: readonly [ProgressTone, ...ProgressTone[]], silenceDbov: number) {
    const [first] = rows;
    this.tone = first;
    this.#rows = rows;
    this.#silenceDbov = silenceDbov;
    const isQuick = rows.some(({ cadenceMs }) => cadenceMs.some((ms) => ms > 0 && ms < QUICK_MS));
    this.#bridgedFrames = isQuick ? BRIDGED_FRAMES_QUICK : BRIDGED_FRAMES;
    this.#onsetFrames = isQuick ? ONSET_FRAMES_QUICK : ONSET_FRAMES;
    this.#steadyMs = rows.find(({ steadyMs }) => steadyMs !== null)?.steadyMs ?? null;
  }

  /** @returns true when a tone has just been recognised, again after each later period */
  push(frame: FrameAnalyser): boolean {
    const share = this.#shareOf(frame);
    const matches = share >= TONE_SHARE;
    const atMs = frame.endMs - WINDOW_DELAY_MS;
    // Until then a soft tone is the echo of the loud one before it.
    if (!this.isOn && atMs - this.changedAtMs > LONGEST_OFF_MS) this.#loudestDbov = SILENT_DBOV;
    if (matches) this.#listen(frame, share, atMs);
    if (matches === this.isOn) {
      this.#differing = 0;
      return this.isOn && this.#isSteady(atMs);
    }
    this.#differing += 1;
    if (this.#differing < (this.isOn ? this.#bridgedFrames + 1 : this.#onsetFrames)) return false;
    this.#differing = 0;
    if (this.isOn) {
      this.#switch(false, this.#lastMatchAtMs + FRAME_MS);
    } else {
      this.#switch(true, atMs - (this.#onsetFrames - 1) * FRAME_MS);
    }
    return this.#recognise();
  }

  #shareOf(frame: FrameAnalyser): number {
    const first = this.tone.frequenciesHz[0] ?? 0;
    const last = this.tone.frequenciesHz[1] ?? first;
    const quiet = frame.windowDbov < Math.max(this.#silenceDbov, this.#loudestDbov - 6);
    if (quiet) return 0;
    if (last - first < RESOLVED_HZ) return frame.shareBetween(first - BAND_HZ, last + BAND_HZ);
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
    if (this.#steadyMs === null || this.#steadySaid) return false;
    if (atMs - this.changedAtMs < this.#steadyMs) return false;
    this.#steadySaid = true;
    this.tone = this.#rows.find(({ steadyMs }) => steadyMs !== null) ?? this.tone;
    this.fromMs = this.changedAtMs;
    return true;
  }

  /** Ends a period; the quiet before the first tone is none. */
  #switch(isOn: boolean, atMs: number): void {
    const lengthMs = Math.max(0, atMs - this.changedAtMs);
    if (this.isOn) this.onMs = lengthMs;
    else if (this.#known > 0) this.offMs = lengthMs;
    if (this.isOn || this.#known > 0) this.#remember(lengthMs);
    this.isOn = isOn;
    this.changedAtMs = atMs;
  }

  #remember(lengthMs: number): void {
    if (this.#known === HISTORY) this.#periodsMs.copyWithin(0, 1);
    else this.#known += 1;
    this.#periodsMs[this.#known - 1] = lengthMs;
  }

  /** The one tone that the newest periods fit; older ones may have been something else. */
  #recognise(): boolean {
    for (let count = this.#known; count >= 1; count -= 1) {
      let fitting = 0;
      let found = this.tone;
      for (const row of this.#rows) {
        if (!this.#fitsRow(row, count)) continue;
        fitting += 1;
        found = row;
      }
      if (fitting === 0) continue;
      const longOn = !this.isOn && this.onMs >= LONG_ON_MS;
      if (fitting > 1 || (count < ENOUGH && !longOn)) return false;
      this.tone = found;
      this.fromMs = this.changedAtMs;
      for (let i = 1; i <= count; i += 1) this.fromMs -= this.#periodsMs[this.#known - i] ?? 0;
      return true;
    }
    return false;
  }

  #fitsRow({ cadenceMs }: ProgressTone, count: number): boolean {
    // The newest complete period is an off period while the tone is on.
    for (let end = this.isOn ? 1 : 0; end < cadenceMs.length; end += 2) {
      if (this.#fitsPhase(cadenceMs, end, count)) return true;
    }
    return false;
  }

  #fitsPhase(cadenceMs: readonly number[], end: number, count: number): boolean {
    for (let back = 0; back < count; back += 1) {
      const nominalMs =
        cadenceMs[(end - back + HISTORY * cadenceMs.length) % cadenceMs.length] ?? 0;
      const lengthMs = this.#periodsMs[this.#known - 1 - back] ?? 0;
      const joinedLate = back === count - 1 && back > 0 && lengthMs < nominalMs;
      if (!joinedLate && !fits(lengthMs, nominalMs)) return false;
    }
    return true;
  }
}

/** One tracker for each set of frequencies in the plan. */
export function trackersOf(plan: TonePlan, silenceDbov: number): readonly CadenceTracker[] {
  const bySet = new Map<string, [ProgressTone, ...ProgressTone[]]>();
  for (const tone of plan) {
    const key = tone.frequenciesHz.join('+');
    const rows = bySet.get(key);
    if (rows === undefined) bySet.set(key, [tone]);
    else rows.push(tone);
  }
  return [...bySet.values()].map((rows) => new CadenceTracker(rows, silenceDbov));
}
