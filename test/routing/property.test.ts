// Random histories of routing keep every promise, whatever the order of events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { QueueEntry } from '../../routing/index.ts';
import { DEFAULT_PACING } from '../../routing/index.ts';
import { stepRouting } from '../../routing/routing.ts';
import type { RoutingEffect, RoutingEvent } from '../../routing/routing.ts';
import { agentFits } from '../../routing/lines.ts';
import { initialRouting } from '../../routing/state.ts';
import type { RoutingState } from '../../routing/state.ts';
import { timerKeyOf } from '../../routing/timers.ts';
import type { RoutingTimer } from '../../routing/timers.ts';
import { agentView, queueView } from '../../routing/views.ts';
import { comparePlaces } from '../../routing/virtual-queue.ts';
import { checkNobodyOvertaken, checkState } from './invariants.ts';
import { agentNamed, queueNamed } from './support.ts';

const GATES = { waitAboveSeconds: null, waitingAbove: null, agentsBelow: null };
const QUEUES = [
  queueNamed('sales', { wrapUpSeconds: 0 }),
  queueNamed('help', {
    wrapUpSeconds: 30,
    requiredSkills: [{ skill: 'help', minLevel: 3 }],
    targets: [
      {
        ...GATES,
        skills: 'german >= 1 || !help',
        queueId: null,
        afterSeconds: 60,
        waitingAbove: 1,
      },
      { ...GATES, skills: null, queueId: 'sales', afterSeconds: 0, agentsBelow: 1 },
    ],
  }),
];
const PACING = { ...DEFAULT_PACING, maxCallbacksPerAgentHour: 3 };
const AGENTS = ['ann', 'bob', 'cyd', 'dan'];
const SKILLS = [{}, { help: 5 }, { help: 3, german: 1 }, { german: 9 }];

type EventOf<Type> = Extract<RoutingEvent, { type: Type }>;
/** One thing that happens; numbers are folded into whatever exists at that moment. */
type Move =
  | { readonly do: 'agent'; readonly which: number; readonly type: string; readonly skills: number }
  | { readonly do: 'submit'; readonly entry: QueueEntry }
  | { readonly do: 'customer'; readonly which: number; readonly type: string }
  | { readonly do: 'phone'; readonly which: number; readonly answered: boolean }
  | { readonly do: 'timer' | 'stale-timer'; readonly which: number }
  | { readonly do: 'pause'; readonly forMs: number };

const which = fc.nat({ max: 40 });
const entries: fc.Arbitrary<QueueEntry> = fc.record({
  interactionId: fc.nat({ max: 14 }).map((n) => `i${n}`),
  queueId: fc.constantFrom('sales', 'help'),
  kind: fc.constantFrom('live', 'callback'),
  priority: fc.constantFrom(0, 0, 0, 5),
  arrivedAtMs: fc.nat({ max: 9 }),
  requiredSkills: fc.constantFrom([], [], [{ skill: 'german', minLevel: 1 }]),
  dialMode: fc.constantFrom('reservation', 'notification'),
  numberKind: fc.constantFrom('mobile', 'fixed', 'unknown'),
  preferredAgent: fc.constantFrom(
    null,
    null,
    null,
    { agentId: 'ann', forSeconds: null },
    { agentId: 'bob', forSeconds: 45 },
  ),
});
const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('agent' as const),
      which,
      type: fc.constantFrom('in', 'in', 'ready', 'ready', 'ready', 'break', 'out', 'put', 'drop'),
      skills: fc.nat({ max: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('submit' as const), entry: entries }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('customer' as const),
      which,
      type: fc.constantFrom('present', 'present', 'not-reached', 'ended', 'ended', 'withdrawn'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('phone' as const), which, answered: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('timer' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stale-timer' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pause' as const), forMs: fc.nat({ max: 90_000 }) }),
  },
);

class World {
  state: RoutingState = initialRouting('life', QUEUES, PACING);
  readonly timers = new Map<string, RoutingTimer>();
  readonly cancelled: RoutingTimer[] = [];
  nowMs = 0;

  happen(event: Omit<EventOf<RoutingEvent['type']>, 'at'>): void {
    const before = this.state;
    const seenBefore = summary(before, this.nowMs);
    const at = { wallMs: this.nowMs, monotonicMs: this.nowMs };
    const whole = { ...event, at } as RoutingEvent;
    const [after, effects] = stepRouting(before, whole);
    assert.equal(summary(before, this.nowMs), seenBefore, 'a step never changes its input');
    this.state = after;
    for (const effect of effects) this.#perform(effect);
    checkState(after, this.timers.keys(), at);
    checkNobodyOvertaken(after, effects, this.nowMs);
    checkNobodyLost(before, after, whole);
    checkPacing(after, effects);
  }

