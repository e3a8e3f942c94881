// A contact centre by chance: customers ask for callbacks or call in, agents work, and the process
// is killed and started again over the same store. Real rules, real drivers, real routing.
import assert from 'node:assert/strict';
import type { Clock, Rng, Timer } from '../../core/ports.ts';
import { silentLog } from '../../core/live.ts';
import { createAgents } from '../../callback/adapters/agents.ts';
import { createCallbacks, createLiveCalls, MemoryStore } from '../../callback/index.ts';
import type {
  Agents,
  CallbackSettings,
  LiveCalls,
  RunningCallbacks,
} from '../../callback/index.ts';
import { createRouter, DEFAULT_PACING } from '../../routing/index.ts';
import type { Router } from '../../routing/index.ts';
import { countingIds, requestOf } from '../callback/support.ts';
import { VirtualClock } from '../support/clock.ts';
import { Almanac, slotPlan, statedZones } from './almanac.ts';
import { SimulatedCalls } from './calls.ts';
import { between, calm, draw, faultyStore, seededRng, stormy } from './faults.ts';
import type { Weather } from './faults.ts';
import { Invariants } from './invariants.ts';
import type { OvertakingReason } from './order.ts';
import { customersCall, wishOf } from './calling-in.ts';
import { agents, gapsMs, queues, settingsFor } from './site.ts';
import type { Manner } from './site.ts';

const hourMs = 3_600_000;
const stepsBetweenLooks = 50;

export interface SimulationReport {
  readonly accepted: number;
  readonly dials: number;
  readonly conversations: number;
  readonly callIns: number;
  readonly restarts: number;
  /** How often somebody ahead was passed over, by the reason that allows it. */
  readonly overtakings: Readonly<Record<OvertakingReason, number>>;
  readonly reasons: Readonly<Record<string, number>>;
}

/** One life of our process: dies as a whole. */
interface Life {
  dead: boolean;
  die(): void;
  readonly callbacks: RunningCallbacks;
  readonly live: LiveCalls;
  readonly calls: SimulatedCalls;
  readonly router: Router;
}

export class World {
  readonly clock: VirtualClock;
  readonly #rng: Rng;
  readonly #weather: Weather;
  readonly #store = new MemoryStore();
  readonly #invariants: Invariants;
  readonly #ids = countingIds('i');
  readonly #customers: readonly string[];
  readonly #gapMs: number;
  readonly #settings: readonly CallbackSettings[];
  readonly #isCalling: boolean;
  readonly #almanac: Almanac | null;
  #life: Life | null = null;
  #restarts = 0;
  #steps = 0;
  #arriving = true;

