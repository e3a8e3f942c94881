// Events as JSON, written once for all who listen.
import type { EventView } from '../schemas/events.ts';

const written = new WeakMap<EventView, string>();

/** The same text for the same event, whoever asks. */
export function eventText(event: EventView): string {
  let text = written.get(event);
  if (text === undefined) written.set(event, (text = JSON.stringify(event)));
  return text;
}
