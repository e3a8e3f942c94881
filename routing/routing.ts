// The step of routing: agents, queues, reservations and pacing together. PURE, total.
// Every event does its own small thing first; then `settle` brings together who may be together,
// notifies the callbacks whose turn to be dialled has come, and tells what changed.
import type { Step } from '../core/step.ts';
import type { AgentEvent } from './agent-state.ts';
import { nextToNotify, outlookOf } from './dialing.ts';
import {
  addEntry,
  changeFlow,
  draftOf,
  dropAgentRecord,
  moveEntry,
  nextSequence,
  notify,
  putAgentRecord,
  setLook,
  tellAgent,
} from './draft.ts';
import type { Draft, RoutingEffect } from './draft.ts';
import { slotOf, stepEntry } from './entry-state.ts';
import type { EntryEffect, EntryEvent } from './entry-state.ts';
import { withReturned } from './flow.ts';
import { withService } from './journal.ts';
import { firstEntryFor, limitedUntil, longestIdleFor, ringingAhead } from './match.ts';
import type { AgentDefinition, QueueEntry } from './model.ts';
import { offerOf, reservationIdOf } from './reservation.ts';
import { profileKeyOf } from './staff.ts';
import { newAgent } from './state.ts';
import type { AgentRecord, EntryRecord, Moment, RoutingState } from './state.ts';
import { comparePlaces } from './virtual-queue.ts';
import { lookAround, recordFor } from './waiting.ts';
import type { RoutingTimer } from './timers.ts';
import { agentView } from './views.ts';

export type { RoutingEffect } from './draft.ts';

/** Who arrived longer ago takes a place for another time. */
const COMES_BACK_MS = 2_000;

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
  const profileKey = profileKeyOf(definition.skills);
  const base = old ?? newAgent(definition, draft.at);
  putAgentRecord(draft, old ?? null, { ...base, definition, profileKey });
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
  addEntry(draft, recordFor(draft, entry));
  if (draft.at.wallMs - entry.arrivedAtMs > COMES_BACK_MS) {
    changeFlow(draft, entry.queueId, withReturned);
  }
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
      draft.state.pacingDueMs = null;
      return;
    case 'look':
      draft.state.lookDueMs = null;
      return lookAround(draft);
  }
}

function tellEntry(draft: Draft, interactionId: string, event: EntryEvent): void {
  const record = draft.state.entries.get(interactionId);
  if (record !== undefined) tellRecord(draft, record, event);
}

function tellRecord(draft: Draft, record: EntryRecord, event: EntryEvent): void {
  const [next, effects] = stepEntry(record.state, event);
  moveEntry(draft, record, next, event.type);
  for (const effect of effects) perform(draft, record, effect);
}

function perform(draft: Draft, record: EntryRecord, effect: EntryEffect): void {
  const { entry } = record;
  const { interactionId } = entry;
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
  for (const interactionId of inOrder(draft)) findAgent(draft, interactionId);
  for (const agentId of draft.available) findEntry(draft, agentId);
  pace(draft);
  timeLooks(draft);
  for (const agentId of draft.changedAgents) {
    const record = draft.state.agents.get(agentId);
    if (record !== undefined) notify(draft, { type: 'agent-changed', agent: agentView(record) });
  }
  for (const queueId of draft.changedQueues) notify(draft, { type: 'queue-changed', queueId });
}

/** The interactions that became takeable, first in the order first. */
function inOrder({ state, takeable }: Draft): Iterable<string> {
  if (takeable.length < 2) return takeable;
  return [...takeable]
    .flatMap((interactionId) => state.entries.get(interactionId) ?? [])
    .sort(comparePlaces)
    .map(({ entry }) => entry.interactionId);
}

function findAgent(draft: Draft, interactionId: string): void {
  const { state, at } = draft;
  const record = state.entries.get(interactionId);
  if (record === undefined) return;
  const slot = slotOf(record.entry, record.state);
  if (slot !== 'live' && slot !== 'reservable' && slot !== 'answered') return;
  const reserving = slot === 'reservable';
  for (;;) {
    const agent = longestIdleFor(state, record.needs, reserving, at.monotonicMs);
    if (agent === null) return;
    const aheadId = ringingAhead(state, agent, record, at);
    const ahead = aheadId === null ? undefined : state.entries.get(aheadId);
    reserve(draft, ahead ?? record, agent);
    if (ahead === undefined) return;
  }
}

