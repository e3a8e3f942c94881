// PURE. Music against speech: notes stand still in frequency where voices glide, and music leaves
// no gaps (after E. Scheirer and M. Slaney 1997, reduced to the two features that survive G.711).
import type { FrameAnalyser } from './frame.ts';

/** Judged over the last 3 s: a few notes, or a sentence with its pauses. */
const WINDOW_FRAMES = 150;
/** The strongest line is compared with the one so many frames ago: windows that do not overlap. */
const APART_FRAMES = 4;
/** A quarter of a semitone: finer than vibrato, coarser than the measurement. */
const STEADY_RATIO = 0.015;
/** The line must stand out. */
const LEAST_SHARE = 0.15;
/** Music sounds most of the time; plucked notes die away between. */
const LEAST_SOUND = 0.5;
/** Steady frames in music: 0.34 and more; in read speech: up to 0.22. */
const LEAST_STEADY = 0.3;
/** It stays music for so long before it is called so: words may follow a jingle. */
const HOLD_FRAMES = 120;
/** A melody changes its note; a tone that only goes on is a signal. Half a semitone is a change. */
const LEAST_CHANGES = 2;
const CHANGE_RATIO = 0.03;

/** Music softer than speech by so much is what the speaker hears, not who has answered. */
const BELOW_SPEECH_DB = 12;

/** Notes of the last 0.7 s: when they stop, the music has, though the window remembers it. */
const RECENT_SMOOTHING = 0.03;
const RECENTLY_HELD = 0.17;

/** A held note is noticed within about 0.2 s, and forgotten as fast. */
const NOTE_SMOOTHING = 0.08;
const NOTE_HELD = 0.35;

/** Follows sound of any kind and tells whether the last seconds were music. */
export class MusicMeter {
  /** Share of the last 3 s that was sound, and that held a note. */
  soundShare = 0;
  steadyShare = 0;
  /** A note is being held: no voice, but no silence either. */
  isNote = false;

  readonly #silenceDbov: number;
  readonly #lines = new Float64Array(APART_FRAMES);
  readonly #sound = new Uint8Array(WINDOW_FRAMES);
  readonly #steady = new Uint8Array(WINDOW_FRAMES);
  #at = 0;
  #musicFrames = 0;
  #held = 0;
  #recent = 0;
  readonly #change = new Uint8Array(WINDOW_FRAMES);
  #noteHz = 0;
  #changeCount = 0;
  #soundCount = 0;
  #steadyCount = 0;

  constructor(silenceDbov: number) {
    this.#silenceDbov = silenceDbov;
  }

  /**
   * @param isSignal the frame belongs to a tone of the plan, which is no music
   * @param speechDbov level of the loudest speech: what is much softer is its background
   */
  push(frame: FrameAnalyser, isSignal: boolean, speechDbov: number): void {
    const lineAt = this.#at % APART_FRAMES;
    const lineHz = frame.strongest.frequencyHz;
    const beforeHz = this.#lines[lineAt] ?? 0;
    this.#lines[lineAt] = lineHz;
    const threshold = Math.max(this.#silenceDbov, speechDbov - BELOW_SPEECH_DB);
    const sound = !isSignal && frame.windowDbov > threshold;
    const steady =
      sound &&
      frame.strongest.share >= LEAST_SHARE &&
      Math.abs(lineHz - beforeHz) <= STEADY_RATIO * beforeHz;
    const change = steady && Math.abs(lineHz - this.#noteHz) > CHANGE_RATIO * lineHz;
    if (change) this.#noteHz = lineHz;
    const at = this.#at % WINDOW_FRAMES;
    this.#soundCount += (sound ? 1 : 0) - (this.#sound[at] ?? 0);
    this.#steadyCount += (steady ? 1 : 0) - (this.#steady[at] ?? 0);
    this.#changeCount += (change ? 1 : 0) - (this.#change[at] ?? 0);
    this.#change[at] = change ? 1 : 0;
    this.#sound[at] = sound ? 1 : 0;
    this.#steady[at] = steady ? 1 : 0;
    this.#at += 1;
    this.#held += NOTE_SMOOTHING * ((steady ? 1 : 0) - this.#held);
    this.#recent += RECENT_SMOOTHING * ((steady ? 1 : 0) - this.#recent);
    this.isNote = this.#held >= NOTE_HELD;
    this.soundShare = this.#soundCount / WINDOW_FRAMES;
    this.steadyShare = this.#steadyCount / WINDOW_FRAMES;
    const isLikely =
      this.soundShare >= LEAST_SOUND &&
      this.steadyShare >= LEAST_STEADY &&
      this.#recent >= RECENTLY_HELD &&
      this.#changeCount > LEAST_CHANGES;
    this.#musicFrames = isLikely ? this.#musicFrames + 1 : 0;
  }

  /** What is heard resembles music; words may still follow. */
  get isLikely(): boolean {
    return this.#musicFrames > 0;
  }

  /** It has been music for long enough to be nothing else. */
  get isMusic(): boolean {
    return this.#musicFrames >= HOLD_FRAMES;
  }

  /** Probability that it is music, when it is loud enough to ask. */
  get confidence(): number {
    return 1 / (1 + Math.exp(-(this.steadyShare - 0.2) * 20));
  }
}
