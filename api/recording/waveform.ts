// A recording in a few hundred numbers: the loudest sample of each channel in each piece of it, and
// the spans in which nothing at all was recorded. Takes blocks of samples in order. PURE.

/** A span of the recording. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Shorter spans of nothing are the gaps between two words. */
const LEAST_SILENCE_MS = 1_000;

export class Waveform {
  /** By channel: 0 to 1 of full scale. */
  readonly peaks: readonly number[][];
  readonly silences: Span[] = [];
  readonly #framesEach: number;
  readonly #sampleRateHz: number;
  #frame = 0;
  #silentSince: number | null = null;

  /** @param frames of the whole recording; @param points for each channel */
  constructor(channels: number, sampleRateHz: number, frames: number, points: number) {
    this.#sampleRateHz = sampleRateHz;
    this.#framesEach = Math.max(1, Math.ceil(frames / points));
    const count = Math.ceil(frames / this.#framesEach);
    this.peaks = Array.from({ length: channels }, () => new Array<number>(count).fill(0));
  }

  /** Interleaved samples of 16 bits, whole frames. */
  take(samples: Int16Array): void {
    const channels = this.peaks.length;
    for (let at = 0; at + channels <= samples.length; at += channels) {
      const point = Math.floor(this.#frame / this.#framesEach);
      let isSilent = true;
      for (let channel = 0; channel < channels; channel++) {
        const level = Math.abs(samples[at + channel] ?? 0) / 32_768;
        if (level > 0) isSilent = false;
        const row = this.peaks[channel];
        if (row !== undefined && level > (row[point] ?? 0)) row[point] = level;
      }
      this.#mark(isSilent);
      this.#frame += 1;
    }
  }

  /** No more will come. */
  end(): void {
    this.#mark(false);
  }

  #mark(isSilent: boolean): void {
    if (isSilent) {
      this.#silentSince ??= this.#frame;
      return;
    }
    if (this.#silentSince === null) return;
    const [fromMs, toMs] = [this.#msOf(this.#silentSince), this.#msOf(this.#frame)];
    this.#silentSince = null;
    if (toMs - fromMs >= LEAST_SILENCE_MS) this.silences.push({ fromMs, toMs });
  }

  #msOf(frame: number): number {
    return Math.round((frame * 1_000) / this.#sampleRateHz);
  }
}
