// One play request turned into frames: files, tones and silence in order, looped or not. Knows
// neither files nor sockets: prompts come loaded.
import type { ToneSource } from '../dsp/tone.ts';

/** A source ready to be read. Files are mono at 8 kHz. */
export type LoadedSource =
  | { readonly kind: 'samples'; readonly samples: Int16Array }
  | { readonly kind: 'tone'; readonly tone: ToneSource }
  | { readonly kind: 'silence'; readonly samples: number };

export class Player {
  readonly playId: number;
  readonly #sources: readonly LoadedSource[];
  readonly #loop: boolean;
  #index = 0;
  #position = 0;
  #readInPass = 0;

  constructor(playId: number, sources: readonly LoadedSource[], loop: boolean) {
    this.playId = playId;
    this.#sources = sources;
    this.#loop = loop;
  }

  /**
   * Fills `frame` from its start; the rest of a last, short frame is silence.
   * @returns samples that are sound of this request; 0 when it has come to its end
   */
  read(frame: Int16Array): number {
    let filled = 0;
    while (filled < frame.length) {
      const source = this.#sources[this.#index];
      if (source === undefined) {
        // A pass that gave nothing would loop for ever.
        if (!this.#loop || this.#readInPass === 0) break;
        this.#index = 0;
        this.#readInPass = 0;
        continue;
      }
      const got = this.#readSource(source, frame, filled);
      this.#readInPass += got;
      filled += got;
      if (filled < frame.length) this.#nextSource(source);
    }
    frame.fill(0, filled);
    return filled;
  }

  #readSource(source: LoadedSource, frame: Int16Array, filled: number): number {
    const room = frame.length - filled;
    switch (source.kind) {
      case 'samples': {
        const count = Math.min(room, source.samples.length - this.#position);
        for (let i = 0; i < count; i++) {
          frame[filled + i] = source.samples[this.#position + i] ?? 0;
        }
        this.#position += count;
        return count;
      }
      case 'silence': {
        const count = Math.min(room, source.samples - this.#position);
        frame.fill(0, filled, filled + count);
        this.#position += count;
        return count;
      }
      case 'tone':
        return source.tone.read(filled === 0 ? frame : frame.subarray(filled));
    }
  }

  #nextSource(source: LoadedSource): void {
    if (source.kind === 'tone') source.tone.reset();
    this.#position = 0;
    this.#index += 1;
  }
}