  constructor(seed: number, manner: Manner) {
    this.#rng = seededRng(seed);
    this.#almanac = manner === 'whole' ? new Almanac(this.#rng.next()) : null;
    const almanac = this.#almanac;
    this.clock = almanac === null ? new VirtualClock() : new VirtualClock(almanac.startMs);
    this.#settings = settingsFor(manner);
    this.#isCalling = manner === 'calling';
    this.#gapMs = gapsMs[manner];
    const customers = manner === 'crowded' ? 12 : 40;
    this.#weather = { rng: this.#rng, rates: stormy };
    this.#invariants = new Invariants(
      this.#store,
      (promise, atMs) => almanac === null || almanac.mayBeCalled(promise, atMs),
    );
    this.#customers = Array.from({ length: customers }, (_, at) => `+1202555${1000 + at}`);
  }

  /** So many hours of storm, then calm until everything has ended. */
  async run(hours: number): Promise<SimulationReport> {
    await this.#start();
    this.#customersArrive();
    this.#processDies();
    if (this.#almanac !== null) this.#everythingHappens();
    await this.#pass(hours * hourMs);
    this.#weather.rates = calm;
    this.#weather.isDiskFull = false;
    this.#arriving = false;
    // Over a night in which nobody may be called, and what may wait after it.
    await this.#pass((this.#almanac === null ? 10 : 40) * hourMs);
    this.#invariants.everythingEnded();
    this.#nobodyLeft();
    this.#life?.die();
    return this.#report();
  }

  /** Routing and the live calls have forgotten everybody, and no agent is kept. */
  #nobodyLeft(): void {
    assert.deepEqual(this.#life?.live.list(), []);
    assert.deepEqual(
      this.#life?.router.queues().flatMap(({ entries }) => entries),
      [],
    );
    for (const { agentId, state } of this.#life?.router.agents() ?? []) {
      assert.ok(state === 'ready' || state === 'not-ready', `${agentId} is left ${state}`);
    }
  }

  async #pass(durationMs: number): Promise<void> {
    const endMs = this.clock.monotonicMs() + durationMs;
    while (this.clock.monotonicMs() < endMs) {
      if (!this.clock.advanceToNext()) break;
      await Promise.resolve(); // promises and routing's notices
      this.#look();
      this.#invariants.check();
      if (this.#life?.dead === true) {
        this.#invariants.nothingLost();
        this.clock.advance(between(this.#rng, 500, 40_000));
        this.#restarts += 1;
        await this.#start();
      }
    }
  }

  /** Time is noted after every step, routing looked through at some. */
  #look(): void {
    if (this.#almanac === null) return;
    this.#invariants.sawTime(this.clock.nowMs());
    this.#steps += 1;
    if (this.#steps % stepsBetweenLooks === 0 && this.#life?.dead === false) {
      this.#invariants.checkRouting(this.#life.router);
    }
  }

  /** What befalls the machine we run on, at no special moment, until the storm is over. */
  #everythingHappens(): void {
    const wall = (): void => this.clock.stepWall(between(this.#rng, -90_000, 90_000));
    this.#again(6, wall);
    this.#again(3, () => this.#life?.calls.workerDies());
    this.#again(5, () => {
      this.#weather.isDiskFull = true;
      this.clock.after(between(this.#rng, 5_000, 400_000), () => {
        this.#weather.isDiskFull = false;
      });
    });
  }

  /** Every so many hours on average. */
  #again(hours: number, happens: () => void): void {
    this.clock.after(between(this.#rng, 60_000, 2 * hours * hourMs), () => {
      if (!this.#arriving) return;
      happens();
      this.#again(hours, happens);
    });
  }

  async #start(): Promise<void> {
    for (;;) {
      const life = this.#newLife();
      this.#life = life;
      try {
        await life.callbacks.start();
        return;
      } catch (fault) {
        if (!life.dead) throw fault; // died while starting: once more
      }
    }
  }

  #newLife(): Life {
    const process = { dead: false, die: () => undefined as void };
    const clock = mortalClock(this.clock, process);
    const network = { clock: this.clock, weather: this.#weather, invariants: this.#invariants };
    const calls = new SimulatedCalls(network);
    const router = createRouter(
      { queues, agents, pacing: DEFAULT_PACING },
      { clock, ids: this.#ids, log: silentLog },
    );
    this.#agentsWork(router, clock);
    this.#watch(router);
    const ports = { calls, agents: this.#noted(router), clock, log: silentLog };
    const store = faultyStore(this.#store, this.#weather, {
      get dead() {
        return process.dead;
      },
      die: () => process.die(),
    });
    const callbacks = createCallbacks(
      { settings: this.#settings },
      {
        ...{ ...ports, store, ids: this.#ids },
        ...(this.#almanac === null ? {} : { hours: this.#almanac.hours }),
        randomDigits: () => String(between(this.#rng, 100_000, 999_999)),
      },
    );
    if (this.#isCalling) {
      customersCall({ callbacks, calls, clock, ids: this.#ids, rng: this.#rng });
    }
    const live = createLiveCalls({ settings: this.#settings }, { ...ports, callbacks });
    process.die = () => {
      if (process.dead) return;
      process.dead = true;
      router.stop();
      calls.die();
    };
    return Object.assign(process, { callbacks, live, calls, router });
  }

  /** Routing, with a note of who took a place, or changed in it, when. */
  #noted(router: Router): Agents {
    const agents = createAgents(router);
    const { order } = this.#invariants;
    const touched = (id: string): void => order.touched(id, this.clock.monotonicMs());
    return {
      ...agents,
      submit: (entry) => {
        touched(entry.interactionId);
        this.#invariants.placeTaken(entry.interactionId, this.clock.monotonicMs());
        agents.submit(entry);
      },
      customerPresent: (interactionId) => {
        touched(interactionId);
        agents.customerPresent(interactionId);
      },
      agentNotAnswered: (reservationId, why) => {
        order.reservationTouched(reservationId, this.clock.monotonicMs());
        agents.agentNotAnswered(reservationId, why);
      },
    };
  }

  #watch(router: Router): void {
    router.onNotice((notice) => {
      const nowMs = this.clock.monotonicMs();
      if (notice.type === 'reservation-lost') {
        this.#invariants.order.touched(notice.interactionId, nowMs);
      }
      const isServed = notice.type === 'agent-assigned' || notice.type === 'agent-reserved';
      if (isServed) this.#invariants.served(router, notice, nowMs);
    });
  }

  /** Log in at once; back to ready some time after a missed call. */
  #agentsWork(router: Router, clock: Clock): void {
    router.onNotice((notice) => {
      if (notice.type !== 'agent-changed' || notice.agent.state !== 'not-ready') return;
      const { agentId } = notice.agent;
      clock.after(between(this.#rng, 5_000, 120_000), () => {
        if (router.agent(agentId)?.state === 'not-ready') router.ready(agentId);
      });
    });
    for (const { agentId } of agents) router.login(agentId);
    for (const { agentId } of agents) router.ready(agentId);
  }

  #customersArrive(): void {
    this.clock.after(between(this.#rng, 5_000, this.#gapMs), () => {
      if (!this.#arriving) return;
      if (this.#life?.dead === false) this.#customerActs(this.#life);
      this.#customersArrive();
    });
  }

  #customerActs(life: Life): void {
    const which = Math.floor(this.#rng.next() * this.#customers.length);
    const customerNumber = this.#customers[which] ?? '+12025551000';
    const queueId = this.#rng.next() < 0.5 ? 'sales' : 'support';
    const moves = this.#almanac === null ? 0 : 2;
    const timeZone = this.#zone();
    const who = { customerNumber, queueId, ...(timeZone === null ? {} : { timeZone }) };
    switch (draw(this.#rng, { now: 4, later: 2, agentFirst: 1, calls: 4, moves, cancels: 1 })) {
      case 'now':
        return this.#ask(life, this.#isCalling ? { ...who, callIn: wishOf(this.#rng) } : who);
      case 'later':
        return this.#ask(life, { ...who, desiredTimeMs: this.#later() });
      case 'agentFirst':
        return this.#ask(life, { ...who, firstParty: 'agent' });
      case 'moves':
        return this.#move(life);
      case 'calls': {
        const interactionId = this.#ids.next();
        const arrivedAtMs = this.clock.nowMs();
        life.calls.adopt(interactionId);
        const callerNumber = this.#rng.next() < 0.8 ? customerNumber : null;
        return life.live.callerArrived({ interactionId, queueId, callerNumber, arrivedAtMs });
      }
      case 'cancels': {
        const id = this.#oneOf(this.#store.unfinished())?.promise.id;
        if (id === undefined) return;
        life.callbacks.cancel(id).then(
          () => this.#invariants.cancelled(id),
          () => undefined,
        );
      }
    }
  }

  #oneOf<Value>(values: readonly Value[]): Value | undefined {
    return values[Math.floor(this.#rng.next() * values.length)];
  }

  /** Where the customer says to be; drawn only where hours make a difference of it. */
  #zone(): string | null {
    return this.#almanac === null ? null : (this.#oneOf(statedZones) ?? null);
  }

  #later(): number {
    return this.clock.nowMs() + between(this.#rng, 60_000, 2 * hourMs);
  }

  /** To another time, or to as soon as possible. */
  #move(life: Life): void {
    const id = this.#oneOf(this.#store.unfinished())?.promise.id;
    if (id === undefined) return;
    const desiredTimeMs = this.#rng.next() < 0.3 ? null : this.#later();
    life.callbacks.move(id, { desiredTimeMs }).then(
      () => this.#slotsHold(),
      () => undefined,
    );
  }

  #slotsHold(): void {
    if (this.#almanac === null) return;
    this.#invariants.checkSlots('sales', slotPlan.minutes * 60_000, slotPlan.places);
  }

  #ask(life: Life, changes: Parameters<typeof requestOf>[0]): void {
    life.callbacks.create(requestOf(changes)).then(
      ({ record }) => {
        this.#invariants.accepted(record.id);
        this.#slotsHold();
      },
      () => undefined,
    );
  }

  /** On average every third hour, at no special moment. */
  #processDies(): void {
    this.clock.after(between(this.#rng, 60_000, 6 * hourMs), () => {
      if (!this.#arriving) return;
      this.#life?.die();
      this.#processDies();
    });
  }

  #report(): SimulationReport {
    const reasons: Record<string, number> = {};
    let cursor: string | null = null;
    do {
      const page = this.#store.list({ limit: 1000, ...(cursor === null ? {} : { cursor }) });
      for (const { reason } of page.records) {
        reasons[String(reason)] = (reasons[String(reason)] ?? 0) + 1;
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    const { acceptedCount: accepted, dials, conversations, callIns, order } = this.#invariants;
    const { reasons: overtakings } = order;
    return {
      accepted,
      dials,
      conversations,
      callIns,
      restarts: this.#restarts,
      overtakings,
      reasons,
    };
  }
}

/** Runs one story; a broken invariant names the seed that tells it again. */
export async function simulate(
  seed: number,
  hours: number,
  manner: Manner = 'steady',
): Promise<SimulationReport> {
  try {
    return await new World(seed, manner).run(hours);
  } catch (fault) {
    const again = `npm run sim -- --seed ${seed} --hours ${hours} --manner ${manner}`;
    throw new Error(`broken promise, told again by: ${again}`, { cause: fault });
  }
}

function mortalClock(clock: Clock, process: { readonly dead: boolean }): Clock {
  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, fire): Timer =>
      clock.after(delayMs, () => {
        if (!process.dead) fire();
      }),
  };
}
