// One day of a contact centre under one set of settings: the real callback machine, door, routing
// and live calls over a store in memory, a virtual clock, and telephones that do what the day says.
import { silentLog } from '../../core/live.ts';
import { RingbackError } from '../../core/errors.ts';
import { toCallbackSettings, toHours, toRouterOptions } from '../../api/config.ts';
import type { Config } from '../../api/config.ts';
import {
  createAgents,
  createCallbacks,
  createLiveCalls,
  MemoryStore,
} from '../../callback/index.ts';
import type { Agents, LiveCalls, RunningCallbacks } from '../../callback/index.ts';
import { createRouter } from '../../routing/index.ts';
import type { AgentDefinition, Router } from '../../routing/index.ts';
import { VirtualClock } from '../../test/support/clock.ts';
import { DayFault } from './day.ts';
import type { Day, Interaction } from './day.ts';
import { Ledger } from './ledger.ts';
import { Staff } from './staff.ts';
import { Telephones } from './telephones.ts';
import type { Customer } from './telephones.ts';

/** How often the length of the queues is looked at. */
const sampleMs = 150_000;
/** Between two reports of progress, in events. */
const eventsPerReport = 5_000;

export interface Played {
  readonly ledger: Ledger;
  /** Of all windows promised, as routing itself counts them. */
  readonly windows: { readonly made: number; readonly kept: number };
  readonly pacing: { readonly answered: number; readonly waitedOver2s: number };
}

/**
 * Plays the day.
 * @param onProgress told the share that is done, 0 to 1
 * @throws DayFault when the day names a queue that the settings do not have
 */
export async function playDay(
  day: Day,
  config: Config,
  onProgress: (share: number) => Promise<void> | void = () => undefined,
): Promise<Played> {
  checkQueues(day, config);
  return new Centre(day, config).run(onProgress);
}

function checkQueues({ interactions }: Day, { queues, source }: Config): void {
  const known = new Set(queues.map(({ id }) => id));
  const unknown = new Set(interactions.map(({ queue }) => queue).filter((id) => !known.has(id)));
  if (unknown.size === 0) return;
  throw new DayFault(`${source ?? 'the settings'}: no queue ${[...unknown].join(', ')} of the day`);
}

class Centre {
  readonly #day: Day;
  readonly #clock: VirtualClock;
  readonly #durationMs: number;
  readonly #ledger: Ledger;
  readonly #telephones: Telephones;
  readonly #router: Router;
  readonly #callbacks: RunningCallbacks;
  readonly #live: LiveCalls;
  readonly #staff: Staff;
  /** A command of the rules that the world here does not understand: a fault of this program. */
  #fault: string | null = null;

