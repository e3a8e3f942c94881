// What the API needs for webhooks, in memory, with a hand on what calls report.
import type { CallEvent } from '../../callback/index.ts';
import { openNotifyDatabase, type NotifyDeps } from '../../api/notify.ts';

export interface FakeNotify extends NotifyDeps {
  /** Telephony reports something of a call. */
  report(interactionId: string, event: CallEvent): void;
}

/** @param path of the file; in memory unless given. Chance always shortens delays by a half. */
export function fakeNotify(path = ':memory:'): FakeNotify {
  const listeners: Parameters<NotifyDeps['onCall']>[0][] = [];
  return {
    database: openNotifyDatabase(path),
    rng: { next: () => 0.999_999 },
    onCall: (listener) => void listeners.push(listener),
    report: (interactionId, event) => {
      for (const listener of listeners) listener(interactionId, event);
    },
  };
}
