// How many callbacks are promised for which time, by queue. Counted in steps of five minutes, which
// every slot length is a multiple of. PURE.

const stepMs = 300_000;

interface Booking {
  readonly queueId: string;
  readonly step: number;
}

export class Bookings {
  readonly #byId = new Map<string, Booking>();
  readonly #counts = new Map<string, Map<number, number>>();

  /** The callback is promised for this time; null: for none, so it takes no place in any slot. */
  set(id: string, queueId: string, atMs: number | null): void {
    const known = this.#byId.get(id);
    if (known !== undefined) this.#add(known, -1);
    if (atMs === null) {
      this.#byId.delete(id);
      return;
    }
    const booking = { queueId, step: Math.floor(atMs / stepMs) };
    this.#byId.set(id, booking);
    this.#add(booking, 1);
  }

  /** Callbacks promised for a time between two moments, end excluded. */
  count(queueId: string, fromMs: number, toMs: number): number {
    const counts = this.#counts.get(queueId);
    if (counts === undefined) return 0;
    let total = 0;
    for (let step = Math.floor(fromMs / stepMs); step * stepMs < toMs; step++) {
      total += counts.get(step) ?? 0;
    }
    return total;
  }

  #add({ queueId, step }: Booking, change: number): void {
    const counts = this.#counts.get(queueId) ?? new Map<number, number>();
    this.#counts.set(queueId, counts);
    const count = (counts.get(step) ?? 0) + change;
    if (count > 0) counts.set(step, count);
    else counts.delete(step);
  }
}