  #perform(effect: RoutingEffect): void {
    if (effect.type === 'start-timer') {
      assert.ok(effect.afterMs >= 0, 'a timer never starts in the past');
      this.timers.set(timerKeyOf(effect.timer), effect.timer);
    }
    if (effect.type === 'cancel-timer') {
      this.timers.delete(timerKeyOf(effect.timer));
      const { kind } = effect.timer;
      if (kind !== 'pacing' && kind !== 'look') this.cancelled.push(effect.timer);
    }
  }

  play(move: Move): void {
    switch (move.do) {
      case 'agent':
        return this.#agent(move);
      case 'submit':
        return this.happen({ type: 'submitted', entry: move.entry } as EventOf<'submitted'>);
      case 'customer': {
        const ids = [...this.state.entries].map(([id]) => id);
        const interactionId = ids[move.which % Math.max(1, ids.length)] ?? 'nobody';
        const type = {
          present: 'customer-present',
          'not-reached': 'customer-not-reached',
          ended: 'interaction-ended',
          withdrawn: 'withdrawn',
        }[move.type];
        return this.happen({ type, interactionId } as EventOf<'withdrawn'>);
      }
      case 'phone': {
        const ids = [...this.state.reservations].map(([id]) => id);
        const reservationId = ids[move.which % Math.max(1, ids.length)] ?? 'nothing';
        const type = move.answered ? 'agent-answered' : 'agent-not-answered';
        return this.happen({ type, reservationId } as EventOf<'agent-answered'>);
      }
      case 'timer': {
        const keys = [...this.timers.keys()];
        const key = keys[move.which % Math.max(1, keys.length)];
        const timer = key === undefined ? undefined : this.timers.get(key);
        if (key === undefined || timer === undefined) return;
        this.timers.delete(key);
        return this.happen({ type: 'timer-fired', timer } as EventOf<'timer-fired'>);
      }
      case 'stale-timer': {
        const timer = this.cancelled[move.which % Math.max(1, this.cancelled.length)];
        if (timer === undefined || this.timers.has('pacing')) return;
        const before = summary(this.state, this.nowMs);
        this.happen({ type: 'timer-fired', timer } as EventOf<'timer-fired'>);
        assert.equal(
          summary(this.state, this.nowMs),
          before,
          'a timer cancelled long ago does nothing',
        );
        return;
      }
      case 'pause':
        this.nowMs += move.forMs;
    }
  }

  #agent(move: Extract<Move, { do: 'agent' }>): void {
    const agentId = AGENTS[move.which % AGENTS.length] ?? 'ann';
    if (move.type === 'put') {
      const agent = agentNamed(agentId, SKILLS[move.skills] ?? {});
      return this.happen({ type: 'agent-put', agent } as EventOf<'agent-put'>);
    }
    const type = {
      in: 'agent-logged-in',
      out: 'agent-logged-out',
      ready: 'ready-asked',
      break: 'not-ready-asked',
      drop: 'agent-removed',
    }[move.type];
    this.happen({ type, agentId, reason: 'break' } as unknown as EventOf<'not-ready-asked'>);
  }
}

function summary(state: RoutingState, nowMs: number): string {
  const at = { wallMs: nowMs, monotonicMs: nowMs };
  const agents = [...state.agents.values()].map(agentView);
  const queues = [...state.queues.values()].map((queue) => queueView(state, queue, at));
  const rest = [[...state.idle], [...state.reservations], [...state.looks], [...state.owned]];
  return JSON.stringify([agents, queues, rest]);
}

/** Entries come by `submitted` and go only by an event that names them. */
function checkNobodyLost(before: RoutingState, after: RoutingState, event: RoutingEvent): void {
  const named = 'interactionId' in event ? event.interactionId : null;
  for (const [id, record] of before.entries) {
    const now = after.entries.get(id);
    if (id !== named) assert.ok(now !== undefined, `${id} was lost by ${event.type}`);
    if (now !== undefined) assert.equal(comparePlaces(now, record), 0, `${id} lost the place`);
  }
  if (event.type === 'submitted') assert.ok(after.entries.get(event.entry.interactionId));
}

/** A customer is dialled only when somebody works who may take the call. */
function checkPacing(after: RoutingState, effects: readonly RoutingEffect[]): void {
  for (const effect of effects) {
    if (effect.type !== 'notify' || effect.notice.type !== 'dial-notified') continue;
    const dialled = after.entries.get(effect.notice.interactionId);
    assert.ok(dialled !== undefined);
    const able = [...after.agents.values()].filter(
      (agent) =>
        ['ready', 'talking', 'wrap-up'].includes(agent.state.name) &&
        agentFits(after, agent, dialled.needs),
    );
    assert.ok(able.length > 0, 'dialled for nobody');
  }
}

test('random histories keep every promise', () => {
  const runs = Number(process.env['ROUTING_RUNS'] ?? 300);
  fc.assert(
    fc.property(fc.array(moves, { maxLength: 120, size: 'max' }), (history) => {
      const world = new World();
      AGENTS.forEach((_, which) => {
        world.play({ do: 'agent', which, type: 'put', skills: which });
        world.play({ do: 'agent', which, type: 'in', skills: 0 });
      });
      for (const move of history) world.play(move);
    }),
    { numRuns: runs },
  );
});
