// The agent's machine, row by row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permits, stepAgent } from '../../routing/agent-state.ts';
import type { AgentEvent, AgentState, Idle } from '../../routing/agent-state.ts';

const work = { interactionId: 'c1', queueId: 'sales', reservationId: 'r1' };
const ready: Idle = { name: 'ready' };
const lunch: Idle = { name: 'not-ready', reason: 'lunch' };
const rona: Idle = { name: 'not-ready', reason: 'rona' };
const out: AgentState = { name: 'logged-out' };
const reserved: AgentState = { name: 'reserved', work, afterwards: ready };
const talking: AgentState = { name: 'talking', work, startedMs: 100, afterwards: ready };
const wrapUp: AgentState = {
  name: 'wrap-up',
  work,
  startedMs: 100,
  untilMs: 900,
  afterwards: ready,
};

const login: AgentEvent = { type: 'login' };
const logout: AgentEvent = { type: 'logout', nowMs: 500 };
const askReady: AgentEvent = { type: 'ready-asked', nowMs: 500 };
const askLunch: AgentEvent = { type: 'not-ready-asked', reason: 'lunch' };
const hold: AgentEvent = { type: 'reserved', work };
const answered: AgentEvent = { type: 'answered', nowMs: 100 };
const missed: AgentEvent = { type: 'not-answered' };
const released: AgentEvent = { type: 'released' };
const ended: AgentEvent = { type: 'conversation-ended', nowMs: 500, wrapUpMs: 400 };
const endedAtOnce: AgentEvent = { type: 'conversation-ended', nowMs: 500, wrapUpMs: 0 };
const elapsed: AgentEvent = { type: 'wrap-up-elapsed', reservationId: 'r1', nowMs: 900 };
const stale: AgentEvent = { type: 'wrap-up-elapsed', reservationId: 'r0', nowMs: 900 };
const all = [login, logout, askReady, askLunch, hold, answered, missed, released, ended, elapsed];

/** State, event, next state, handle time recorded. */
const ROWS: readonly (readonly [AgentState, AgentEvent, AgentState, number?])[] = [
  [out, login, { name: 'not-ready', reason: null }],
  [lunch, askReady, ready],
  [lunch, logout, out],
  [ready, askLunch, lunch],
  [rona, askLunch, lunch],
  [ready, hold, reserved],
  [ready, logout, out],
  [reserved, answered, talking],
  [reserved, missed, rona],
  [reserved, released, ready],
  [reserved, logout, out],
  [reserved, askLunch, { ...reserved, afterwards: lunch }],
  [{ ...reserved, afterwards: lunch }, released, lunch],
  [{ ...reserved, afterwards: lunch }, answered, { ...talking, afterwards: lunch }],
  [{ ...reserved, afterwards: lunch }, askReady, reserved],
  [talking, ended, wrapUp],
  [talking, endedAtOnce, ready, 400],
  [talking, released, ready],
  [talking, askLunch, { ...talking, afterwards: lunch }],
  [{ ...talking, afterwards: lunch }, askReady, talking],
  [{ ...talking, afterwards: lunch }, endedAtOnce, lunch, 400],
  [wrapUp, elapsed, ready, 800],
  [wrapUp, askReady, ready, 400],
  [wrapUp, logout, out, 400],
  [wrapUp, askLunch, { ...wrapUp, afterwards: lunch }],
  [{ ...wrapUp, afterwards: lunch }, elapsed, lunch, 800],
  [{ ...wrapUp, afterwards: lunch }, askReady, ready, 400],
  [wrapUp, stale, wrapUp],
];

test('every row of the table', () => {
  for (const [state, event, next, handleMs] of ROWS) {
    const [became, effects] = stepAgent(state, event);
    assert.deepEqual(became, next, `${state.name} + ${event.type}`);
    assert.deepEqual(
      effects,
      handleMs === undefined ? [] : [{ type: 'record-handle-time', queueId: 'sales', handleMs }],
      `${state.name} + ${event.type}`,
    );
  }
});

test('what is not in the table is ignored: the very same state', () => {
  const states = [out, lunch, ready, reserved, talking, wrapUp];
  const written = new Set(ROWS.map(([state, event]) => `${state.name} ${event.type}`));
  written.add('not-ready not-ready-asked');
  let ignored = 0;
  for (const state of states) {
    for (const event of all) {
      if (written.has(`${state.name} ${event.type}`)) continue;
      const [became, effects] = stepAgent(state, event);
      assert.equal(`${became.name} ${effects.length}`, `${state.name} 0`, event.type);
      ignored += 1;
    }
  }
  assert.equal(ignored, states.length * all.length - written.size);
});

test('a refused wish is one the step would ignore', () => {
  assert.equal(permits('talking', 'logout'), false);
  assert.equal(permits('wrap-up', 'logout'), true);
  assert.equal(permits('logged-out', 'ready'), false);
  assert.equal(permits('logged-out', 'not-ready'), false);
  assert.equal(permits('reserved', 'remove'), false);
  assert.equal(permits('wrap-up', 'remove'), true);
});
