// What one leg's peer says, as frames on our clock: an adaptive jitter buffer with concealment. Who
// listens (detection, mixing) gets every 20 ms of time exactly once, whatever the network did. A
// plain relay has no ear: the peer's own jitter buffer does that work, and a second one before it
// would only add delay.
import { Concealment } from '../codec/concealment.ts';
import { JitterDelay } from '../rtp/jitter-delay.ts';
import { Timeline } from './timeline.ts';

export const FRAME_SAMPLES = 160;
const RING_SAMPLES = 8_192;
/** More delay than needed by so much is given back, a frame at a time. */
const SURPLUS_SAMPLES = 2 * FRAME_SAMPLES;
const FIRST_DELAY_SAMPLES = 480;

/** Who hears each frame, in order. The frame is the ear's: copy what must last. */
export type FrameListener = (frame: Int16Array) => void;

export class Ear {
  readonly timeline: Timeline;
  /** The latest frame, for mixing: sound, or something made up when none came in time. */
  readonly frame = new Int16Array(FRAME_SAMPLES);
  readonly #delay = new JitterDelay();
  readonly #concealment = new Concealment();
  /** Sound made up at the reading point, samples. */
  #madeUp = 0;
  #heardAny = false;

  /** @param nowPosition where our clock stands, samples */
  constructor(nowPosition: number) {
    this.timeline = new Timeline(RING_SAMPLES, FIRST_DELAY_SAMPLES, nowPosition);
  }

  /** As `Timeline.write`, and learns from the packet how long sound must wait. */
  write(
    samples: Int16Array,
    count: number,
    ticks: number,
    nowPosition: number,
    late: boolean,
    lost: number,
  ): void {
    this.timeline.write(samples, count, ticks, nowPosition, late, lost);
    this.#delay.update(this.timeline.latenessSamples, nowPosition);
  }

  /** Another stream begins. */
  reset(): void {
    this.timeline.reset();
    this.#delay.reset();
  }

  /** Samples made up for what was lost or late. */
  get concealedSamples(): number {
    return this.timeline.concealedSamples + this.#madeUp;
  }

  /** Hands the frames that are due to `listener`; `frame` then holds the latest. */
  tick(nowPosition: number, listener: FrameListener | null): void {
    this.#adapt();
    let due = false;
    while (this.timeline.readable(nowPosition) >= FRAME_SAMPLES) {
      this.#next();
      due = true;
      listener?.(this.frame);
    }
    // The delay has just grown: who mixes needs a frame all the same.
    if (!due) this.#makeUp(0);
  }

  #adapt(): void {
    const target = this.#delay.targetTicks;
    const { timeline } = this;
    if (target > timeline.delaySamples) timeline.delaySamples = target;
    else if (target < timeline.delaySamples - SURPLUS_SAMPLES) {
      timeline.delaySamples -= FRAME_SAMPLES;
    }
  }

  #next(): void {
    const { timeline, frame } = this;
    const there = timeline.writtenTo - timeline.readPosition;
    timeline.read(frame, FRAME_SAMPLES, 0, 1);
    if (there > 0) this.#heardAny = true;
    if (there >= FRAME_SAMPLES) this.#concealment.heard(frame, FRAME_SAMPLES);
    else this.#makeUp(Math.max(0, there));
  }

  /** Completes a frame of which only the first samples came. */
  #makeUp(there: number): void {
    const { frame } = this;
    if (!this.#heardAny) {
      frame.fill(0);
      return;
    }
    if (there > 0) this.#concealment.heard(frame, there);
    const rest = there > 0 ? frame.subarray(there) : frame;
    const fading = this.#concealment.fading;
    this.#concealment.conceal(rest, FRAME_SAMPLES - there);
    if (fading) this.#madeUp += FRAME_SAMPLES - there;
  }
}
