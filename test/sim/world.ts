// A contact centre by chance: customers ask for callbacks or call in, agents work, and the process
// is killed and started again over the same store. Real rules, real drivers, real routing.
import assert from 'node:assert/strict';
import type { Clock, Rng, Timer } from '../../core/ports.ts';
import { silentLog } from '../../core/live.ts';
import { createAgents } from '../../callback/adapters/agents.ts';
import { createCallbacks, createLiveCalls, MemoryStore } from '../../callback/index.ts';
import type { CallbackSettings, LiveCalls, RunningCallbacks } from '../../callback/index.ts';
import { createRouter, DEFAULT_PACING } from '../../routing/index.ts';
import type { AgentDefinition, QueueDefinition, Router } from '../../routing/index.ts';
import { countingIds, requestOf, settingsOf } from '../callback/support.ts';
import { VirtualClock } from '../support/clock.ts';
import { SimulatedCalls } from './calls.ts';
import { between, calm, draw, faultyStore, seededRng, stormy } from './faults.ts';
import type { Weather } from './faults.ts';
import { Invariants } from './invariants.ts';

const hourMs = 3_600_000;

export interface SimulationReport {
  readonly accepted: number;
  readonly dials: number;
  readonly conversations: number;
  readonly restarts: number;
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
  readonly clock = new VirtualClock();
  readonly #rng: Rng;
  readonly #weather: Weather;
  readonly #store = new MemoryStore();
  readonly #invariants: Invariants;
  readonly #ids = countingIds('i');
  readonly #customers: readonly string[];
  readonly #gapMs: number;
  readonly #settings: readonly CallbackSettings[];
  #life: Life | null = null;
  #restarts = 0;
  #arriving = true;

  /** @param crowded far more arrivals than the agents can serve, from few numbers */
  constructor(seed: number, crowded: boolean) {
    this.#rng = seededRng(seed);
    this.#settings = settingsFor(crowded);
    this.#gapMs = crowded ? 90_000 : 600_000;
    const customers = crowded ? 12 : 40;
    this.#weather = { rng: this.#rng, rates: stormy };
    this.#invariants = new Invariants(this.#store);
    this.#customers = Array.from({ length: customers }, (_, at) => `+1202555${1000 + at}`);
  }

  /** So many hours of storm, then calm until everything has ended. */
  async run(hours: number): Promise<SimulationReport> {
    await this.#start();
    this.#customersArrive();
    this.#processDies();
    await this.#pass(hours * hourMs);
    this.#weather.rates = calm;
    this.#arriving = false;
    await this.#pass(10 * hourMs);
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
    const endMs = this.clock.nowMs() + durationMs;
    while (this.clock.nowMs() < endMs) {
      if (!this.clock.advanceToNext()) break;
      await Promise.resolve(); // promises and routing's notices
      this.#invariants.check();
      if (this.#life?.dead === true) {
        this.#invariants.nothingLost();
        this.clock.advance(between(this.#rng, 500, 40_000));
        this.#restarts += 1;
        await this.#start();
      }
    }
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
    const ports = { calls, agents: createAgents(router), clock, log: silentLog };
    const store = faultyStore(this.#store, this.#weather, {
      get dead() {
        return process.dead;
      },
      die: () => process.die(),
    });
    const callbacks = createCallbacks(
      { settings: this.#settings },
      { ...ports, store, ids: this.#ids },
    );
    const live = createLiveCalls({ settings: this.#settings }, { ...ports, callbacks });
    process.die = () => {
      if (process.dead) return;
      process.dead = true;
      router.stop();
      calls.die();
    };
    return Object.assign(process, { callbacks, live, calls, router });
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
    switch (draw(this.#rng, { now: 4, later: 2, agentFirst: 1, calls: 4, cancels: 1 })) {
      case 'now':
        return this.#ask(life, { customerNumber, queueId });
      case 'later': {
        const desiredTimeMs = this.clock.nowMs() + between(this.#rng, 60_000, 2 * hourMs);
        return this.#ask(life, { customerNumber, queueId, desiredTimeMs });
      }
      case 'agentFirst':
        return this.#ask(life, { customerNumber, queueId, firstParty: 'agent' });
      case 'calls': {
        const interactionId = this.#ids.next();
        const arrivedAtMs = this.clock.nowMs();
        life.calls.adopt(interactionId);
        const callerNumber = this.#rng.next() < 0.8 ? customerNumber : null;
        return life.live.callerArrived({ interactionId, queueId, callerNumber, arrivedAtMs });
      }
      case 'cancels': {
        const states = this.#store.unfinished();
        const state = states[Math.floor(this.#rng.next() * states.length)];
        if (state === undefined) return;
        const { id } = state.promise;
        life.callbacks.cancel(id).then(
          () => this.#invariants.cancelled(id),
          () => undefined,
        );
      }
    }
  }

  #ask(life: Life, changes: Parameters<typeof requestOf>[0]): void {
    life.callbacks.create(requestOf(changes)).then(
      ({ record }) => this.#invariants.accepted(record.id),
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
    const { acceptedCount: accepted, dials, conversations } = this.#invariants;
    return { accepted, dials, conversations, restarts: this.#restarts, reasons };
  }
}

/** Runs one story; a broken invariant names the seed that tells it again. */
export async function simulate(
  seed: number,
  hours: number,
  crowded = false,
): Promise<SimulationReport> {
  try {
    return await new World(seed, crowded).run(hours);
  } catch (fault) {
    const again = `npm run sim -- --seed ${seed} --hours ${hours}${crowded ? ' --crowded' : ''}`;
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

const queues: readonly QueueDefinition[] = ['sales', 'support'].map((queueId) => ({
  queueId,
  displayName: queueId,
  requiredSkills: [{ skill: queueId, minLevel: 1 }],
  wrapUpSeconds: 15,
  agentRingTimeoutSeconds: 12,
  reservationTimeoutSeconds: 40,
}));

const agents: readonly AgentDefinition[] = ['ann', 'bob', 'cid'].map((agentId, index) => ({
  agentId,
  displayName: agentId,
  username: agentId,
  skills: index === 2 ? { sales: 5, support: 5 } : { [index === 0 ? 'sales' : 'support']: 5 },
}));

/** The crowd's promises expire soon: many are never kept, and must end all the same. */
function settingsFor(crowded: boolean): readonly CallbackSettings[] {
  const ttlSeconds = crowded ? 900 : 4 * 3600;
  return [
    settingsOf({ ttlSeconds }),
    settingsOf({
      queueId: 'support',
      dialMode: 'notification',
      ttlSeconds,
      machineMessage: null,
      maxWaitOnLineSeconds: 60,
    }),
  ];
}
