// Writes down what happens in a simulated day: one line for each place in the virtual queue, and
// what agents and queues did in each quarter of an hour. Judges nothing; figures.ts does.
import type { AgentStateName, AgentView, QueueEntry } from '../../routing/index.ts';

/** Length of the steps in the curves. */
export const binMs = 900_000;

/** One who took a place: a caller on the line, or a callback with all its attempts. */
export interface Place {
  readonly id: string;
  readonly kind: QueueEntry['kind'];
  /** The place counts from here. */
  readonly arrivedAtMs: number;
  readonly submittedAtMs: number;
  /** As estimated when the place was taken; null: not known. */
  readonly ewtMs: number | null;
  readonly promised: { readonly fromMs: number; readonly toMs: number } | null;
  /** An agent was first assigned, held, or expected for this one. */
  servedAtMs: number | null;
  dials: number;
  answeredAtMs: number | null;
  /** A person is on the line and told to routing: a callback is ready for its agent. */
  presentAtMs: number | null;
  /** Longest a customer who answered waited for an agent. */
  waitedOnLineMs: number | null;
  joinedAtMs: number | null;
  hasGivenUp: boolean;
}

/** A callback from the promise to its end. */
export interface Promised {
  readonly wantedAtMs: number | null;
  readonly arrivedAtMs: number;
  /** Null: not over at the end of the day. */
  reason: string | null;
}

/** One quarter of an hour; agent times in milliseconds. */
export interface Bin {
  busyMs: number;
  staffedMs: number;
  waitingSum: number;
  samples: number;
}

export class Ledger {
  readonly places = new Map<string, Place>();
  readonly promises = new Map<string, Promised>();
  readonly refusals = new Map<string, number>();
  readonly bins: Bin[];
  readonly agentMs: Record<AgentStateName, number> = {
    'logged-out': 0,
    'not-ready': 0,
    ready: 0,
    reserved: 0,
    talking: 0,
    'wrap-up': 0,
  };
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #nowMs: () => number;
  readonly #agents = new Map<string, { state: AgentStateName; sinceMs: number }>();

  constructor(startMs: number, endMs: number, nowMs: () => number) {
    this.#startMs = startMs;
    this.#endMs = endMs;
    this.#nowMs = nowMs;
    const count = Math.ceil((endMs - startMs) / binMs);
    this.bins = Array.from({ length: count }, () => ({
      ...{ busyMs: 0, staffedMs: 0, waitingSum: 0, samples: 0 },
    }));
  }

  get startMs(): number {
    return this.#startMs;
  }

  submitted(entry: QueueEntry, told: Pick<Place, 'ewtMs' | 'promised'>): void {
    this.places.set(entry.interactionId, {
      id: entry.interactionId,
      kind: entry.kind,
      arrivedAtMs: entry.arrivedAtMs,
      submittedAtMs: this.#nowMs(),
      ...told,
      ...{ servedAtMs: null, dials: 0, answeredAtMs: null, presentAtMs: null },
      ...{ waitedOnLineMs: null, joinedAtMs: null, hasGivenUp: false },
    });
  }

  /** An agent is there for it; for a notified callback, expected. */
  served(id: string): void {
    const place = this.places.get(id);
    if (place !== undefined) place.servedAtMs ??= this.#nowMs();
  }

  /** The agent has the customer: the wait on the line is over. */
  assigned(id: string): void {
    this.served(id);
    this.#waitEnds(id);
  }

  dialled(id: string): void {
    const place = this.places.get(id);
    if (place !== undefined) place.dials += 1;
  }

  answered(id: string, kind: 'person' | 'machine'): void {
    const place = this.places.get(id);
    if (place === undefined || kind === 'machine') return;
    place.answeredAtMs = this.#nowMs();
  }

  /** @param hasAgent one is held already */
  present(id: string, hasAgent: boolean): void {
    const place = this.places.get(id);
    if (place === undefined) return;
    place.presentAtMs = this.#nowMs();
    if (hasAgent) this.#waitEnds(id);
  }

  joined(id: string): void {
    const place = this.places.get(id);
    if (place !== undefined) place.joinedAtMs ??= this.#nowMs();
  }

  gaveUp(id: string): void {
    const place = this.places.get(id);
    if (place === undefined) return;
    place.hasGivenUp = true;
    this.#waitEnds(id);
  }

  #waitEnds(id: string): void {
    const place = this.places.get(id);
    if (place === undefined || place.presentAtMs === null) return;
    const waitedMs = this.#nowMs() - place.presentAtMs;
    place.waitedOnLineMs = Math.max(place.waitedOnLineMs ?? 0, waitedMs);
    place.presentAtMs = null;
  }

  refused(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  waiting(count: number): void {
    const bin = this.bins[Math.floor((this.#nowMs() - this.#startMs) / binMs)];
    if (bin === undefined) return;
    bin.waitingSum += count;
    bin.samples += 1;
  }

  agentChanged({ agentId, state, sinceMs }: AgentView): void {
    const before = this.#agents.get(agentId);
    if (before !== undefined) this.#spent(before.state, before.sinceMs, sinceMs);
    this.#agents.set(agentId, { state, sinceMs });
  }

  /** Counts what agents do at the end of the day. */
  close(): void {
    for (const { state, sinceMs } of this.#agents.values()) {
      this.#spent(state, sinceMs, this.#endMs);
    }
    this.#agents.clear();
  }

  #spent(state: AgentStateName, fromMs: number, toMs: number): void {
    const untilMs = Math.min(toMs, this.#endMs);
    if (state === 'logged-out' || untilMs <= fromMs) return;
    this.agentMs[state] += untilMs - fromMs;
    const isBusy = state === 'talking' || state === 'wrap-up' || state === 'reserved';
    for (let atMs = fromMs; atMs < untilMs;) {
      const index = Math.floor((atMs - this.#startMs) / binMs);
      const nextMs = Math.min(untilMs, this.#startMs + (index + 1) * binMs);
      const bin = this.bins[index];
      if (bin !== undefined) {
        bin.staffedMs += nextMs - atMs;
        if (isBusy) bin.busyMs += nextMs - atMs;
      }
      atMs = nextMs;
    }
  }
}
