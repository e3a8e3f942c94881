// A stereo WAV that grows on disk: two timelines read half a second behind the clock, so that both
// channels line up and gaps are silence. A slow disk costs sound, never the tick.
import { open, type FileHandle } from 'node:fs/promises';
import { wavHeader } from '../codec/wav.ts';
import { SAMPLE_RATE_HZ, Timeline } from './timeline.ts';

const HEADER_BYTES = 44;
const CHANNELS = 2;
const FRAME_BYTES = 2 * CHANNELS;
const RING_SAMPLES = 16_384;
const DELAY_SAMPLES = SAMPLE_RATE_HZ / 2;
const BLOCK_SAMPLES = SAMPLE_RATE_HZ;
/** Blocks of one second on their way to the disk; more are left out of the file (as zeros). */
const MAX_BLOCKS_IN_FLIGHT = 16;
/** RIFF sizes are 32 bits: 4 GiB, 37 hours. */
const MAX_DATA_BYTES = 0xffff_ffff - HEADER_BYTES - 1024;

/** Writes the header that a file of this length must have. */
async function writeHeader(file: FileHandle, dataBytes: number): Promise<void> {
  await file.write(wavHeader(CHANNELS, SAMPLE_RATE_HZ, dataBytes), 0, HEADER_BYTES, 0);
}

/**
 * Makes a recording readable that its writer could not finish, by the length it has on disk.
 * @returns its duration in milliseconds
 */
export async function finishAbandoned(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const frames = Math.max(0, Math.floor((size - HEADER_BYTES) / FRAME_BYTES));
    await file.truncate(HEADER_BYTES + frames * FRAME_BYTES);
    await writeHeader(file, frames * FRAME_BYTES);
    return Math.round((frames * 1000) / SAMPLE_RATE_HZ);
  } finally {
    await file.close();
  }
}

export class Recorder {
  readonly left: Timeline;
  readonly right: Timeline;
  readonly #file: Promise<FileHandle>;
  #framesRead = 0;
  #blocksInFlight = 0;
  #fault: Error | null = null;
  #writes: Promise<void> = Promise.resolve();

  /** Creates the file at once; it may not exist yet. @param nowPosition where the clock stands */
  constructor(path: string, nowPosition: number) {
    this.left = new Timeline(RING_SAMPLES, DELAY_SAMPLES, nowPosition);
    this.right = new Timeline(RING_SAMPLES, DELAY_SAMPLES, nowPosition);
    this.#file = open(path, 'wx');
    this.#writes = this.#guard(async () => writeHeader(await this.#file, 0));
  }

  /** Takes what is due from both channels; called with every tick. */
  tick(nowPosition: number): void {
    while (this.left.readable(nowPosition) >= BLOCK_SAMPLES) this.#block(BLOCK_SAMPLES);
  }

  /**
   * Writes what is left up to now (or to the end of sound already here), the header, and closes.
   * @returns duration in milliseconds; rejects with the first fault of the file system
   */
  async stop(nowPosition: number): Promise<number> {
    this.tick(nowPosition);
    const end = Math.max(nowPosition, this.left.writtenTo, this.right.writtenTo) + DELAY_SAMPLES;
    for (let rest = this.left.readable(end); rest > 0; rest = this.left.readable(end)) {
      this.#block(Math.min(rest, BLOCK_SAMPLES));
    }
    await this.#writes;
    const file = await this.#file;
    try {
      if (this.#fault !== null) throw this.#fault;
      const dataBytes = this.#framesRead * FRAME_BYTES;
      // Blocks that were left out at the very end would leave the file short.
      await file.truncate(HEADER_BYTES + dataBytes);
      await writeHeader(file, dataBytes);
    } finally {
      await file.close();
    }
    return Math.round((this.#framesRead * 1000) / SAMPLE_RATE_HZ);
  }

  #block(frames: number): void {
    const block = new Int16Array(frames * CHANNELS);
    this.left.read(block, frames, 0, CHANNELS);
    this.right.read(block, frames, 1, CHANNELS);
    const position = HEADER_BYTES + this.#framesRead * FRAME_BYTES;
    if (position + block.byteLength > MAX_DATA_BYTES) return;
    this.#framesRead += frames;
    if (this.#blocksInFlight >= MAX_BLOCKS_IN_FLIGHT || this.#fault !== null) return;
    this.#blocksInFlight += 1;
    const bytes = new Uint8Array(block.buffer);
    this.#writes = this.#guard(async (before) => {
      await before;
      await (await this.#file).write(bytes, 0, bytes.length, position);
      this.#blocksInFlight -= 1;
    });
  }

  /** Runs one piece of file work; the first fault is kept for `stop`. */
  async #guard(work: (before: Promise<void>) => Promise<void>): Promise<void> {
    try {
      await work(this.#writes);
    } catch (fault) {
      this.#fault ??= fault instanceof Error ? fault : new Error(String(fault));
    }
  }
}
