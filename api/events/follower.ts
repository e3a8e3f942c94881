// One listener of events. Memory is bounded without leaving out a callback event: those are read
// from the durable log when they can be taken, and notices of one thing replace each other.
import type { Timer } from '../../core/ports.ts';
import { passes, type EventFilter, type EventView } from '../schemas/events.ts';

/** What a follower needs of the hub. */
export interface FollowerSource {
  /** Callback events after a sequence, oldest first, at most a batch of them. */
  batchAfter(sequence: number): {
    readonly events: readonly EventView[];
    readonly last: number;
    readonly full: boolean;
  };
  /** Calls once after the time between two heartbeats. */
  afterBeat(fire: () => void): Timer;
  /** Heartbeats nobody took after which a listener is given up. */
  readonly maxMissedBeats: number;
  left(follower: Follower, why: 'closed' | 'stalled'): void;
}

/** Something to say; no events: a heartbeat is due. */
export type Said = readonly EventView[];

/** Things whose latest state waits for one slow listener; more and it is given up. */
const MAX_NOTICES = 20_000;

export class Follower {
  readonly #source: FollowerSource;
  readonly #filter: EventFilter;
  /** Last sequence looked at; null until the first event says where "now" is. */
  #cursor: number | null;
  /** True while the log may hold events after the cursor. */
  #behind: boolean;
  readonly #notices = new Map<string, EventView>();
  #beatDue = false;
  #missedBeats = 0;
  #beat: Timer;
  #closed = false;
  #wake: () => void = () => undefined;

  /** @param after sequence to go on from, exclusive; null: from now on */
  constructor(source: FollowerSource, filter: EventFilter, after: number | null) {
    this.#source = source;
    this.#filter = filter;
    this.#cursor = after;
    this.#behind = after !== null;
    this.#beat = this.#nextBeat();
  }

  /** Waits until there is something to say; null when it is over. One call at a time. */
  async next(): Promise<Said | null> {
    try {
      for (;;) {
        if (this.#closed) return null;
        const events = [...this.#fromLog(), ...this.#notices.values()];
        this.#notices.clear();
        if (events.length === 0 && this.#behind) {
          // A long log in which the filter finds nothing must not hold up everybody else.
          await new Promise((resolve) => setImmediate(resolve));
          continue;
        }
        if (events.length > 0 || this.#beatDue) {
          this.#beatDue = false;
          this.#missedBeats = 0;
          return events;
        }
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /** The log has grown by this sequence. */
  logGrew(sequence: number): void {
    this.#cursor ??= sequence - 1;
    this.#behind = true;
    this.#wake();
  }

  /** The newest state of a thing. */
  notice(key: string, event: EventView): void {
    if (!passes(this.#filter, event)) return;
    this.#notices.delete(key);
    this.#notices.set(key, event);
    if (this.#notices.size > MAX_NOTICES) this.close('stalled');
    else this.#wake();
  }

  close(why: 'closed' | 'stalled' = 'closed'): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#beat.cancel();
    this.#notices.clear();
    this.#source.left(this, why);
    this.#wake();
  }

  #nextBeat(): Timer {
    return this.#source.afterBeat(() => {
      if (this.#beatDue) this.#missedBeats++;
      if (this.#missedBeats >= this.#source.maxMissedBeats) return this.close('stalled');
      this.#beatDue = true;
      this.#wake();
      this.#beat = this.#nextBeat();
    });
  }

  #fromLog(): readonly EventView[] {
    if (!this.#behind || this.#cursor === null) return [];
    const { events, last, full } = this.#source.batchAfter(this.#cursor);
    this.#behind = full;
    this.#cursor = Math.max(this.#cursor, last);
    return events.filter((event) => passes(this.#filter, event));
  }
}
