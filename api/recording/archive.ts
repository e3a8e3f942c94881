// The folder of recordings as things to find, hear and delete. A file belongs to the interaction
// whose id its name begins with; there is no other list of them, so that none can be missing.
import { createReadStream } from 'node:fs';
import { open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { notFound, type RingbackError } from '../../core/errors.ts';

export interface RecordingFile {
  /** The name of the file without `.wav`. */
  readonly id: string;
  readonly interactionId: string;
  readonly bytes: number;
  readonly writtenAtMs: number;
}

export interface WavFacts {
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly durationMs: number;
}

const HEADER_BYTES = 44;
/** Sizes in RIFF have 32 bits. */
const MAX_SIZE = 0xffff_ffff;
const ID = /^[\w@+-][\w.@+-]{0,199}$/;

export class RecordingArchive {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Every recording there is, in no order. */
  async list(): Promise<readonly RecordingFile[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.wav'));
    const files = await Promise.all(names.map((name) => this.#find(name.slice(0, -4))));
    return files.flatMap((file) => file ?? []);
  }

  /** @throws RingbackError RECORDING_UNKNOWN */
  async get(id: string): Promise<RecordingFile> {
    const file = ID.test(id) ? await this.#find(id) : null;
    if (file === null) throw unknownRecording(id);
    return file;
  }

  /** Format and length, by the length the file has. @throws RingbackError RECORDING_UNKNOWN */
  async facts({ id, bytes }: RecordingFile): Promise<WavFacts> {
    const header = await this.bytesOf(id, 0, HEADER_BYTES);
    const channels = Math.max(1, header.length < HEADER_BYTES ? 2 : header.readUInt16LE(22));
    const sampleRateHz = header.length < HEADER_BYTES ? 8_000 : header.readUInt32LE(24) || 8_000;
    const frames = Math.floor(Math.max(0, bytes - HEADER_BYTES) / (2 * channels));
    return { channels, sampleRateHz, durationMs: Math.round((frames * 1_000) / sampleRateHz) };
  }

  /** So many bytes from a position on, fewer at the end. */
  async bytesOf(id: string, position: number, length: number): Promise<Buffer> {
    const file = await open(this.#pathOf(id), 'r').catch((fault: unknown) => {
      throw isMissing(fault) ? unknownRecording(id) : fault;
    });
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /**
   * The bytes from one position to another, both included, as they are read from disk. The sizes
   * in the header are those of the file: a recorder that was killed has left older ones.
   */
  async stream(
    { id, bytes }: RecordingFile,
    first: number,
    last: number,
  ): Promise<ReadableStream<Uint8Array>> {
    if (last < first) return new Blob([]).stream();
    if (first >= HEADER_BYTES) return this.#read(id, first, last);
    const header = withSizes(await this.bytesOf(id, 0, HEADER_BYTES), bytes);
    const begin = new Blob([header.subarray(first, last + 1)]).stream();
    if (last < HEADER_BYTES) return begin;
    return ReadableStream.from(chained(begin, this.#read(id, HEADER_BYTES, last)));
  }

  #read(id: string, start: number, end: number): ReadableStream<Uint8Array> {
    const file = createReadStream(this.#pathOf(id), { start, end });
    return Readable.toWeb(file) as ReadableStream<Uint8Array>;
  }

  /** @throws RingbackError RECORDING_UNKNOWN */
  async remove(id: string): Promise<void> {
    await this.get(id);
    await unlink(this.#pathOf(id));
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.wav`);
  }

  async #find(id: string): Promise<RecordingFile | null> {
    try {
      const { size, mtimeMs } = await stat(this.#pathOf(id));
      const writtenAtMs = Math.floor(mtimeMs);
      return { id, interactionId: interactionOf(id), bytes: size, writtenAtMs };
    } catch (fault) {
      if (isMissing(fault)) return null; // deleted meanwhile
      throw fault;
    }
  }
}

/** RIFF: bytes 4 to 7 are the size of what follows them, 40 to 43 that of the samples. */
function withSizes(header: Buffer, bytes: number): Buffer<ArrayBuffer> {
  const right = Buffer.from(header);
  if (right.length < HEADER_BYTES || right.toString('latin1', 36, 40) !== 'data') return right;
  right.writeUInt32LE(Math.min(bytes - 8, MAX_SIZE), 4);
  right.writeUInt32LE(Math.min(bytes - HEADER_BYTES, MAX_SIZE), 40);
  return right;
}

async function* chained(...streams: readonly ReadableStream<Uint8Array>[]) {
  for (const stream of streams) yield* stream;
}

function interactionOf(id: string): string {
  const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(id)?.[0];
  return uuid ?? id.split('_')[0] ?? id;
}

function isMissing(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'ENOENT';
}

function unknownRecording(recordingId: string): RingbackError {
  return notFound('RECORDING_UNKNOWN', 'there is no such recording', { recordingId });
}
