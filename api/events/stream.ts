// Server-sent events (WHATWG HTML s.9.2): a follower as the body of a response.
import type { EventView } from '../schemas/events.ts';
import type { Follower } from './follower.ts';
import { eventText } from './text.ts';

/** Delay proposed to browsers before they connect again. */
const RECONNECT_MS = 3_000;

const encoder = new TextEncoder();

/** UTF-8; only callback events have ids, because only they can be asked for again. */
export function eventStream(follower: Follower): ReadableStream<Uint8Array> {
  let opening = `retry: ${RECONNECT_MS}\n: connected\n\n`;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const text = opening === '' ? await nextText(follower) : opening;
      opening = '';
      if (text === null) controller.close();
      else controller.enqueue(encoder.encode(text));
    },
    cancel: () => follower.close(),
  });
}

async function nextText(follower: Follower): Promise<string | null> {
  const events = await follower.next();
  if (events === null) return null;
  return events.length === 0 ? ': still here\n\n' : events.map(textOf).join('');
}

function textOf(event: EventView): string {
  const id = event.topic === 'callback' ? `id: ${event.id}\n` : '';
  return `${id}event: ${event.topic}\ndata: ${eventText(event)}\n\n`;
}
