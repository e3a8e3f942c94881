// What must be true of routing's state after every step, checked the slow and obvious way.
import assert from 'node:assert/strict';
import { slotOf } from '../../routing/entry-state.ts';
import type { RoutingEffect } from '../../routing/routing.ts';
import { compileExpression } from '../../routing/expression.ts';
import { limitedUntil } from '../../routing/match.ts';
import { fits } from '../../routing/skills.ts';
import type {
  AgentRecord,
  EntryRecord,
  Moment,
  QueueRecord,
  RoutingState,
} from '../../routing/state.ts';
import { timerKeyOf, timerOfAgent, timerOfEntry } from '../../routing/timers.ts';
import { entryView, queueView } from '../../routing/views.ts';
import { comparePlaces, SLOTS } from '../../routing/virtual-queue.ts';

export function checkState(state: RoutingState, runningTimers: Iterable<string>, at: Moment): void {
  checkReservations(state);
  checkOrder(state, at);
  checkIdle(state, at.monotonicMs);
  checkOwned(state);
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
    assert.equal(state.reservations.get(reservationId), record.entry.interactionId);
  }
  assert.equal(state.reservations.size, byAgent.size);
  for (const { definition, state: doing } of state.agents.values()) {
    const isAtWork = doing.name === 'reserved' || doing.name === 'talking';
    const reservationId = isAtWork ? doing.work.reservationId : undefined;
    assert.equal(byAgent.get(definition.agentId), reservationId, definition.agentId);
  }
}

/** Every entry without an agent stands once in the order and once in its slot, and counts 1..n. */
function checkOrder(state: RoutingState, at: Moment): void {
  const standing: string[] = [];
  let notifiable = 0;
  for (const line of state.lines.values()) {
    notifiable += line.notifiable.size;
    for (const slot of SLOTS) {
      for (const { entry } of line[slot]) {
        const record = state.entries.get(entry.interactionId);
        const id = entry.interactionId;
        assert.ok(record !== undefined && slotOf(record.entry, record.state) === slot, id);
        assert.equal(record.needs.lineKey, line.needs.lineKey);
        standing.push(id);
      }
    }
  }
  assert.equal(state.notifiable, notifiable);
  const all: string[] = [];
  for (const queue of state.queues.values()) {
    const expected = inLine(state, queue);
    const ids = expected.map(({ entry }) => entry.interactionId);
    all.push(...ids);
    assert.deepEqual(
      [...queue.order].map(({ entry }) => entry.interactionId),
      ids,
    );
    expected.forEach((record, index) => {
      assert.equal(entryView(state, record).position, index + 1);
    });
    assert.deepEqual(
      queueView(state, queue, at)
        .entries.filter(({ position }) => position > 0)
        .map(({ interactionId }) => interactionId),
      ids,
    );
  }
  assert.deepEqual(standing.sort(), all.sort());
}

function inLine(state: RoutingState, queue: QueueRecord): EntryRecord[] {
  return [...state.entries.values()]
    .filter(({ entry }) => entry.queueId === queue.definition.queueId)
    .filter((record) => slotOf(record.entry, record.state) !== null)
    .sort(comparePlaces);
}

/** Ready agents are the idle ones, and nothing they could take is left waiting. */
function checkIdle(state: RoutingState, nowMs: number): void {
  const ready = [...state.agents.values()].filter((agent) => agent.state.name === 'ready');
  const ids = ready.map(({ definition }) => definition.agentId);
  const turns = [...state.profiles.values()].map(({ idle }) => [...idle]);
  assert.deepEqual(turns.flatMap((own) => own.map(({ agentId }) => agentId)).sort(), ids.sort());
  const heads = turns.flatMap((own) => own.slice(0, 1)).sort((a, b) => a.sequence - b.sequence);
  assert.deepEqual([...state.idle], heads);
  for (const agent of ready) {
    const missed = takeableFor(state, agent, nowMs)[0];
    assert.equal(missed, undefined, `${agent.definition.agentId} is idle beside an entry`);
  }
}

