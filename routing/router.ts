// The driver of routing: gives the step its time, runs its timers, delivers its notices. All that
// decides is in routing.ts; here is the only state that changes.
import { conflict, notFound, unavailable } from '../core/errors.ts';
import type { RingbackError } from '../core/errors.ts';
import type { Clock, Ids, Log, Timer } from '../core/ports.ts';
import { permits } from './agent-state.ts';
import type { AgentWish } from './agent-state.ts';
import type {
  AgentDefinition,
  AgentView,
  EntryView,
  EstimatedWait,
  PacingView,
  PlaceExplanation,
  QueueEntry,
  QueueView,
  QueueWaitView,
  Router,
  RoutingNotice,
  WithdrawReason,
} from './model.ts';
import { checkEntry, checkOptions, MAX_AGENTS } from './options.ts';
import type { RouterOptions } from './options.ts';
import { stepRouting } from './routing.ts';
import type { RoutingEffect, RoutingEvent } from './routing.ts';
import { initialRouting } from './state.ts';
import type { AgentRecord, Moment, RoutingState } from './state.ts';
import { timerKeyOf } from './timers.ts';
import { agentView, entryView, pacingView, queueView, queueWaitView } from './views.ts';
import { explanationOf, waitOf, waitOfNext } from './wait-of.ts';

export interface RouterDeps {
  readonly clock: Clock;
  /** One id is taken at the start: it makes reservation ids unique over restarts. */
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * A router with these queues and agents; the agents are logged out.
 * Besides the errors its face names, `submit` throws ROUTING_QUEUE_UNKNOWN, ROUTING_QUEUE_FULL
 * (503) and ROUTING_ENTRY_INVALID, `putAgent` ROUTING_AGENTS_FULL (503).
 * @throws RingbackError ROUTING_CONFIG_INVALID
 */
export function createRouter(options: RouterOptions, deps: RouterDeps): Router {
  checkOptions(options);
  const router = new RouterDriver(options, deps);
  for (const agent of options.agents) router.putAgent(agent);
  return router;
}

/** An event but for its time, which the driver adds. */
type Untimed<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

class RouterDriver implements Router {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timers = new Map<string, Timer>();
  readonly #listeners: ((notice: RoutingNotice) => void)[] = [];
  #state: RoutingState;
  /** Notices not delivered yet, oldest first. */
  #outbox: RoutingNotice[] = [];
  /** Queues whose change stands in the outbox: told once, however often they change. */
  readonly #queuesToTell = new Set<string>();
  #isStopped = false;

  constructor(options: RouterOptions, deps: RouterDeps) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#state = initialRouting(deps.ids.next(), options.queues, options.pacing);
  }

  putAgent(agent: AgentDefinition): void {
    const { agents } = this.#state;
    if (agents.size >= MAX_AGENTS && agents.get(agent.agentId) === undefined) {
      throw unavailable('ROUTING_AGENTS_FULL', 'no room for another agent', { max: MAX_AGENTS });
    }
    this.#happened({ type: 'agent-put', agent });
  }

  removeAgent(agentId: string): void {
    const record = this.#state.agents.get(agentId);
    if (record !== undefined && !permits(record.state.name, 'remove')) {
      throw conflict('ROUTING_AGENT_BUSY', 'the agent is reserved or talking', { agentId });
    }
    this.#happened({ type: 'agent-removed', agentId });
  }

  login(agentId: string): void {
    this.#allow(agentId, 'login');
    this.#happened({ type: 'agent-logged-in', agentId });
  }

  logout(agentId: string): void {
    this.#allow(agentId, 'logout');
    this.#happened({ type: 'agent-logged-out', agentId });
  }

  ready(agentId: string): void {
    this.#allow(agentId, 'ready');
    this.#happened({ type: 'ready-asked', agentId });
  }

  notReady(agentId: string, reason: string): void {
    this.#allow(agentId, 'not-ready');
    this.#happened({ type: 'not-ready-asked', agentId, reason });
  }

  agent(agentId: string): AgentView | null {
    const record = this.#state.agents.get(agentId);
    return record === undefined ? null : agentView(record);
  }

