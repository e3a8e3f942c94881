// Cutting a byte stream into SIP messages. PURE: fed with chunks, answers what is whole.
// RFC 3261 s.18.3 (Content-Length), s.7.5 (leading CRLF); RFC 5626 s.3.5.1 (keep-alive).
import { detached } from './own.ts';

/** Longest message on a stream, header and body, in bytes. */
export const MAX_STREAM_MESSAGE_BYTES = 256 * 1024;

/** Longest header part of a message on a stream, in bytes. */
export const MAX_STREAM_HEAD_BYTES = 64 * 1024;

/**
 * What came out of the stream. `broken`: its text cannot be cut any further and the connection
 * must close; `keep-alive`: a double CRLF that wants a CRLF back.
 */
export type StreamItem =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'keep-alive' }
  | { readonly kind: 'broken'; readonly reason: string };

const CONTENT_LENGTH = /\r\n(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r\n/i;

/** So many small chunks are kept apart before they become one text. */
const MAX_LOOSE_CHUNKS = 512;

/**
 * Keeps the bytes that are not yet a whole message; never more than the limits above. A peer that
 * sends byte by byte costs no more than one that does not: nothing is read before it can be whole.
 */
export class StreamFramer {
  #chunks: string[] = [];
  #length = 0;
  /** The last bytes kept, in which the end of a header may have begun. */
  #tail = '';
  /** Length at which the message at the front is whole; 0 while that is not known. */
  #wanted = 0;
  #broken = false;

  /** True while the beginning of a message waits for its rest; three bytes may be a keep-alive. */
  get partial(): boolean {
    return this.#length > 3;
  }

  /** Adds a chunk (byte string) and answers the items that are now complete, in order. */
  push(chunk: string): StreamItem[] {
    if (this.#broken) return [];
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const seam = this.#tail + chunk;
    this.#tail = seam.slice(-3);
    if (this.#mustWait(seam)) {
      if (this.#chunks.length > MAX_LOOSE_CHUNKS) this.#chunks = [this.#chunks.join('')];
      return [];
    }
    return this.#cut(this.#chunks.length === 1 ? chunk : this.#chunks.join(''));
  }

  #mustWait(seam: string): boolean {
    if (this.#wanted > 0) return this.#length < this.#wanted;
    return this.#length <= MAX_STREAM_HEAD_BYTES && !seam.includes('\r\n\r\n');
  }

  #cut(whole: string): StreamItem[] {
    let text = whole;
    const items: StreamItem[] = [];
    this.#wanted = 0;
    for (;;) {
      if (text.startsWith('\r\n\r\n')) {
        items.push({ kind: 'keep-alive' });
        text = text.slice(4);
        continue;
      }
      if (text === '' || text === '\r' || text === '\r\n' || text === '\r\n\r') break;
      if (text.startsWith('\r\n')) {
        text = text.slice(2);
        continue;
      }
      const taken = this.#take(text, items);
      if (taken === 0) break;
      text = text.slice(taken);
    }
    this.#chunks = this.#broken ? [] : [text];
    this.#length = this.#broken ? 0 : text.length;
    this.#tail = this.#broken ? '' : text.slice(-3);
    return items;
  }

  /** Takes one message off the front; answers its length, 0 when it is not whole yet. */
  #take(text: string, items: StreamItem[]): number {
    const blank = text.indexOf('\r\n\r\n');
    if (blank > MAX_STREAM_HEAD_BYTES || (blank < 0 && text.length > MAX_STREAM_HEAD_BYTES)) {
      return this.#break(items, 'header too long');
    }
    if (blank < 0) return 0;
    const head = text.slice(0, blank + 4);
    const declared = CONTENT_LENGTH.exec(head);
    if (declared === null) {
      items.push({ kind: 'message', text: head });
      return this.#break(items, 'missing Content-Length');
    }
    const size = head.length + Number(declared[1]);
    if (size > MAX_STREAM_MESSAGE_BYTES) return this.#break(items, 'message too long');
    if (text.length < size) {
      this.#wanted = size;
      return 0;
    }
    items.push({ kind: 'message', text: detached(text.slice(0, size)) });
    return size;
  }

  #break(items: StreamItem[], reason: string): number {
    this.#broken = true;
    items.push({ kind: 'broken', reason });
    return 0;
  }
}