/** All an agent could take, first one first. */
export function takeableFor(state: RoutingState, agent: AgentRecord, nowMs: number): EntryRecord[] {
  const isLimited =
    limitedUntil(state, agent, nowMs) !== null ||
    state.lookOf.get(`agent ${agent.definition.agentId}`) !== undefined;
  return [...state.entries.values()]
    .filter((record) => {
      const slot = slotOf(record.entry, record.state);
      if (slot === 'reservable' && isLimited) return false;
      if (slot !== 'live' && slot !== 'reservable' && slot !== 'answered') return false;
      return isAble(state, agent, record);
    })
    .sort(comparePlaces);
}

/** Whether the agent may take the entry, said without any index. */
function isAble(state: RoutingState, agent: AgentRecord, record: EntryRecord): boolean {
  const { needs } = record;
  const queue = state.queues.get(record.entry.queueId)?.definition;
  assert.ok(queue !== undefined);
  const { agentId, skills } = agent.definition;
  if (needs.onlyAgentId !== null) return needs.onlyAgentId === agentId;
  if (!fits(skills, record.entry.requiredSkills)) return false;
  if (fits(skills, queue.requiredSkills)) return true;
  return (queue.targets ?? []).some((target, index) => {
    if ((needs.reached & (1 << index)) === 0) return false;
    if (target.skills !== null) return compileExpression(target.skills)(skills);
    const other = state.queues.get(target.queueId ?? '');
    return other !== undefined && fits(skills, other.definition.requiredSkills);
  });
}

/** Callbacks that belong to an agent are counted as they are. */
function checkOwned(state: RoutingState): void {
  const counts = new Map<string, number>();
  for (const { entry } of state.entries.values()) {
    const preferred = entry.preferredAgent;
    if (preferred?.forSeconds !== null) continue;
    counts.set(preferred.agentId, (counts.get(preferred.agentId) ?? 0) + 1);
  }
  assert.deepEqual([...state.owned], [...counts].sort());
}

function timersOf(state: RoutingState): string[] {
  const keys = state.pacingDueMs === null ? [] : [timerKeyOf({ kind: 'pacing' })];
  if (state.lookDueMs !== null) keys.push(timerKeyOf({ kind: 'look' }));
  for (const { definition, state: doing } of state.agents.values()) {
    const running = timerOfAgent(definition.agentId, doing, 0);
    if (running !== null) keys.push(timerKeyOf(running.timer));
  }
  for (const record of state.entries.values()) {
    const queue = state.queues.get(record.entry.queueId);
    assert.ok(queue !== undefined);
    const { entry, state: standing } = record;
    const running = timerOfEntry(entry.interactionId, standing, queue.definition, state.pacing);
    if (running !== null) keys.push(timerKeyOf(running.timer));
  }
  return keys;
}

/** A chosen agent fits, and nobody the agent could have taken stands ahead of the one taken. */
export function checkNobodyOvertaken(
  after: RoutingState,
  effects: readonly RoutingEffect[],
  nowMs: number,
): void {
  for (const effect of effects) {
    if (effect.type !== 'notify') continue;
    const { notice } = effect;
    if (notice.type !== 'agent-assigned' && notice.type !== 'agent-reserved') continue;
    const agent = after.agents.get(notice.agentId);
    const taken = after.entries.get(notice.interactionId);
    assert.ok(agent !== undefined && taken !== undefined);
    assert.ok(isAble(after, agent, taken), 'the agent may take it');
    const passedOver = takeableFor(after, agent, nowMs).find(
      (other) => comparePlaces(other, taken) < 0,
    );
    const { interactionId } = notice;
    assert.equal(passedOver?.entry.interactionId, undefined, `overtaken by ${interactionId}`);
  }
}
