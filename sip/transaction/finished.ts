// What is left of transactions in which nothing happens any more but repetitions: the key, when to
// forget it, and the one message that a repetition is answered with. Driver, no rules of its own:
// each is what Completed, Confirmed or Accepted of its machine does. RFC 3261 s.17; RFC 6026.
import type { Flow, Listener } from '../transport/flow.ts';
import { FifoLog } from './fifo-log.ts';
import type { TimerWheel, WheelTimer } from './wheel.ts';

/**
 * What a repetition meets. `absorb`: nothing happens. `answer`: the last message goes again.
 * `accepted`: as absorb, but an ACK is for the user (RFC 6026 s.8.7). `acknowledge`: the last
 * message is the ACK of a 2xx and goes again with it; another fork's 2xx is for the user.
 */
export type Rule = 'absorb' | 'answer' | 'accepted' | 'acknowledge';

const RULES: readonly Rule[] = ['absorb', 'answer', 'accepted', 'acknowledge'];

/** What is kept of one transaction. */
export interface Remains {
  readonly rule: Rule;
  /** Where `text` goes; null when there is nothing to send. */
  readonly flow: Flow | null;
  readonly text: string;
}

interface Lifetime {
  readonly log: FifoLog;
  readonly afterMs: number;
  timer: WheelTimer | null;
}

/** Finished transactions of one side; those that are kept equally long stand in one queue. */
export class Finished {
  readonly #wheel: TimerWheel;
  readonly #seed: number;
  /** As many as there are timers of different length: two or three. */
  readonly #lifetimes: Lifetime[] = [];
  readonly #listeners: Listener[] = [];

  /** @param seed of the hashes, not to be known outside */
  constructor(wheel: TimerWheel, seed: number) {
    this.#wheel = wheel;
    this.#seed = seed;
  }

  get size(): number {
    let size = 0;
    for (const { log } of this.#lifetimes) size += log.size;
    return size;
  }

  /** Bytes held, all outside the collector's heap. */
  get bytes(): number {
    let bytes = 0;
    for (const { log } of this.#lifetimes) bytes += log.bytes;
    return bytes;
  }

  /** Keeps what is left of a transaction for `afterMs`. Only datagrams are ever answered again. */
  add(key: string, afterMs: number, { rule, flow, text }: Remains): void {
    const lifetime = this.#lifetimeOf(afterMs);
    lifetime.log.add(key, this.#wheel.nowMs + afterMs, {
      rule: RULES.indexOf(rule),
      mark: flow === null ? 0 : this.#markOf(flow.local),
      port: flow?.port ?? 0,
      address: flow?.address ?? '',
      text,
    });
    if (lifetime.timer === null) this.#watch(lifetime);
  }

  find(key: string): Remains | null {
    for (const { log } of this.#lifetimes) {
      const record = log.find(key);
      if (record === null) continue;
      const { mark, address, port, text } = record;
      const rule = RULES[record.rule]!;
      const local = this.#listeners[mark];
      const flow: Flow | null =
        address === '' || local === undefined
          ? null
          : { protocol: 'udp', local, address, port, connection: null };
      return { rule, flow, text };
    }
    return null;
  }

  /** Forgets everything. */
  stop(): void {
    for (const { timer } of this.#lifetimes) timer?.cancel();
    this.#lifetimes.length = 0;
  }

  #lifetimeOf(afterMs: number): Lifetime {
    const known = this.#lifetimes.find((lifetime) => lifetime.afterMs === afterMs);
    if (known !== undefined) return known;
    const lifetime = { log: new FifoLog(this.#seed), afterMs, timer: null };
    this.#lifetimes.push(lifetime);
    return lifetime;
  }

  #markOf(listener: Listener): number {
    const mark = this.#listeners.indexOf(listener);
    return mark >= 0 ? mark : this.#listeners.push(listener) - 1;
  }

  /** One timer for the whole queue: it is set for the oldest. */
  #watch(lifetime: Lifetime): void {
    const dueMs = lifetime.log.nextDueMs;
    if (dueMs === null) return;
    lifetime.timer = this.#wheel.after(Math.max(0, dueMs - this.#wheel.nowMs), () => {
      lifetime.timer = null;
      lifetime.log.expire(this.#wheel.nowMs);
      this.#watch(lifetime);
    });
  }
}
