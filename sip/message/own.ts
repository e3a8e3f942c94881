// Text that outlives the message it came in. PURE.

/**
 * The same text in memory of its own. A part of a string shares the memory of the whole one: a tag
 * that is kept for a call would keep its datagram, or a chunk of a stream, as long.
 */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}
