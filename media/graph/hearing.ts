// Everybody who listens to what one leg's peer says: call progress detection, digits in the
// sound and legs that mix,
// through an ear; and recordings, which wait longer and therefore lose less. Nothing is decoded
// while nobody listens.
import { createCpd } from '../dsp/cpd.ts';
import { DtmfDetector } from '../dsp/dtmf.ts';
import type { CpdOptions, CpdPhase, CpdVerdict } from '../types.ts';
import { Ear, FRAME_SAMPLES } from './ear.ts';
import type { Timeline } from './timeline.ts';

export interface HearingEvents {
  verdict(verdict: CpdVerdict): void;
  /** A digit in the sound. */
  digit(digit: string, durationMs: number): void;
}

export class Hearing {
  /** Recordings of what the peer says. */
  readonly taps: Timeline[] = [];
  readonly #events: HearingEvents;
  #ear: Ear | null = null;
  #cpd: ReturnType<typeof createCpd> | null = null;
  /** Sound before this position was said before detection began. */
  #cpdFrom = 0;
  #mixed = false;
  #dtmf: DtmfDetector | null = null;
  #concealedBefore = 0;

  constructor(events: HearingEvents) {
    this.#events = events;
  }

  /** Whether anybody needs the sound. */
  get listens(): boolean {
    return this.#ear !== null || this.taps.length > 0;
  }

  /** The latest 20 ms; null while there is no ear. */
  get frame(): Int16Array | null {
    return this.#ear?.frame ?? null;
  }

  /** How long sound waits for who listens here, samples; null while there is no ear. */
  get delaySamples(): number | null {
    return this.#ear?.timeline.delaySamples ?? null;
  }

  /** Sound made up so far, samples. */
  get concealedSamples(): number {
    return this.#concealedBefore + (this.#ear?.concealedSamples ?? 0);
  }

  detect(phase: CpdPhase, options: CpdOptions, nowPosition: number): void {
    this.#cpd = createCpd(phase, options);
    this.#cpdFrom = nowPosition;
    this.#arrange(nowPosition);
  }

  stopDetecting(): void {
    this.#cpd = null;
    this.#arrange(0);
  }

  /** Whether other legs mix what this one says. */
  setMixed(mixed: boolean, nowPosition: number): void {
    this.#mixed = mixed;
    this.#arrange(nowPosition);
  }

  /** Whether digits are looked for in the sound itself. */
  setInBand(inBand: boolean, nowPosition: number): void {
    if (!inBand) this.#dtmf = null;
    else this.#dtmf ??= new DtmfDetector((digit, ms) => this.#events.digit(digit, ms));
    this.#arrange(nowPosition);
  }

  /** An ear while somebody needs one. */
  #arrange(nowPosition: number): void {
    const needed = this.#cpd !== null || this.#mixed || this.#dtmf !== null;
    if (needed) this.#ear ??= new Ear(nowPosition);
    else if (this.#ear !== null) {
      this.#concealedBefore += this.#ear.concealedSamples;
      this.#ear = null;
    }
  }

  /** Takes one decoded packet; see `Timeline.write`. */
  write(
    samples: Int16Array,
    count: number,
    ticks: number,
    position: number,
    late: boolean,
    lost: number,
  ): void {
    this.#ear?.write(samples, count, ticks, position, late, lost);
    for (const tap of this.taps) tap.write(samples, count, ticks, position, late, lost);
  }

  /** The peer's stream begins anew. */
  reset(): void {
    this.#ear?.reset();
    for (const tap of this.taps) tap.reset();
  }

  tick(nowPosition: number): void {
    this.#ear?.tick(nowPosition, this.#listen);
  }

  readonly #listen = (frame: Int16Array): void => {
    this.#dtmf?.push(frame);
    const from = (this.#ear?.timeline.readPosition ?? 0) - FRAME_SAMPLES;
    if (this.#cpd === null || from < this.#cpdFrom) return;
    const verdict = this.#cpd.push(frame);
    if (verdict !== null) this.#events.verdict(verdict);
    if (this.#cpd?.isDone === true) this.stopDetecting();
  };
}