  constructor(day: Day, config: Config) {
    this.#day = day;
    const startMs = Date.parse(day.head.startsAt);
    this.#durationMs = day.head.hours * 3_600_000;
    const clock = (this.#clock = new VirtualClock(startMs));
    const nowMs = (): number => clock.nowMs();
    this.#ledger = new Ledger(startMs, startMs + this.#durationMs, nowMs);
    this.#telephones = new Telephones(day, clock, this.#ledger);
    let count = 0;
    const ids = { next: () => `id${(count += 1)}` };
    const options = { ...toRouterOptions(config), agents: agentsOf(day, config) };
    this.#router = createRouter(options, { clock, ids, log: silentLog });
    this.#staff = new Staff(this.#router, clock, day, options.agents);
    const agents = watched(this.#router, this.#ledger);
    const settings = toCallbackSettings(config);
    const calls = this.#telephones;
    const ports = { calls, agents, clock, ids, log: silentLog };
    const isOnTheLine = (number: string): boolean => calls.isOnTheLine(number);
    const predictedWaitMs = (queueId: string): number | null => this.#predictedWaitMs(queueId);
    const times = { hours: toHours(config), predictedWaitMs };
    const deps = { ...ports, ...times, isOnTheLine, store: new MemoryStore() };
    this.#callbacks = createCallbacks({ settings }, deps);
    this.#live = createLiveCalls({ settings }, { ...ports, callbacks: this.#callbacks });
    this.#watchCallbacks();
  }

  /** As the product predicts it, see waitPrediction of the API. */
  #predictedWaitMs(queueId: string): number | null {
    const seconds = this.#router.estimateNext(queueId)?.ewtSeconds ?? -1;
    return seconds < 0 ? null : seconds * 1_000;
  }

  #watchCallbacks(): void {
    this.#callbacks.onEvent(({ callbackId, type, data, state }) => {
      if (type === 'created') {
        const { desiredTimeMs, arrivedAtMs } = data;
        this.#ledger.promises.set(callbackId, {
          wantedAtMs: typeof desiredTimeMs === 'number' ? desiredTimeMs : null,
          arrivedAtMs: typeof arrivedAtMs === 'number' ? arrivedAtMs : this.#clock.nowMs(),
          reason: null,
        });
      }
      if (type === 'command-failed') this.#fault = JSON.stringify(data);
      const promised = this.#ledger.promises.get(callbackId);
      if (state !== 'completed' || promised === undefined) return;
      promised.reason = typeof data['reason'] === 'string' ? data['reason'] : 'unknown';
    });
  }

  async run(onProgress: (share: number) => Promise<void> | void): Promise<Played> {
    await this.#callbacks.start();
    this.#staff.begin();
    this.#day.interactions.forEach((wishes, index) => {
      const { head } = this.#day;
      const customer = { index, number: numberOf(head.numberPrefix, wishes, index), wishes };
      this.#clock.after(Math.round(wishes.atSeconds * 1_000), () =>
        this.#arrives({ ...customer, dials: 0 }),
      );
    });
    this.#sample();
    let events = 0;
    while (this.#clock.monotonicMs() < this.#durationMs && this.#clock.advanceToNext()) {
      await Promise.resolve(); // promises and routing's notices
      if (this.#fault !== null) throw new Error(`a command failed: ${this.#fault}`);
      events += 1;
      if (events % eventsPerReport === 0) {
        await onProgress(this.#clock.monotonicMs() / this.#durationMs);
      }
    }
    await onProgress(1);
    return this.#close();
  }

  #close(): Played {
    const windows = { made: 0, kept: 0 };
    for (const { promises } of this.#router.queues()) {
      windows.made += promises?.made ?? 0;
      windows.kept += promises?.kept ?? 0;
    }
    const pacing = this.#router.pacing();
    this.#ledger.close();
    this.#router.stop();
    return { ledger: this.#ledger, windows, pacing };
  }

  #sample(): void {
    const waiting = this.#router
      .queues()
      .reduce((sum, { waitingLive, waitingCallbacks }) => sum + waitingLive + waitingCallbacks, 0);
    this.#ledger.waiting(waiting);
    this.#clock.after(sampleMs, () => this.#sample());
  }

  #arrives(customer: Customer): void {
    const { queue: queueId, wants, dueSeconds } = customer.wishes;
    const nowMs = this.#clock.nowMs();
    this.#telephones.putCustomer(customer);
    switch (wants) {
      case 'agent': {
        const interactionId = `call${customer.index}`;
        this.#telephones.callerArrives(interactionId, customer);
        const callerNumber = customer.number;
        const arrival = { interactionId, queueId, callerNumber, arrivedAtMs: nowMs };
        return this.#live.callerArrived(arrival);
      }
      case 'callback':
        return this.#asks(customer, queueId, null);
      case 'scheduled': {
        const startMs = Date.parse(this.#day.head.startsAt);
        return this.#asks(customer, queueId, startMs + (dueSeconds ?? 0) * 1_000);
      }
    }
  }

  #asks({ number: customerNumber }: Customer, queueId: string, desiredTimeMs: number | null): void {
    const nothing = { arrivedAtMs: null, priority: null, dialMode: null, firstParty: null };
    const asked = { queueId, customerNumber, desiredTimeMs, userData: {}, requiredSkills: [] };
    const rest = { maxAttempts: null, retryGapSeconds: null, idempotencyKey: null };
    this.#callbacks.create({ ...asked, ...nothing, ...rest }).catch((fault: unknown) => {
      this.#ledger.refused(fault instanceof RingbackError ? fault.code : String(fault));
    });
  }
}

/** Those of the settings, else those of the day. */
function agentsOf({ shifts }: Day, config: Config): readonly AgentDefinition[] {
  const { agents } = toRouterOptions(config);
  if (agents.length > 0) return agents;
  const ofDay = new Map(shifts.map(({ agent, skills }) => [agent, skills]));
  return [...ofDay].map(([agentId, skills]) => ({
    ...{ agentId, displayName: agentId, username: agentId },
    skills,
  }));
}

/** Seven digits that no customer shares unless the day says so. */
function numberOf(prefix: string, { customer }: Interaction, index: number): string {
  return `${prefix}${2_000_000 + (customer ?? 3_000_000 + index)}`;
}

/** The agents of routing, with the ledger listening. */
function watched(router: Router, ledger: Ledger): Agents {
  const agents = createAgents(router);
  const held = new Set<string>();
  router.onNotice((notice) => {
    switch (notice.type) {
      case 'agent-assigned':
        return ledger.assigned(notice.interactionId);
      case 'agent-reserved':
        held.add(notice.interactionId);
        return ledger.served(notice.interactionId);
      case 'dial-notified':
        return ledger.served(notice.interactionId);
      case 'reservation-lost':
        held.delete(notice.interactionId);
        return;
      case 'agent-changed':
        return ledger.agentChanged(notice.agent);
      case 'queue-changed':
    }
  });
  return {
    ...agents,
    submit: (entry) => {
      const { interactionId } = entry;
      agents.submit(entry);
      held.delete(interactionId);
      if (ledger.places.has(interactionId)) return;
      const seconds = router.estimate(interactionId)?.ewtSeconds ?? -1;
      const promised = router.entry(interactionId)?.promised ?? null;
      ledger.submitted(entry, { ewtMs: seconds < 0 ? null : seconds * 1_000, promised });
    },
    customerPresent: (id) => {
      ledger.present(id, held.has(id));
      agents.customerPresent(id);
    },
  };
}
