// The step of routing: agents, queues, reservations and pacing together. PURE, total.
// Every event does its own small thing first; then `settle` brings together who may be together,
// notifies the callbacks whose turn to be dialled has come, and tells what changed.
import type { Step } from '../core/step.ts';
import type { AgentEvent } from './agent-state.ts';
import { anyNotifiable, forecastFree, nextToNotify } from './dialing.ts';
import {
  addEntry,
  draftOf,
  dropAgentRecord,
  moveEntry,
  nextSequence,
  notify,
  putAgentRecord,
  tellAgent,
} from './draft.ts';
import type { Draft, RoutingEffect } from './draft.ts';
import { firstStateOf, slotOf, stepEntry } from './entry-state.ts';
import type { EntryEffect, EntryEvent } from './entry-state.ts';
import { firstEntryFor, longestIdleFor } from './match.ts';
import type { AgentDefinition, QueueEntry } from './model.ts';
import { offerOf, reservationIdOf } from './reservation.ts';
import { lineKeyOf, normalized } from './skills.ts';
import { newAgent } from './state.ts';
import type { AgentRecord, EntryRecord, Moment, RoutingState } from './state.ts';
import type { RoutingTimer } from './timers.ts';
import { agentView } from './views.ts';

export type { RoutingEffect } from './draft.ts';

type WhatHappened =
  | { readonly type: 'agent-put'; readonly agent: AgentDefinition }
  | { readonly type: 'agent-removed' | 'agent-logged-in'; readonly agentId: string }
  | { readonly type: 'agent-logged-out' | 'ready-asked'; readonly agentId: string }
  | { readonly type: 'not-ready-asked'; readonly agentId: string; readonly reason: string }
  | { readonly type: 'submitted'; readonly entry: QueueEntry }
  | { readonly type: 'withdrawn' | 'interaction-ended'; readonly interactionId: string }
  | { readonly type: 'customer-present'; readonly interactionId: string }
  | { readonly type: 'customer-not-reached'; readonly interactionId: string }
  | { readonly type: 'agent-answered' | 'agent-not-answered'; readonly reservationId: string }
  | { readonly type: 'timer-fired'; readonly timer: RoutingTimer };

export type RoutingEvent = WhatHappened & { readonly at: Moment };

export const stepRouting: Step<RoutingState, RoutingEvent, RoutingEffect> = (state, event) => {
  const draft = draftOf(state, event.at);
  apply(draft, event);
  settle(draft);
  return [draft.state, draft.effects];
};

function apply(draft: Draft, event: RoutingEvent): void {
  const nowMs = draft.at.monotonicMs;
  switch (event.type) {
    case 'agent-put':
      return putAgent(draft, event.agent);
    case 'agent-removed':
      return removeAgent(draft, event.agentId);
    case 'agent-logged-in':
      return tellAgent(draft, event.agentId, { type: 'login' });
    case 'agent-logged-out':
      return logOut(draft, event.agentId);
    case 'ready-asked':
      return tellAgent(draft, event.agentId, { type: 'ready-asked', nowMs });
    case 'not-ready-asked':
      return tellAgent(draft, event.agentId, { type: 'not-ready-asked', reason: event.reason });
    case 'submitted':
      return submit(draft, event.entry);
    case 'withdrawn':
    case 'interaction-ended':
    case 'customer-present':
    case 'customer-not-reached':
      return tellEntry(draft, event.interactionId, { type: event.type });
    case 'agent-answered':
    case 'agent-not-answered': {
      const { type, reservationId } = event;
      const interactionId = draft.state.reservations.get(reservationId);
      if (interactionId === undefined) return;
      return tellEntry(draft, interactionId, { type, reservationId });
    }
    case 'timer-fired':
      return timerFired(draft, event.timer);
  }
}

function putAgent(draft: Draft, definition: AgentDefinition): void {
  const old = draft.state.agents.get(definition.agentId);
  const next = old === undefined ? newAgent(definition, draft.at) : { ...old, definition };
  putAgentRecord(draft, old ?? null, next);
}

function removeAgent(draft: Draft, agentId: string): void {
  const record = draft.state.agents.get(agentId);
  if (record === undefined) return;
  if (record.state.name === 'reserved' || record.state.name === 'talking') return;
  dropAgentRecord(draft, record);
}

/** An agent who logs out while reserved leaves the interaction at its place. */
function logOut(draft: Draft, agentId: string): void {
  const record = draft.state.agents.get(agentId);
  if (record === undefined) return;
  tellAgent(draft, agentId, { type: 'logout', nowMs: draft.at.monotonicMs });
  if (record.state.name !== 'reserved') return;
  const { interactionId, reservationId } = record.state.work;
  const turn = nextSequence(draft);
  tellEntry(draft, interactionId, { type: 'agent-logged-out', reservationId, turn });
}

function submit(draft: Draft, entry: QueueEntry): void {
  const isKnown = draft.state.entries.get(entry.interactionId) !== undefined;
  if (isKnown || draft.state.queues.get(entry.queueId) === undefined) return;
  const requirements = normalized(entry.requiredSkills);
  addEntry(draft, {
    interactionId: entry.interactionId,
    entry,
    state: firstStateOf(entry.kind),
    place: {
      priority: entry.priority,
      arrivedAtMs: entry.arrivedAtMs,
      sequence: nextSequence(draft),
    },
    lineKey: lineKeyOf(requirements),
    requirements,
  });
}

