// A steady contact centre around the real router, on a virtual clock, all from one seed: agents who
// always come back, live callers who do not give up, callbacks that always wait. For the figures of
// docs/routing.md (bench/pacing.ts) and the marks of the estimates (wait.test.ts).
import { silentLog } from '../../../core/live.ts';
import { createRouter, DEFAULT_PACING } from '../../../routing/index.ts';
import type {
  AgentView,
  PacingOptions,
  QueueDefinition,
  Router,
  RoutingNotice,
} from '../../../routing/index.ts';
import { VirtualClock } from '../../support/clock.ts';
import { agentNamed, liveCall, notifiedCallback, queueNamed } from '../support.ts';

export interface CentreOptions {
  readonly seed: number;
  readonly agents: number;
  readonly hours: number;
  /** Time between live callers; null: there are none. */
  readonly liveEveryMs: number | null;
  /** The same by the time since the start, in place of `liveEveryMs`. */
  readonly liveEveryAt?: (monotonicMs: number) => number;
  /** Live callers hang up after this, in the mean; they wait for ever unless given. */
  readonly patienceMs?: number;
  /** How many of the agents are at work, by the time; all of them unless given. */
  readonly staffAt?: (monotonicMs: number) => number;
  /** Time between callbacks asked for; null or left out: there is the backlog only. */
  readonly callbackEveryMs?: number | null;
  /** Callbacks kept waiting: for each one that is done another is asked for. */
  readonly backlog: number;
  readonly dialMode: 'reservation' | 'notification';
  readonly pacing?: Partial<PacingOptions>;
  readonly queue?: Partial<QueueDefinition>;
  /** The estimate is asked for one live caller in so many; 1 unless given. */
  readonly askEvery?: number;
  /** Told of every live caller who got an agent: what was said on arrival, and what it became. */
  readonly onServed?: (told: Told, waitedSeconds: number) => void;
}

export interface Told {
  readonly ewtSeconds: number;
  readonly fromSeconds: number | null;
  readonly toSeconds: number | null;
}

export interface CentreReport {
  readonly served: number;
  /** Of the agents' time: ready, or held, while a telephone rang for them. */
  readonly idlePercent: number;
  readonly heldPercent: number;
  readonly answered: number;
  readonly waitedOver2sPercent: number;
  readonly overtaken: number;
}

const WARM_UP_MS = 3_600_000;
const WRAP_UP_SECONDS = 15;
const ANSWER_SHARE = 0.6;

export class Centre {
  readonly router: Router;
  readonly clock = new VirtualClock();
  readonly #options: CentreOptions;
  readonly #told = new Map<string, Told & { readonly atMs: number }>();
  /** Reservations by customer who is dialled, and who is. */
  readonly #heldFor = new Map<string, string>();
  readonly #ringing = new Set<string>();
  readonly #presentMs = new Map<string, number>();
  readonly #waitingLive = new Map<string, number>();
  readonly #arrivedMs = new Map<string, number>();
  readonly #lastSeen = new Map<string, AgentView>();
  readonly #spentMs = { ready: 0, held: 0, all: 0 };
  readonly #counts = { served: 0, answered: 0, waited: 0, overtaken: 0 };
  #seed: number;
  #sequence = 0;

  constructor(options: CentreOptions) {
    this.#options = options;
    this.#seed = options.seed;
    let ids = 0;
    this.router = createRouter(
      {
        queues: [queueNamed('sales', { wrapUpSeconds: WRAP_UP_SECONDS, ...options.queue })],
        agents: Array.from({ length: options.agents }, (_, n) => agentNamed(`a${n}`)),
        pacing: { ...DEFAULT_PACING, ...options.pacing },
      },
      { clock: this.clock, ids: { next: () => `id${++ids}` }, log: silentLog },
    );
    this.router.onNotice((notice) => this.#noticed(notice));
  }

  async run(): Promise<CentreReport> {
    for (const { agentId } of this.router.agents()) {
      this.router.login(agentId);
      this.router.ready(agentId);
    }
    for (let n = 0; n < this.#options.backlog; n += 1) this.#callback();
    this.#liveCallers();
    this.#callbacks();
    this.#shifts();
    const endMs = WARM_UP_MS + this.#options.hours * 3_600_000;
    while (this.clock.monotonicMs() < endMs) {
      await Promise.resolve();
      if (!this.clock.advanceToNext()) break;
    }
    this.router.stop();
    const { ready, held, all } = this.#spentMs;
    const { served, answered, waited, overtaken } = this.#counts;
    return {
      served,
      idlePercent: (100 * (ready + held)) / Math.max(1, all),
      heldPercent: (100 * held) / Math.max(1, all),
      answered,
      waitedOver2sPercent: (100 * waited) / Math.max(1, answered),
      overtaken,
    };
  }

  get #isWarm(): boolean {
    return this.clock.monotonicMs() > WARM_UP_MS;
  }

  /** Chance: mulberry32. */
  #chance(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), this.#seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  #exponential(meanMs: number): number {
    return -meanMs * Math.log(1 - this.#chance());
  }

  #callback(): void {
    this.#sequence += 1;
    const id = `k${this.#sequence}`;
    this.#submitCallback(id, this.clock.nowMs());
  }

