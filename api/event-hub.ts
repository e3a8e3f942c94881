// The hub of events: who may listen, and what each listener is told. How it reaches them (a stream,
// a WebSocket, Bayeux, webhooks) is not its business.
import type { Timer } from '../core/ports.ts';
import type { ApiDeps } from './deps.ts';
import { Follower, type FollowerSource } from './events/follower.ts';
import { EventSources, type NoticeListener, type SourceDeps } from './events/sources.ts';
import { ApiError } from './problem.ts';
import type { EventFilter, EventView } from './schemas/events.ts';

export type HubDeps = SourceDeps & Pick<ApiDeps, 'config' | 'log'>;

/** Callback events read from the log at once. */
const BATCH = 100;

/** Places in the log remembered for a moment. */
const MAX_READ = 16;

/** All listeners of one API. */
export class EventHub implements FollowerSource {
  readonly #deps: HubDeps;
  readonly #followers = new Set<Follower>();
  readonly #watchers: { readonly logGrew: () => void; readonly notice: NoticeListener }[] = [];
  readonly #sources: EventSources;
  /** Followers that are not counted: our own. */
  readonly #uncounted = new WeakSet<Follower>();
  readonly #owners = new Map<Follower, string>();
  /** What was read for one listener serves those who ask for the same in the same moment. */
  readonly #read = new Map<number, ReturnType<FollowerSource['batchAfter']>>();
  #counted = 0;
  #closed = false;

  constructor(deps: HubDeps) {
    this.#deps = deps;
    this.#sources = new EventSources(deps, (key, event) => this.tell(key, event));
    deps.callbacks.onEvent(({ sequence }) => {
      this.#read.clear();
      for (const follower of this.#followers) follower.logGrew(sequence);
      for (const watcher of this.#watchers) watcher.logGrew();
    });
  }

  get clientCount(): number {
    return this.#counted;
  }

  /**
   * A new listener; it must call `close` when it is gone.
   * @param after sequence to go on from, exclusive; null: from now on
   * @param owner whose it is: each may have so many; null: nobody's
   * @throws ApiError EVENT_CLIENTS_LIMIT
   */
  follow(filter: EventFilter, after: number | null, owner: string | null = null): Follower {
    const { maxEventClients, maxEventClientsPerKey } = this.#deps.config.http;
    const own = [...this.#owners.values()].filter((other) => other === owner).length;
    const tooMany = owner !== null && own >= maxEventClientsPerKey;
    if (this.#closed || tooMany || this.#counted >= maxEventClients) {
      throw new ApiError('EVENT_CLIENTS_LIMIT', 'no more event streams can be opened now', {
        fields: tooMany ? { maxEventClientsPerKey } : { maxEventClients },
      });
    }
    this.#counted++;
    const follower = this.#add(filter, after);
    if (owner !== null) this.#owners.set(follower, owner);
    return follower;
  }

  /** A listener of our own, for many clients at once: not counted among them. */
  followInside(): Follower {
    const follower = this.#add({}, null);
    this.#uncounted.add(follower);
    return follower;
  }

  /** For who keeps a place of its own in the log: told that it has grown, and of every notice. */
  watch(logGrew: () => void, notice: NoticeListener): void {
    this.#watchers.push({ logGrew, notice });
  }

  /** Tells everybody the newest state of a thing. */
  tell(key: string, event: EventView): void {
    for (const follower of this.#followers) follower.notice(key, event);
    for (const watcher of this.#watchers) watcher.notice(key, event);
  }

  /** Ends every listener and refuses new ones. */
  close(): void {
    this.#closed = true;
    for (const follower of this.#followers) follower.close();
  }

  batchAfter(sequence: number): ReturnType<FollowerSource['batchAfter']> {
    const known = this.#read.get(sequence);
    if (known !== undefined) return known;
    const records = this.#deps.callbacks.eventsAfter(sequence, BATCH);
    const events = records.map((record) => this.#sources.callback(record));
    const last = records.at(-1)?.sequence ?? sequence;
    const batch = { events, last, full: records.length === BATCH };
    // Longer than this turn it would hide what is written, and keep what is erased.
    if (this.#read.size === 0) setImmediate(() => this.#read.clear());
    if (this.#read.size < MAX_READ) this.#read.set(sequence, batch);
    return batch;
  }

  queueOf(callbackId: string): string | null {
    return this.#sources.queueOf(callbackId);
  }

  afterBeat(fire: () => void): Timer {
    const { config, clock } = this.#deps;
    return clock.after(config.http.eventHeartbeatSeconds * 1_000, fire);
  }

  get maxMissedBeats(): number {
    const { http, events } = this.#deps.config;
    return Math.max(1, Math.ceil(events.stallSeconds / http.eventHeartbeatSeconds));
  }

  left(follower: Follower, why: 'closed' | 'stalled'): void {
    if (!this.#followers.delete(follower)) return;
    this.#owners.delete(follower);
    if (!this.#uncounted.has(follower)) this.#counted--;
    if (why === 'stalled') this.#deps.log.warn('event-client-dropped', { why });
  }

  #add(filter: EventFilter, after: number | null): Follower {
    const follower = new Follower(this, filter, after);
    this.#followers.add(follower);
    return follower;
  }
}
