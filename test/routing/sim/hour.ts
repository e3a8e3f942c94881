// One simulated hour of a contact centre around the real router: callers and callbacks arrive,
// phones ring or are not answered, people talk, owners report twice or late. All from one seed.
import assert from 'node:assert/strict';
import { silentLog } from '../../../core/live.ts';
import { createRouter, DEFAULT_PACING } from '../../../routing/index.ts';
import type {
  AgentStateName,
  AgentView,
  DialMode,
  QueueEntry,
  Router,
  RoutingNotice,
} from '../../../routing/index.ts';
import { routingFaults } from '../../sim/routing-invariants.ts';
import { VirtualClock } from '../../support/clock.ts';
import { agentNamed, liveCall, queueNamed } from '../support.ts';

const HOUR_MS = 3_600_000;
const AGENTS = 12;
const MAX_ATTEMPTS = 3;

export interface HourReport {
  readonly arrived: number;
  readonly served: number;
  readonly abandoned: number;
  readonly givenUp: number;
  /** Of the time agents were at work: ready, or held while a phone rang. */
  readonly idlePercent: number;
  /** Of the same time: held while a phone rang. */
  readonly heldPercent: number;
  /** Mean time a live caller waited for the agent's voice. */
  readonly liveWaitSeconds: number;
  /** Mean time a customer who was called back waited for the agent's voice after answering. */
  readonly answeredWaitSeconds: number;
}

/** Chance from a seed: mulberry32. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Contact {
  readonly entry: QueueEntry;
  attempts: number;
  isRinging: boolean;
  /** Of the agent who is held while it rings. */
  heldBy: string | null;
  /** When the customer came to be on the line, monotonic; null: is not. */
  presentMs: number | null;
  outcome: 'open' | 'served' | 'abandoned' | 'given-up';
}

class Hour {
  readonly clock = new VirtualClock();
  readonly router: Router;
  readonly contacts = new Map<string, Contact>();
  readonly waitsMs = { live: [] as number[], callback: [] as number[] };
  /** Time spent by all agents together in each state. */
  readonly spentMs = new Map<AgentStateName, number>();
  readonly #lastSeen = new Map<string, AgentView>();
  readonly #arrivalChance: () => number;
  readonly #chance: () => number;
  readonly #dialMode: DialMode;

  constructor(seed: number, dialMode: DialMode) {
    this.#chance = chanceOf(seed);
    this.#arrivalChance = chanceOf(-seed);
    this.#dialMode = dialMode;
    let ids = 0;
    const german = [{ skill: 'german', minLevel: 3 }];
    this.router = createRouter(
      {
        queues: [
          queueNamed('sales', { wrapUpSeconds: 15 }),
          queueNamed('german', { requiredSkills: german }),
        ],
        agents: Array.from({ length: AGENTS }, (_, n) =>
          agentNamed(`a${n}`, n % 3 === 0 ? { german: 5 } : {}),
        ),
        pacing: DEFAULT_PACING,
      },
      { clock: this.clock, ids: { next: () => `id${++ids}` }, log: silentLog },
    );
    this.router.onNotice((notice) => this.#noticed(notice));
  }

  async run(): Promise<void> {
    for (const { agentId } of this.router.agents()) {
      this.router.login(agentId);
      this.router.ready(agentId);
    }
    this.#arrivals('live', 20_000);
    this.#arrivals('callback', 50_000);
    this.#sulkingAgents();
    while (this.clock.monotonicMs() < 4 * HOUR_MS) {
      await Promise.resolve();
      const faults = routingFaults(this.router);
      assert.deepEqual(faults, [], `at ${this.clock.monotonicMs()} ms`);
      if (this.clock.monotonicMs() > HOUR_MS && this.#isOver()) break;
      if (!this.clock.advanceToNext()) break;
    }
    this.router.stop();
  }

  #isOver(): boolean {
    return [...this.contacts.values()].every(({ outcome }) => outcome !== 'open');
  }

  #exponential(meanMs: number, chance = this.#chance): number {
    return -meanMs * Math.log(1 - chance());
  }