  #callbacks(): void {
    const { callbackEveryMs = null } = this.#options;
    if (callbackEveryMs === null) return;
    this.clock.after(this.#exponential(callbackEveryMs), () => {
      this.#callback();
      this.#callbacks();
    });
  }

  /** After a dial in vain: the next of the backlog, else the same one in a minute. */
  #another(id: string): void {
    if (this.#options.backlog > 0) return this.#callback();
    const arrivedAtMs = this.#arrivedMs.get(id) ?? 0;
    this.clock.after(60_000, () => this.#submitCallback(id, arrivedAtMs));
  }

  #submitCallback(id: string, arrivedAtMs: number): void {
    this.#arrivedMs.set(id, arrivedAtMs);
    const { dialMode } = this.#options;
    this.router.submit(notifiedCallback(id, { arrivedAtMs, dialMode }));
  }

  /** Once a minute: who is too many goes after the conversation, who is missing comes. */
  #shifts(): void {
    const { staffAt } = this.#options;
    if (staffAt === undefined) return;
    this.router.agents().forEach(({ agentId, state }, n) => {
      const works = n < staffAt(this.clock.monotonicMs());
      if (works && state === 'not-ready') this.router.ready(agentId);
      if (works && state === 'logged-out') {
        this.router.login(agentId);
        this.router.ready(agentId);
      }
      if (!works && (state === 'ready' || state === 'not-ready')) this.router.logout(agentId);
      if (!works && (state === 'talking' || state === 'wrap-up')) {
        this.router.notReady(agentId, 'shift');
      }
    });
    this.clock.after(60_000, () => this.#shifts());
  }

  #losesPatience(id: string): void {
    const { patienceMs } = this.#options;
    if (patienceMs === undefined) return;
    this.clock.after(this.#exponential(patienceMs), () => {
      if (!this.#waitingLive.delete(id)) return;
      this.#told.delete(id);
      this.router.withdraw(id, 'abandoned');
    });
  }

  #liveCallers(): void {
    const { liveEveryAt } = this.#options;
    const liveEveryMs = liveEveryAt?.(this.clock.monotonicMs()) ?? this.#options.liveEveryMs;
    if (liveEveryMs === null) return;
    this.clock.after(this.#exponential(liveEveryMs), () => {
      this.#sequence += 1;
      const id = `c${this.#sequence}`;
      const atMs = this.clock.nowMs();
      this.#arrivedMs.set(id, atMs);
      this.#waitingLive.set(id, atMs);
      this.router.submit(liveCall(id, { arrivedAtMs: atMs }));
      this.#losesPatience(id);
      const isAsked = this.#sequence % (this.#options.askEvery ?? 1) === 0;
      const wait = isAsked ? this.router.estimate(id) : null;
      const entry = isAsked ? this.router.entry(id) : null;
      if (entry !== null && entry.position > 0) {
        const promised = entry.promised ?? null;
        this.#told.set(id, {
          atMs,
          ewtSeconds: wait?.ewtSeconds ?? -1,
          fromSeconds: promised === null ? null : (promised.fromMs - atMs) / 1_000,
          toSeconds: promised === null ? null : (promised.toMs - atMs) / 1_000,
        });
      }
      this.#liveCallers();
    });
  }

  #noticed(notice: RoutingNotice): void {
    switch (notice.type) {
      case 'agent-changed':
        return this.#agentChanged(notice.agent);
      case 'agent-assigned':
        return this.#assigned(notice.interactionId, notice.reservationId);
      case 'agent-reserved': {
        const { interactionId, reservationId } = notice;
        this.#heldFor.set(interactionId, reservationId);
        return this.#dial(interactionId);
      }
      case 'dial-notified':
        return this.#dial(notice.interactionId);
      case 'reservation-lost':
        this.#heldFor.delete(notice.interactionId);
        return;
      case 'queue-changed':
    }
  }

  #agentChanged(agent: AgentView): void {
    const before = this.#lastSeen.get(agent.agentId);
    this.#lastSeen.set(agent.agentId, agent);
    if (before === undefined || !this.#isWarm) return;
    const spentMs = agent.sinceMs - before.sinceMs;
    this.#spentMs.all += spentMs;
    if (before.state === 'ready') this.#spentMs.ready += spentMs;
    if (before.state === 'reserved') this.#spentMs.held += spentMs;
  }

  /** Once; an agent may be held for it while it rings. */
  #dial(id: string): void {
    if (this.#ringing.has(id)) return;
    this.#ringing.add(id);
    const isAnswered = this.#chance() < ANSWER_SHARE;
    const afterMs = isAnswered ? 3_000 + 12_000 * this.#chance() : 25_000;
    this.clock.after(afterMs, () => {
      const reservationId = this.#heldFor.get(id) ?? null;
      this.#heldFor.delete(id);
      this.#ringing.delete(id);
      if (!isAnswered) {
        this.router.customerNotReached(id);
        this.#another(id);
        return;
      }
      this.#presentMs.set(id, this.clock.monotonicMs());
      this.router.customerPresent(id);
      if (reservationId !== null) this.#assigned(id, reservationId);
    });
  }

  /** Agents' phones answer at once. */
  #assigned(id: string, reservationId: string): void {
    this.#waitingLive.delete(id);
    this.router.agentAnswered(reservationId);
    const isCallback = id.startsWith('k');
    if (isCallback && this.#options.backlog > 0) this.#callback();
    const talkMs = 30_000 + this.#exponential(135_000);
    this.clock.after(talkMs, () => this.router.interactionEnded(id));
    if (!this.#isWarm) return;
    this.#counts.served += 1;
    if (isCallback) this.#countCallback(id);
    else this.#countLive(id);
  }

  #countCallback(id: string): void {
    const nowMs = this.clock.monotonicMs();
    this.#counts.answered += 1;
    if (nowMs - (this.#presentMs.get(id) ?? nowMs) > 2_000) this.#counts.waited += 1;
    const arrivedMs = this.#arrivedMs.get(id) ?? 0;
    const isOvertaking = [...this.#waitingLive.values()].some((atMs) => atMs < arrivedMs);
    if (isOvertaking) this.#counts.overtaken += 1;
  }

  #countLive(id: string): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    this.#options.onServed?.(told, (this.clock.nowMs() - told.atMs) / 1_000);
  }
}