function findEntry(draft: Draft, agentId: string): void {
  const agent = draft.state.agents.get(agentId);
  if (agent?.state.name !== 'ready') return;
  const nowMs = draft.at.monotonicMs;
  const interactionId = firstEntryFor(draft.state, agent, draft.at);
  const record = interactionId === null ? undefined : draft.state.entries.get(interactionId);
  if (record !== undefined) return reserve(draft, record, agent);
  const untilMs = limitedUntil(draft.state, agent, nowMs);
  if (untilMs !== null) setLook(draft, `agent ${agentId}`, { agentId }, untilMs);
}

function reserve(draft: Draft, record: EntryRecord, agent: AgentRecord): void {
  const { entry } = record;
  const { interactionId } = entry;
  const { agentId } = agent.definition;
  const queue = draft.state.queues.get(entry.queueId);
  if (queue === undefined) return;
  remember(draft, record, agent);
  const reservationId = reservationIdOf(draft.state.instanceId, nextSequence(draft));
  tellRecord(draft, record, { type: 'taken', reservation: { reservationId, agentId } });
  const work = { interactionId, queueId: entry.queueId, reservationId };
  tellAgent(draft, agentId, { type: 'reserved', work });
  const isPresent = record.state.name === 'present';
  notify(
    draft,
    offerOf(interactionId, isPresent, reservationId, agent.definition, queue.definition),
  );
}

/** Keeps who was served, and counts callbacks where they are limited. */
function remember(draft: Draft, record: EntryRecord, agent: AgentRecord): void {
  const { state, at } = draft;
  state.services = withService(state.services, {
    sequence: nextSequence(draft),
    place: record,
    needs: record.needs,
    skills: agent.definition.skills,
    isLimited: limitedUntil(state, agent, at.monotonicMs) !== null,
    atMs: at.wallMs,
  });
  const limit = state.pacing.maxCallbacksPerAgentHour;
  if (limit === null || record.entry.kind === 'live') return;
  const callbackTimesMs = [...agent.callbackTimesMs.slice(1 - limit), at.monotonicMs];
  putAgentRecord(draft, agent, { ...agent, callbackTimesMs: callbackTimesMs.slice(-limit) });
}

/** How often the forecast is looked at again while somebody waits for it. */
const LOOK_AGAIN_MS = 1_000;

/** Notifies as many callbacks as the forecast allows, and sets the time of the next look. */
function pace(draft: Draft): void {
  const { state, at } = draft;
  let dueMs: number | null = null;
  if (state.notifiable > 0) {
    const outlook = outlookOf(state, at.monotonicMs);
    for (;;) {
      const interactionId = nextToNotify(state, outlook, at);
      if (interactionId === null) break;
      tellEntry(draft, interactionId, { type: 'notified', turn: nextSequence(draft) });
      notify(draft, { type: 'dial-notified', interactionId });
    }
    const isLater = state.notifiable > 0 && state.busy.size > 0;
    if (isLater) dueMs = state.pacingDueMs ?? at.monotonicMs + LOOK_AGAIN_MS;
  }
  if (dueMs === state.pacingDueMs) return;
  state.pacingDueMs = dueMs;
  draft.effects.push(
    dueMs === null
      ? { type: 'cancel-timer', timer: { kind: 'pacing' } }
      : { type: 'start-timer', timer: { kind: 'pacing' }, afterMs: dueMs - at.monotonicMs },
  );
}

/** Keeps the one timer of looks at the first of them. */
function timeLooks({ state, at, effects }: Draft): void {
  const dueMs = state.looks.first()?.atMs ?? null;
  if (dueMs === state.lookDueMs) return;
  state.lookDueMs = dueMs;
  effects.push(
    dueMs === null
      ? { type: 'cancel-timer', timer: { kind: 'look' } }
      : {
          type: 'start-timer',
          timer: { kind: 'look' },
          afterMs: Math.max(0, dueMs - at.monotonicMs),
        },
  );
}