  #between(fromMs: number, toMs: number): number {
    return fromMs + this.#chance() * (toMs - fromMs);
  }

  #happens(probability: number, chance = this.#chance): boolean {
    return chance() < probability;
  }

  #arrivals(kind: QueueEntry['kind'], everyMs: number): void {
    this.clock.after(this.#exponential(everyMs, this.#arrivalChance), () => {
      if (this.clock.monotonicMs() > HOUR_MS) return;
      this.#arrive(kind);
      this.#arrivals(kind, everyMs);
    });
  }

  #arrive(kind: QueueEntry['kind']): void {
    const chance = this.#arrivalChance;
    const isGerman = this.#happens(0.2, chance);
    const isPicky = this.#happens(0.1, chance) && !isGerman;
    const entry = liveCall(`${kind}${this.contacts.size}`, {
      kind,
      queueId: isGerman ? 'german' : 'sales',
      priority: this.#happens(0.1, chance) ? 1 : 0,
      requiredSkills: isPicky ? [{ skill: 'german', minLevel: 1 }] : [],
      arrivedAtMs: this.clock.nowMs(),
      dialMode: this.#dialMode,
    });
    const presentMs = kind === 'live' ? this.clock.monotonicMs() : null;
    const dial = { attempts: 0, isRinging: false, heldBy: null };
    const contact: Contact = { entry, ...dial, presentMs, outcome: 'open' };
    this.contacts.set(entry.interactionId, contact);
    this.router.submit(entry);
    if (this.#happens(0.1)) this.router.submit(entry);
    if (kind === 'live') this.#losePatience(contact);
  }

  /** A waiting party hangs up after a while, unless the agent was heard first. */
  #losePatience(contact: Contact): void {
    const { presentMs } = contact;
    this.clock.after(this.#exponential(300_000), () => {
      if (contact.outcome !== 'open' || contact.presentMs !== presentMs) return;
      contact.outcome = 'abandoned';
      this.router.withdraw(contact.entry.interactionId, 'abandoned');
    });
  }

  #noticed(notice: RoutingNotice): void {
    if (notice.type === 'agent-changed') return this.#agentChanged(notice.agent);
    if (notice.type === 'queue-changed') return;
    const contact = this.contacts.get(notice.interactionId);
    assert.ok(contact !== undefined);
    switch (notice.type) {
      case 'agent-assigned':
        return this.#ringAgent(contact, notice.reservationId);
      case 'agent-reserved':
        contact.heldBy = notice.reservationId;
        return this.#dial(contact);
      case 'dial-notified':
        return this.#dial(contact);
      case 'reservation-lost':
        contact.heldBy = null;
    }
  }

  #agentChanged(agent: AgentView): void {
    const before = this.#lastSeen.get(agent.agentId);
    this.#lastSeen.set(agent.agentId, agent);
    if (before === undefined || this.clock.monotonicMs() > HOUR_MS) return;
    const spentMs = agent.sinceMs - before.sinceMs;
    this.spentMs.set(before.state, (this.spentMs.get(before.state) ?? 0) + spentMs);
  }

  /** Once; an agent may be held for it while it rings. */
  #dial(contact: Contact): void {
    const { interactionId } = contact.entry;
    if (contact.isRinging) return;
    contact.isRinging = true;
    contact.attempts += 1;
    const isReached = this.#happens(0.7);
    const afterMs = isReached ? this.#between(4000, 25_000) : this.#between(20_000, 80_000);
    this.clock.after(afterMs, () => {
      const reservationId = contact.heldBy;
      contact.heldBy = null;
      contact.isRinging = false;
      if (contact.outcome !== 'open') return;
      if (!isReached) return this.#retry(contact);
      contact.presentMs = this.clock.monotonicMs();
      this.router.customerPresent(interactionId);
      if (this.#happens(0.1)) this.router.customerPresent(interactionId);
      this.#losePatience(contact);
      if (reservationId !== null) this.#ringAgent(contact, reservationId);
    });
  }

  #retry(contact: Contact): void {
    this.router.customerNotReached(contact.entry.interactionId);
    if (contact.attempts >= MAX_ATTEMPTS) contact.outcome = 'given-up';
    else this.clock.after(60_000, () => this.router.submit(contact.entry));
  }

  /** Rings; a reservation that is lost meanwhile makes the report mean nothing. */
  #ringAgent(contact: Contact, reservationId: string): void {
    const isAnswered = this.#happens(0.95);
    const isForgotten = this.#happens(0.01);
    this.clock.after(isAnswered ? this.#between(1000, 6000) : 20_000, () => {
      if (isForgotten) return;
      if (!isAnswered) return this.router.agentNotAnswered(reservationId, 'no-answer');
      this.router.agentAnswered(reservationId);
      const { state, agentId } = this.#agentOf(reservationId);
      if (state === 'talking') this.#talk(contact, agentId);
    });
  }

  #agentOf(reservationId: string): { readonly state: string; readonly agentId: string } {
    const found = this.router.agents().find((agent) => agent.reservationId === reservationId);
    return found ?? { state: 'nobody', agentId: '' };
  }

  #talk(contact: Contact, agentId: string): void {
    const { interactionId, kind } = contact.entry;
    const startedMs = this.clock.monotonicMs();
    this.waitsMs[kind].push(startedMs - (contact.presentMs ?? startedMs));
    contact.outcome = 'served';
    if (this.#happens(0.05)) this.router.notReady(agentId, 'break');
    this.clock.after(30_000 + this.#exponential(120_000), () => {
      this.router.interactionEnded(interactionId);
      if (this.#happens(0.1)) this.router.interactionEnded(interactionId);
    });
  }

  /** Once a minute the agents who are not ready come back; now and then one logs out and in. */
  #sulkingAgents(): void {
    this.clock.after(60_000, () => {
      for (const { agentId, state } of this.router.agents()) {
        if (state === 'not-ready') this.router.ready(agentId);
        else if (state !== 'talking' && this.#happens(0.01)) {
          this.router.logout(agentId);
          this.router.login(agentId);
        }
      }
      if (this.clock.monotonicMs() < 4 * HOUR_MS) this.#sulkingAgents();
    });
  }
}

/** Plays one hour and asserts, after every event, what must be true of routing. */
export async function simulateHour(seed: number, dialMode: DialMode): Promise<HourReport> {
  const hour = new Hour(seed, dialMode);
  await hour.run();
  const contacts = [...hour.contacts.values()];
  const count = (outcome: Contact['outcome']): number =>
    contacts.filter((contact) => contact.outcome === outcome).length;
  assert.equal(count('open'), 0, 'every interaction came to an end');
  const part = (...states: AgentStateName[]): number =>
    states.reduce((sum, state) => sum + (hour.spentMs.get(state) ?? 0), 0);
  const staffedMs = part('ready', 'reserved', 'talking', 'wrap-up');
  return {
    arrived: contacts.length,
    served: count('served'),
    abandoned: count('abandoned'),
    givenUp: count('given-up'),
    idlePercent: (100 * part('ready', 'reserved')) / staffedMs,
    heldPercent: (100 * part('reserved')) / staffedMs,
    liveWaitSeconds: mean(hour.waitsMs.live) / 1000,
    answeredWaitSeconds: mean(hour.waitsMs.callback) / 1000,
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