function timerFired(draft: Draft, timer: RoutingTimer): void {
  switch (timer.kind) {
    case 'wrap-up': {
      const { agentId, reservationId } = timer;
      const nowMs = draft.at.monotonicMs;
      return tellAgent(draft, agentId, { type: 'wrap-up-elapsed', reservationId, nowMs });
    }
    case 'reservation-dial':
    case 'reservation-ring': {
      const expected = timer.kind === 'reservation-dial' ? 'held' : 'offered';
      const record = draft.state.entries.get(timer.interactionId);
      if (record?.state.name !== expected) return;
      const { reservationId } = timer;
      const turn = nextSequence(draft);
      const event: EntryEvent = { type: 'reservation-elapsed', reservationId, turn };
      return tellEntry(draft, timer.interactionId, event);
    }
    case 'notification': {
      const { turn } = timer;
      return tellEntry(draft, timer.interactionId, { type: 'notification-elapsed', turn });
    }
    case 'pacing':
      draft.state = { ...draft.state, pacingDueMs: null };
  }
}

function tellEntry(draft: Draft, interactionId: string, event: EntryEvent): void {
  const record = draft.state.entries.get(interactionId);
  if (record === undefined) return;
  const [next, effects] = stepEntry(record.state, event);
  moveEntry(draft, record, next);
  for (const effect of effects) perform(draft, record, effect);
}

function perform(draft: Draft, record: EntryRecord, effect: EntryEffect): void {
  const { interactionId, entry } = record;
  switch (effect.type) {
    case 'release-agent':
      return tellAgent(draft, effect.agentId, { type: 'released' });
    case 'mark-agent-unanswered':
      return tellAgent(draft, effect.agentId, { type: 'not-answered' });
    case 'mark-agent-talking':
      return tellAgent(draft, effect.agentId, { type: 'answered', nowMs: draft.at.monotonicMs });
    case 'begin-wrap-up': {
      const queue = draft.state.queues.get(entry.queueId);
      const wrapUpMs = (queue?.definition.wrapUpSeconds ?? 0) * 1000;
      const event: AgentEvent = {
        type: 'conversation-ended',
        nowMs: draft.at.monotonicMs,
        wrapUpMs,
      };
      return tellAgent(draft, effect.agentId, event);
    }
    case 'report-lost': {
      const { reservationId, why } = effect;
      return notify(draft, { type: 'reservation-lost', interactionId, reservationId, why });
    }
  }
}

function settle(draft: Draft): void {
  for (const interactionId of draft.takeable) findAgent(draft, interactionId);
  for (const agentId of draft.available) findEntry(draft, agentId);
  pace(draft);
  for (const agentId of draft.changedAgents) {
    const record = draft.state.agents.get(agentId);
    if (record !== undefined) notify(draft, { type: 'agent-changed', agent: agentView(record) });
  }
  for (const queueId of draft.changedQueues) notify(draft, { type: 'queue-changed', queueId });
}

function findAgent(draft: Draft, interactionId: string): void {
  const record = draft.state.entries.get(interactionId);
  if (record === undefined) return;
  const slot = slotOf(record.entry, record.state);
  const queue = draft.state.queues.get(record.entry.queueId);
  if (queue === undefined || (slot !== 'routable' && slot !== 'answered')) return;
  const agent = longestIdleFor(draft.state, queue, record);
  if (agent !== null) reserve(draft, record, agent);
}

function findEntry(draft: Draft, agentId: string): void {
  const agent = draft.state.agents.get(agentId);
  if (agent?.state.name !== 'ready') return;
  const interactionId = firstEntryFor(draft.state, agent);
  const record = interactionId === null ? undefined : draft.state.entries.get(interactionId);
  if (record !== undefined) reserve(draft, record, agent);
}

function reserve(draft: Draft, record: EntryRecord, agent: AgentRecord): void {
  const { interactionId, entry } = record;
  const { agentId } = agent.definition;
  const queue = draft.state.queues.get(entry.queueId);
  if (queue === undefined) return;
  const reservationId = reservationIdOf(draft.state.instanceId, nextSequence(draft));
  tellEntry(draft, interactionId, { type: 'taken', reservation: { reservationId, agentId } });
  const work = { interactionId, queueId: entry.queueId, reservationId };
  tellAgent(draft, agentId, { type: 'reserved', work });
  const isPresent = record.state.name === 'present';
  notify(
    draft,
    offerOf(interactionId, isPresent, reservationId, agent.definition, queue.definition),
  );
}

/** Notifies as many callbacks as the forecast allows, and sets the time of the next look. */
function pace(draft: Draft): void {
  let dueMs: number | null = null;
  if (anyNotifiable(draft.state)) {
    const forecast = forecastFree(draft.state, draft.at.monotonicMs);
    for (;;) {
      const interactionId = nextToNotify(draft.state, forecast.free);
      if (interactionId === null) break;
      tellEntry(draft, interactionId, { type: 'notified', turn: nextSequence(draft) });
      notify(draft, { type: 'dial-notified', interactionId });
    }
    if (anyNotifiable(draft.state)) dueMs = forecast.changesAtMs;
  }
  if (dueMs === draft.state.pacingDueMs) return;
  draft.state = { ...draft.state, pacingDueMs: dueMs };
  draft.effects.push(
    dueMs === null
      ? { type: 'cancel-timer', timer: { kind: 'pacing' } }
      : {
          type: 'start-timer',
          timer: { kind: 'pacing' },
          afterMs: dueMs - draft.at.monotonicMs,
        },
  );
}
