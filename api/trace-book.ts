// The recent SIP messages by call, for ladders. Bounded: the oldest calls go first.
import type { TracedMessage } from '../sip/index.ts';

/** Calls remembered at most. */
const MAX_CALLS = 2_000;
/** Messages remembered of one call: enough for many re-INVITEs, not for a flood. */
const MAX_MESSAGES_PER_CALL = 200;
/** Characters remembered of one message. */
const MAX_TEXT_LENGTH = 4_096;

export interface TraceBook {
  add(message: TracedMessage): void;
  /** Messages of these calls in the order they were seen. */
  messagesOf(callIds: readonly string[]): readonly TracedMessage[];
}

export function createTraceBook(): TraceBook {
  const calls = new Map<string, TracedMessage[]>();
  return {
    add(message) {
      const known = calls.get(message.callId);
      if (known !== undefined) {
        if (known.length < MAX_MESSAGES_PER_CALL) known.push(shortened(message));
        return;
      }
      calls.set(message.callId, [shortened(message)]);
      if (calls.size <= MAX_CALLS) return;
      const oldest = calls.keys().next();
      if (oldest.done !== true) calls.delete(oldest.value);
    },
    messagesOf: (callIds) =>
      callIds.flatMap((callId) => calls.get(callId) ?? []).sort((a, b) => a.atMs - b.atMs),
  };
}

function shortened(message: TracedMessage): TracedMessage {
  if (message.text.length <= MAX_TEXT_LENGTH) return message;
  return { ...message, text: message.text.slice(0, MAX_TEXT_LENGTH) };
}
