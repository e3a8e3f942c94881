// The recent SIP messages by call, for ladders and searches. Bounded: the oldest calls go first.
import type { TracedMessage } from '../sip/index.ts';

/** Calls remembered at most. */
const MAX_CALLS = 2_000;
/** Messages remembered of one call: enough for many re-INVITEs, not for a flood. */
const MAX_MESSAGES_PER_CALL = 200;
/** Characters remembered of one message. */
const MAX_TEXT_LENGTH = 4_096;
/** Fewer digits than this in common say nothing. */
const MIN_DIGITS = 3;

export interface TraceBook {
  add(message: TracedMessage): void;
  /** Messages of these calls in the order they were seen. */
  messagesOf(callIds: readonly string[]): readonly TracedMessage[];
  /**
   * Call-IDs, the newest first, of calls from or to a number or user: in any form that ends like
   * it, so that +12025550123 is found where the trunk writes 2025550123, and by its last digits.
   */
  callIdsOf(number: string): readonly string[];
  /** Drops these calls, and all with a message that names the person. */
  forget(callIds: readonly string[], isAbout: (text: string) => boolean): void;
}

export function createTraceBook(): TraceBook {
  const calls = new Map<string, TracedMessage[]>();
  return {
    add(message) {
      const known = calls.get(message.callId);
      if (known !== undefined) {
        const isForgotten = known.length === 0;
        const isFull = known.length >= MAX_MESSAGES_PER_CALL;
        if (!isForgotten && !isFull) known.push(shortened(message));
        return;
      }
      calls.set(message.callId, [shortened(message)]);
      if (calls.size <= MAX_CALLS) return;
      const oldest = calls.keys().next();
      if (oldest.done !== true) calls.delete(oldest.value);
    },
    messagesOf: (callIds) =>
      [...new Set(callIds)]
        .flatMap((callId) => calls.get(callId) ?? [])
        .sort((a, b) => a.atMs - b.atMs),
    callIdsOf: (number) =>
      [...calls]
        .filter(([, [first]]) => first !== undefined && concerns(first, number))
        .map(([callId]) => callId)
        .reverse(),
    forget(callIds, isAbout) {
      // Left as an empty list: a BYE that is still to come is not remembered either.
      const named = new Set(callIds);
      for (const [callId, messages] of calls) {
        const isTheirs = named.has(callId) || messages.some(({ text }) => isAbout(text));
        if (isTheirs) calls.set(callId, []);
      }
    },
  };
}

function shortened(message: TracedMessage): TracedMessage {
  if (message.text.length <= MAX_TEXT_LENGTH) return message;
  return { ...message, text: message.text.slice(0, MAX_TEXT_LENGTH) };
}

/** Whether the Request-URI or a header that names somebody has this number or user. */
function concerns({ text }: TracedMessage, number: string): boolean {
  const head = text.split('\r\n\r\n', 1)[0] ?? '';
  const named = head
    .split('\r\n')
    .filter(
      (line, index) =>
        index === 0 || /^(?:from|f|to|t|p-asserted-identity|diversion)\s*:/i.test(line),
    );
  return named
    .flatMap((line) => [...line.matchAll(/(?:sips?:([^@;>\s]+)@|tel:([^;>\s]+))/gi)])
    .some(([, user, digits]) => isSame(decoded(user ?? digits ?? ''), number));
}

function isSame(user: string, wanted: string): boolean {
  if (user.toLowerCase() === wanted.toLowerCase()) return true;
  if (/[a-z]/i.test(user + wanted)) return false;
  const [a, b] = [user.replace(/\D/g, ''), wanted.replace(/\D/g, '')];
  return Math.min(a.length, b.length) >= MIN_DIGITS && (a.endsWith(b) || b.endsWith(a));
}

function decoded(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
