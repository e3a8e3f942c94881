// Feeds call progress detection with 20 ms frames of what the peer sends, at the pace of our clock:
// when no RTP comes the detector hears silence, so that silence can be measured.
import type { CpdOptions, CpdPhase, CpdVerdict } from '../types.ts';
import { createCpd } from '../dsp/cpd.ts';
import { Timeline } from './timeline.ts';

const RING_SAMPLES = 8_192;
/** 80 ms: jitter beyond it shows up as a hole, so it stands above common jitter. */
const DELAY_SAMPLES = 640;
const FRAME_SAMPLES = 160;

export class Detector {
  readonly timeline: Timeline;
  readonly #cpd: ReturnType<typeof createCpd>;
  readonly #frame = new Int16Array(FRAME_SAMPLES);

  constructor(phase: CpdPhase, options: CpdOptions, nowPosition: number) {
    this.timeline = new Timeline(RING_SAMPLES, DELAY_SAMPLES, nowPosition);
    this.#cpd = createCpd(phase, options);
  }

  /** Listens to the frames that are due; verdicts go to `tell`, in order. */
  tick(nowPosition: number, tell: (verdict: CpdVerdict) => void): void {
    while (this.timeline.readable(nowPosition) >= FRAME_SAMPLES) {
      this.timeline.read(this.#frame, FRAME_SAMPLES, 0, 1);
      const verdict = this.#cpd.push(this.#frame);
      if (verdict !== null) tell(verdict);
    }
  }
}
