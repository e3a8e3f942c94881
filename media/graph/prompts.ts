// Sound files as 8 kHz mono samples, read once and kept while they do not change on disk.
import { readFile, stat } from 'node:fs/promises';
import { readWav, resampleMono, toMono } from '../codec/wav.ts';
import { unavailable } from '../../core/errors.ts';
import { SAMPLE_RATE_HZ } from './timeline.ts';

/** Half an hour of 16-bit mono at 8 kHz, or five minutes of stereo at 24 kHz. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** 64 MB of samples in all: about an hour of prompts. */
const MAX_CACHED_SAMPLES = 32 * 1024 * 1024;

interface Entry {
  readonly version: string;
  readonly samples: Int16Array;
}

export class Prompts {
  readonly #cache = new Map<string, Entry>();
  #cachedSamples = 0;

  /**
   * The file's samples, mono at 8 kHz; shared, so not to be written to.
   * @throws RingbackError MEDIA_WAV_INVALID, MEDIA_FILE_TOO_LARGE; file system errors
   */
  async load(path: string): Promise<Int16Array> {
    const { mtimeMs, size } = await stat(path);
    if (size > MAX_FILE_BYTES) {
      throw unavailable('MEDIA_FILE_TOO_LARGE', 'the sound file is too large', { path, size });
    }
    const version = `${mtimeMs}/${size}`;
    const known = this.#cache.get(path);
    if (known?.version === version) {
      this.#keep(path, known);
      return known.samples;
    }
    const wav = readWav(await readFile(path));
    const mono = wav.channels === 1 ? wav.samples : toMono(wav.samples, wav.channels);
    const samples =
      wav.sampleRateHz === SAMPLE_RATE_HZ
        ? mono
        : resampleMono(mono, wav.sampleRateHz, SAMPLE_RATE_HZ);
    this.#keep(path, { version, samples });
    return samples;
  }

  /** Puts an entry at the young end and lets the oldest go (a Map keeps insertion order). */
  #keep(path: string, entry: Entry): void {
    this.#forget(path);
    this.#cache.set(path, entry);
    this.#cachedSamples += entry.samples.length;
    for (const oldest of this.#cache.keys()) {
      if (this.#cachedSamples <= MAX_CACHED_SAMPLES) break;
      this.#forget(oldest);
    }
  }

  #forget(path: string): void {
    const entry = this.#cache.get(path);
    if (entry === undefined) return;
    this.#cache.delete(path);
    this.#cachedSamples -= entry.samples.length;
  }
}
