// Server-sent events as they stand in a stream (WHATWG HTML s.9.2.6). PURE.

/** What one block of lines says. */
export interface ServerSentEvent {
  readonly id: string | null;
  /** Proposed delay before the next connection, if the block has one. */
  readonly retryMs: number | null;
  /** Empty: a comment, or nothing but `retry` and `id`. */
  readonly data: string;
}

/** Longest text without an end of a block that is waited for. */
const MAX_BLOCK_CHARACTERS = 1_000_000;

/** Text in as it comes, events out as they are complete. */
export class SseParser {
  #text = '';

  /** @throws Error when a block has no end */
  push(text: string): ServerSentEvent[] {
    const blocks = (this.#text + text).replace(/\r\n?/gu, '\n').split('\n\n');
    this.#text = blocks.pop() ?? '';
    if (this.#text.length > MAX_BLOCK_CHARACTERS) throw new Error('an event has no end');
    return blocks.map(eventOf);
  }
}

function eventOf(block: string): ServerSentEvent {
  let id: string | null = null;
  let retryMs: number | null = null;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/u.exec(line) ?? [];
    if (name === 'id' && !value.includes('\0')) id = value;
    if (name === 'retry' && /^\d+$/u.test(value)) retryMs = Number(value);
    if (name === 'data') data.push(value);
  }
  return { id, retryMs, data: data.join('\n') };
}