  agents(): readonly AgentView[] {
    return [...this.#state.agents.values()].map(agentView);
  }

  queue(queueId: string): QueueView | null {
    const queue = this.#state.queues.get(queueId);
    return queue === undefined ? null : queueView(this.#state, queue, this.#now());
  }

  queueWait(queueId: string): QueueWaitView | null {
    const queue = this.#state.queues.get(queueId);
    return queue === undefined ? null : queueWaitView(this.#state, queue, this.#now());
  }

  queues(): readonly QueueView[] {
    return [...this.#state.queues.values()].map((queue) =>
      queueView(this.#state, queue, this.#now()),
    );
  }

  entry(interactionId: string): EntryView | null {
    const record = this.#state.entries.get(interactionId);
    return record === undefined ? null : entryView(this.#state, record);
  }

  explain(interactionId: string): PlaceExplanation | null {
    const record = this.#state.entries.get(interactionId);
    return record === undefined ? null : explanationOf(this.#state, record);
  }

  estimate(interactionId: string): EstimatedWait | null {
    const record = this.#state.entries.get(interactionId);
    return record === undefined ? null : waitOf(this.#state, record, this.#now());
  }

  estimateNext(queueId: string): EstimatedWait | null {
    const queue = this.#state.queues.get(queueId);
    return queue === undefined ? null : waitOfNext(this.#state, queue, this.#now());
  }

  pacing(): PacingView {
    return pacingView(this.#state, this.#now());
  }

  submit(entry: QueueEntry): void {
    const { entries, queues, pacing, owned } = this.#state;
    if (entries.get(entry.interactionId) !== undefined) return;
    checkEntry(entry);
    const { interactionId, queueId } = entry;
    if (queues.get(queueId) === undefined) {
      throw notFound('ROUTING_QUEUE_UNKNOWN', 'no such queue', { queueId });
    }
    if (entries.size >= pacing.maxWaiting) {
      const fields = { queueId, maxWaiting: pacing.maxWaiting };
      throw unavailable('ROUTING_QUEUE_FULL', 'no more interactions may wait', fields);
    }
    const owner = entry.preferredAgent?.forSeconds === null ? entry.preferredAgent.agentId : null;
    if (owner !== null && (owned.get(owner) ?? 0) >= pacing.maxOwnedPerAgent) {
      const fields = { agentId: owner, maxOwnedPerAgent: pacing.maxOwnedPerAgent };
      const message = 'too many callbacks wait for this agent';
      throw unavailable('ROUTING_AGENT_CALLBACKS_FULL', message, fields);
    }
    this.#log.debug('interaction-submitted', { interactionId, queueId });
    this.#happened({ type: 'submitted', entry });
  }

  withdraw(interactionId: string, reason: WithdrawReason): void {
    this.#log.debug('interaction-withdrawn', { interactionId, reason });
    this.#happened({ type: 'withdrawn', interactionId });
  }

  customerPresent(interactionId: string): void {
    this.#happened({ type: 'customer-present', interactionId });
  }

  customerNotReached(interactionId: string): void {
    this.#happened({ type: 'customer-not-reached', interactionId });
  }

  isHeld(reservationId: string): boolean {
    return this.#state.reservations.get(reservationId) !== undefined;
  }

  agentAnswered(reservationId: string): void {
    this.#happened({ type: 'agent-answered', reservationId });
  }

  agentNotAnswered(reservationId: string, why: 'no-answer' | 'rejected' | 'unreachable'): void {
    this.#log.info('agent-not-answered', { reservationId, why });
    this.#happened({ type: 'agent-not-answered', reservationId });
  }

  interactionEnded(interactionId: string): void {
    this.#happened({ type: 'interaction-ended', interactionId });
  }

  onNotice(listener: (notice: RoutingNotice) => void): void {
    this.#listeners.push(listener);
  }

  /** Ends all timers; from now on nothing happens and nobody is told anything. */
  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#outbox = [];
  }

  #allow(agentId: string, wish: AgentWish): void {
    const record: AgentRecord | undefined = this.#state.agents.get(agentId);
    const refusal = refusalOf(record, agentId, wish);
    if (refusal !== null) throw refusal;
  }

  #happened(event: Untimed<RoutingEvent>): void {
    if (this.#isStopped) return;
    const [next, effects] = stepRouting(this.#state, { ...event, at: this.#now() });
    this.#state = next;
    for (const effect of effects) this.#perform(effect);
  }

  #now(): Moment {
    return { wallMs: this.#clock.nowMs(), monotonicMs: this.#clock.monotonicMs() };
  }

  #perform(effect: RoutingEffect): void {
    switch (effect.type) {
      case 'notify':
        return this.#post(effect.notice);
      case 'cancel-timer':
        return this.#cancel(timerKeyOf(effect.timer));
      case 'start-timer': {
        const { timer, afterMs } = effect;
        const key = timerKeyOf(timer);
        this.#cancel(key);
        const running = this.#clock.after(afterMs, () => {
          this.#timers.delete(key);
          this.#happened({ type: 'timer-fired', timer });
        });
        this.#timers.set(key, running);
      }
    }
  }

  #cancel(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  /** Notices wait until the caller is done: no owner is ever called from inside its own call. */
  #post(notice: RoutingNotice): void {
    if (notice.type === 'queue-changed') {
      if (this.#queuesToTell.has(notice.queueId)) return;
      this.#queuesToTell.add(notice.queueId);
    }
    if (this.#outbox.length === 0) queueMicrotask(() => this.#deliver());
    this.#outbox.push(notice);
  }

  #deliver(): void {
    const notices = this.#outbox;
    this.#outbox = [];
    this.#queuesToTell.clear();
    for (const notice of notices) {
      if (this.#isStopped) return;
      this.#log.debug('routing-notice', idsOf(notice));
      for (const listener of this.#listeners) this.#tell(listener, notice);
    }
  }

  #tell(listener: (notice: RoutingNotice) => void, notice: RoutingNotice): void {
    try {
      listener(notice);
    } catch (error) {
      this.#log.error('routing-listener-failed', { notice: notice.type, error });
    }
  }
}

function refusalOf(
  record: AgentRecord | undefined,
  agentId: string,
  wish: AgentWish,
): RingbackError | null {
  if (record === undefined) return notFound('ROUTING_AGENT_UNKNOWN', 'no such agent', { agentId });
  const state = record.state.name;
  if (permits(state, wish)) return null;
  return conflict('ROUTING_AGENT_STATE', `${wish} is not allowed while ${state}`, {
    agentId,
    state,
  });
}

function idsOf(notice: RoutingNotice): Record<string, unknown> {
  if (notice.type !== 'agent-changed') return { ...notice };
  const { agentId, state, interactionId } = notice.agent;
  return { type: notice.type, agentId, state, interactionId };
}
