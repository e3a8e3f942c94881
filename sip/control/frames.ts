// Frames of the drachtio control protocol: `<length>#<payload>`, back to back on a TCP stream.
// PURE. Text is a byte string, so a length in characters is the length in bytes that is meant.

import { detached } from '../message/own.ts';

/** Longest frame accepted from an application, in bytes. */
export const MAX_FRAME_BYTES = 1024 * 1024;

const MAX_LENGTH_DIGITS = 7;

/** One payload, or why the stream cannot be read any further. */
export type FrameItem =
  | { readonly kind: 'frame'; readonly payload: string }
  | { readonly kind: 'broken'; readonly reason: string };

/** So many small chunks are kept apart before they become one text. */
const MAX_LOOSE_CHUNKS = 512;

/** Keeps what is not yet a whole frame; never more than one frame, and read once it is whole. */
export class FrameDecoder {
  #chunks: string[] = [];
  #length = 0;
  /** Length at which the frame at the front is whole; 0 while that is not known. */
  #wanted = 0;
  #broken = false;

  /** Adds a chunk and answers the frames that are now whole, in order. */
  push(chunk: string): FrameItem[] {
    if (this.#broken) return [];
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) {
      if (this.#chunks.length > MAX_LOOSE_CHUNKS) this.#chunks = [this.#chunks.join('')];
      return [];
    }
    return this.#cut(this.#chunks.length === 1 ? chunk : this.#chunks.join(''));
  }

  #cut(text: string): FrameItem[] {
    const items: FrameItem[] = [];
    let at = 0;
    this.#wanted = 0;
    while (at < text.length) {
      // Longer than any length: no need to look further for its end.
      const start = text.slice(at, at + MAX_LENGTH_DIGITS + 1);
      const hash = start.indexOf('#');
      const digits = hash < 0 ? start : start.slice(0, hash);
      if (digits.length > MAX_LENGTH_DIGITS || !/^[0-9]*$/.test(digits)) {
        return this.#break(items, 'bad frame length');
      }
      if (hash < 0) break;
      const length = Number(digits);
      if (length === 0 || length > MAX_FRAME_BYTES) return this.#break(items, 'bad frame length');
      const from = at + hash + 1;
      if (text.length < from + length) {
        this.#wanted = from + length - at;
        break;
      }
      items.push({ kind: 'frame', payload: detached(text.slice(from, from + length)) });
      at = from + length;
    }
    this.#chunks = [text.slice(at)];
    this.#length = text.length - at;
    return items;
  }

  #break(items: FrameItem[], reason: string): FrameItem[] {
    this.#broken = true;
    this.#chunks = [];
    items.push({ kind: 'broken', reason });
    return items;
  }
}

/** Writes a frame. */
export function frame(payload: string): string {
  return `${payload.length}#${payload}`;
}

/** A frame from an application, its metadata line cut into tokens. */
export interface AppFrame {
  readonly id: string;
  readonly verb: string;
  /** What follows the verb. */
  readonly tokens: readonly string[];
  /** The SIP message, or null when the frame carries none. */
  readonly text: string | null;
}

/** Reads a payload; null when it has not even an id and a verb. */
export function parseFrame(payload: string): AppFrame | null {
  const newline = payload.indexOf('\r\n');
  const [id, verb, ...tokens] = (newline < 0 ? payload : payload.slice(0, newline)).split('|');
  if (id === undefined || verb === undefined || id === '') return null;
  return { id, verb, tokens, text: newline < 0 ? null : payload.slice(newline + 2) };
}

/** `HH:MM:SS.uuuuuu` in UTC. */
export function timeOfDay(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 23)}000`;
}
