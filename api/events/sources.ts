// Where events come from: callbacks, routing, trunks and calls, each told in the words of the one
// schema. Knows nobody who listens.
import type { CallbackEventRecord, CallEvent } from '../../callback/index.ts';
import type { ApiDeps } from '../deps.ts';
import { agentView } from '../schemas/agents.ts';
import { callbackEventView } from '../schemas/callbacks.ts';
import { chatLineView } from '../schemas/chats.ts';
import { isoTime } from '../schemas/common.ts';
import { EVENT_VERSION, type EventView } from '../schemas/events.ts';
import { queueView } from '../schemas/queues.ts';
import { trunkView } from '../schemas/trunks.ts';

export type SourceDeps = Pick<
  ApiDeps,
  'callbacks' | 'chats' | 'router' | 'sip' | 'clock' | 'ids' | 'liveCallers' | 'notify'
>;

/** A listener is given the newest state of a thing under its key: it replaces the one before. */
export type NoticeListener = (key: string, event: EventView) => void;

/** Queues of callbacks kept at hand; history asks for the same few again and again. */
const MAX_KNOWN_QUEUES = 10_000;
/** A queue is told at most so often: a view of a long one is not free, and each call changes it. */
const QUEUE_TOLD_EACH_MS = 200;

/** Turns what happens into events. */
export class EventSources {
  readonly #deps: SourceDeps;
  readonly #queueOf = new Map<string, string>();
  /** Queues told a moment ago, and whether they have changed since. */
  readonly #queuesTold = new Map<string, boolean>();

  constructor(deps: SourceDeps, tell: NoticeListener) {
    this.#deps = deps;
    deps.sip.onTrunkChanged((trunk) => {
      const head = this.#head('trunk-changed', null);
      tell(`trunk:${trunk.name}`, {
        ...{ ...head, topic: 'trunk', callbackId: null, trunk: trunkView(trunk) },
      });
    });
    deps.router.onNotice((notice) => {
      if (notice.type === 'agent-changed') {
        const { agent } = notice;
        const registered = deps.sip.bindings(agent.username).length > 0;
        const head = this.#head(notice.type, null);
        const shown = agentView(agent, registered);
        tell(`agent:${agent.agentId}`, { ...head, topic: 'agent', callbackId: null, agent: shown });
      } else if (notice.type === 'queue-changed') {
        this.#queueChanged(notice.queueId, tell);
      }
    });
    deps.chats.onLine(({ id: chatId, queueId, agentId }, told) => {
      const line = chatLineView(told);
      const head = { ...this.#head(`chat-${line.type}`, queueId), at: line.at };
      tell(`chat:${chatId}:${line.sequence}`, {
        ...{ ...head, topic: 'chat', callbackId: null, chatId, agentId, line },
      });
    });
    deps.notify.onCall((interactionId, event) => {
      if (event.type === 'digit') return; // Keys pressed can be card numbers.
      const told = this.#call(interactionId, event);
      tell(`call:${interactionId}:${event.type}`, told);
    });
  }

  /** A line of history as an event. */
  callback(event: CallbackEventRecord): EventView {
    const view = callbackEventView(event);
    const id = String(event.sequence);
    const queueId = this.queueOf(event.callbackId);
    return { ...view, version: EVENT_VERSION, id, topic: 'callback', queueId };
  }

  /** The queue of a callback; null when there is no such callback any more. */
  queueOf(callbackId: string): string | null {
    const known = this.#queueOf.get(callbackId);
    if (known !== undefined) return known;
    const queueId = this.#deps.callbacks.get(callbackId)?.queueId ?? null;
    if (queueId === null) return null;
    if (this.#queueOf.size >= MAX_KNOWN_QUEUES) this.#queueOf.clear();
    this.#queueOf.set(callbackId, queueId);
    return queueId;
  }

  /** Told at once, and what changes soon after is told together a little later. */
  #queueChanged(queueId: string, tell: NoticeListener): void {
    if (this.#queuesTold.has(queueId)) {
      this.#queuesTold.set(queueId, true);
      return;
    }
    const queue = this.#deps.router.queue(queueId);
    if (queue === null) return;
    const head = this.#head('queue-changed', queueId);
    tell(`queue:${queueId}`, {
      ...{ ...head, topic: 'queue', callbackId: null, queue: queueView(queue) },
    });
    this.#queuesTold.set(queueId, false);
    this.#deps.clock.after(QUEUE_TOLD_EACH_MS, () => {
      const hasChanged = this.#queuesTold.get(queueId) === true;
      this.#queuesTold.delete(queueId);
      if (hasChanged) this.#queueChanged(queueId, tell);
    });
  }

  #call(interactionId: string, { type, ...data }: CallEvent): EventView {
    const ofCallback = this.queueOf(interactionId);
    const live = this.#deps.liveCallers.list().find((call) => call.interactionId === interactionId);
    return {
      ...this.#head(type, ofCallback ?? live?.queueId ?? null),
      topic: 'call',
      callbackId: ofCallback === null ? null : interactionId,
      interactionId,
      data,
    };
  }

  #head(type: string, queueId: string | null) {
    const { clock, ids } = this.#deps;
    const at = isoTime(clock.nowMs());
    return { version: EVENT_VERSION, id: ids.next(), at, type, queueId } as const;
  }
}

/**
 * The last sequence of the log, 0 for an empty one: found by halving, since the log can only be
 * asked what comes after a sequence.
 */
export function lastSequence(callbacks: Pick<ApiDeps['callbacks'], 'eventsAfter'>): number {
  const isPast = (sequence: number): boolean => callbacks.eventsAfter(sequence, 1).length === 0;
  let high = 1;
  if (isPast(0)) return 0;
  while (!isPast(high)) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isPast(middle)) high = middle;
    else low = middle;
  }
  return high;
}
