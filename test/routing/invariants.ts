// What must be true of routing's state after every step, checked the slow and obvious way.
import assert from 'node:assert/strict';
import { slotOf } from '../../routing/entry-state.ts';
import type { RoutingEffect } from '../../routing/routing.ts';
import { agentFits } from '../../routing/state.ts';
import type { AgentRecord, EntryRecord, QueueRecord, RoutingState } from '../../routing/state.ts';
import { timerKeyOf, timerOfAgent, timerOfEntry } from '../../routing/timers.ts';
import { entryView, queueView } from '../../routing/views.ts';
import { comparePlaces } from '../../routing/virtual-queue.ts';
import type { Slot } from '../../routing/virtual-queue.ts';

const SLOTS: readonly Slot[] = ['routable', 'answered', 'notifiable', 'dialling', 'overdue'];

export function checkState(state: RoutingState, runningTimers: Iterable<string>): void {
  checkReservations(state);
  checkOrder(state);
  checkIdle(state);
  assert.deepEqual([...runningTimers].sort(), timersOf(state).sort(), 'timers follow the states');
}

/** An agent is in at most one live reservation, and both sides agree on which. */
function checkReservations(state: RoutingState): void {
  const byAgent = new Map<string, string>();
  for (const record of state.entries.values()) {
    if (!('reservation' in record.state)) continue;
    const { agentId, reservationId } = record.state.reservation;
    assert.ok(!byAgent.has(agentId), `${agentId} is held twice`);
    byAgent.set(agentId, reservationId);
    assert.equal(state.reservations.get(reservationId), record.interactionId);
  }
  assert.equal(state.reservations.size, byAgent.size);
  for (const { definition, state: doing } of state.agents.values()) {
    const isAtWork = doing.name === 'reserved' || doing.name === 'talking';
    const reservationId = isAtWork ? doing.work.reservationId : undefined;
    assert.equal(byAgent.get(definition.agentId), reservationId, definition.agentId);
  }
}

/** Every entry without an agent stands once in the order and once in its slot, and counts 1..n. */
function checkOrder(state: RoutingState): void {
  for (const queue of state.queues.values()) {
    const expected = inLine(state, queue);
    const ids = expected.map(({ interactionId }) => interactionId);
    assert.deepEqual([...queue.places.order.values()], ids);
    const standing: string[] = [];
    for (const line of queue.places.lines.values()) {
      for (const slot of SLOTS) {
        for (const id of line[slot].values()) {
          const record = state.entries.get(id);
          assert.ok(record !== undefined && slotOf(record.entry, record.state) === slot, id);
          standing.push(id);
        }
      }
    }
    assert.deepEqual(standing.sort(), [...ids].sort());
    expected.forEach((record, index) => {
      assert.equal(entryView(state, record).position, index + 1);
    });
    assert.deepEqual(
      queueView(state, queue)
        .entries.filter(({ position }) => position > 0)
        .map(({ interactionId }) => interactionId),
      ids,
    );
  }
}

function inLine(state: RoutingState, queue: QueueRecord): EntryRecord[] {
  return [...state.entries.values()]
    .filter(({ entry }) => entry.queueId === queue.definition.queueId)
    .filter((record) => slotOf(record.entry, record.state) !== null)
    .sort((a, b) => comparePlaces(a.place, b.place));
}

/** Ready agents are the idle ones, and nothing they could take is left waiting. */
function checkIdle(state: RoutingState): void {
  const ready = [...state.agents.values()].filter((agent) => agent.state.name === 'ready');
  const ids = ready.map(({ definition }) => definition.agentId);
  assert.deepEqual([...state.idle.values()].sort(), ids.sort());
  for (const agent of ready) {
    const missed = takeableFor(state, agent)[0];
    assert.equal(missed, undefined, `${agent.definition.agentId} is idle beside an entry`);
  }
}

/** All an agent could take, first one first. */
export function takeableFor(state: RoutingState, agent: AgentRecord): EntryRecord[] {
  return [...state.entries.values()]
    .filter((record) => {
      const slot = slotOf(record.entry, record.state);
      const queue = state.queues.get(record.entry.queueId);
      if (slot !== 'routable' && slot !== 'answered') return false;
      return queue !== undefined && agentFits(agent, queue, record);
    })
    .sort((a, b) => comparePlaces(a.place, b.place));
}

function timersOf(state: RoutingState): string[] {
  const keys = state.pacingDueMs === null ? [] : [timerKeyOf({ kind: 'pacing' })];
  for (const { definition, state: doing } of state.agents.values()) {
    const running = timerOfAgent(definition.agentId, doing, 0);
    if (running !== null) keys.push(timerKeyOf(running.timer));
  }
  for (const record of state.entries.values()) {
    const queue = state.queues.get(record.entry.queueId);
    assert.ok(queue !== undefined);
    const { interactionId, state: standing } = record;
    const running = timerOfEntry(interactionId, standing, queue.definition, state.pacing);
    if (running !== null) keys.push(timerKeyOf(running.timer));
  }
  return keys;
}

/** A chosen agent fits, and nobody the agent could have taken stands ahead of the one taken. */
export function checkNobodyOvertaken(after: RoutingState, effects: readonly RoutingEffect[]): void {
  for (const effect of effects) {
    if (effect.type !== 'notify') continue;
    const { notice } = effect;
    if (notice.type !== 'agent-assigned' && notice.type !== 'agent-reserved') continue;
    const agent = after.agents.get(notice.agentId);
    const taken = after.entries.get(notice.interactionId);
    assert.ok(agent !== undefined && taken !== undefined);
    const queue = after.queues.get(taken.entry.queueId);
    assert.ok(queue !== undefined && agentFits(agent, queue, taken), 'the agent has the skills');
    const passedOver = takeableFor(after, agent).find(
      (other) => comparePlaces(other.place, taken.place) < 0,
    );
    assert.equal(passedOver?.interactionId, undefined, `overtaken by ${notice.interactionId}`);
  }
}
