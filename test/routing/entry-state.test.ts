// The machine of one place in a queue, row by row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstStateOf, slotOf, stepEntry } from '../../routing/entry-state.ts';
import type { EntryEvent, EntryState } from '../../routing/entry-state.ts';
import { callback, liveCall, notifiedCallback } from './support.ts';

const reservation = { reservationId: 'r1', agentId: 'ann' };
const waiting: EntryState = { name: 'waiting' };
const dialling: EntryState = { name: 'dialling', turn: 7 };
const overdue: EntryState = { name: 'overdue' };
const present: EntryState = { name: 'present' };
const held: EntryState = { name: 'held', reservation };
const offered: EntryState = { name: 'offered', reservation };
const talking: EntryState = { name: 'talking', reservation, customerReached: true };
const talkingAlone: EntryState = { name: 'talking', reservation, customerReached: false };
const gone: EntryState = { name: 'gone' };

const taken: EntryEvent = { type: 'taken', reservation };
const notified: EntryEvent = { type: 'notified', turn: 7 };
const silent: EntryEvent = { type: 'notification-elapsed', turn: 7 };
const silentOld: EntryEvent = { type: 'notification-elapsed', turn: 6 };
const here: EntryEvent = { type: 'customer-present' };
const notReached: EntryEvent = { type: 'customer-not-reached' };
const answered: EntryEvent = { type: 'agent-answered', reservationId: 'r1' };
const missed: EntryEvent = { type: 'agent-not-answered', reservationId: 'r1' };
const elapsed: EntryEvent = { type: 'reservation-elapsed', reservationId: 'r1', turn: 7 };
const left: EntryEvent = { type: 'agent-logged-out', reservationId: 'r1', turn: 7 };
const withdrawn: EntryEvent = { type: 'withdrawn' };
const ended: EntryEvent = { type: 'interaction-ended' };

const LOST = 'report-lost timeout';
const LOST_OUT = 'report-lost agent-logged-out';

/** State, event, next state, effects. */
const ROWS: readonly (readonly [EntryState, EntryEvent, EntryState, ...string[]])[] = [
  [waiting, taken, held],
  [waiting, notified, dialling],
  [waiting, here, present],
  [waiting, withdrawn, gone],
  [waiting, notReached, gone],
  [dialling, silent, overdue],
  [dialling, silentOld, dialling],
  [dialling, here, present],
  [dialling, notReached, gone],
  [dialling, taken, held],
  [overdue, here, present],
  [overdue, withdrawn, gone],
  [present, taken, offered],
  [present, notified, present],
  [present, withdrawn, gone],
  [held, here, offered],
  [held, answered, talkingAlone, 'mark-agent-talking'],
  [held, missed, waiting, 'mark-agent-unanswered'],
  [held, elapsed, dialling, 'release-agent', LOST],
  [held, left, dialling, LOST_OUT],
  [held, notReached, gone, 'release-agent'],
  [held, withdrawn, gone, 'release-agent'],
  [offered, answered, talking, 'mark-agent-talking'],
  [offered, missed, present, 'mark-agent-unanswered'],
  [offered, elapsed, present, 'mark-agent-unanswered', LOST],
  [offered, left, present, LOST_OUT],
  [offered, withdrawn, gone, 'release-agent'],
  [offered, ended, gone, 'release-agent'],
  [offered, notReached, gone, 'release-agent'],
  [talking, ended, gone, 'begin-wrap-up'],
  [talking, withdrawn, gone, 'begin-wrap-up'],
  [talking, notReached, gone, 'begin-wrap-up'],
  [talking, missed, talking],
  [talkingAlone, here, talking],
  [talkingAlone, notReached, gone, 'release-agent'],
  [talkingAlone, withdrawn, gone, 'release-agent'],
  [talkingAlone, ended, gone, 'begin-wrap-up'],
  [gone, here, gone],
  [gone, ended, gone],
];

test('every row of the table', () => {
  for (const [state, event, next, ...expected] of ROWS) {
    const [became, effects] = stepEntry(state, event);
    const what = `${state.name} + ${event.type}`;
    assert.deepEqual(became, next, what);
    const named = effects.map((one) => ('why' in one ? `${one.type} ${one.why}` : one.type));
    assert.deepEqual(named, expected, what);
  }
});

test('what comes for another reservation is ignored', () => {
  for (const state of [held, offered]) {
    for (const event of [answered, missed, elapsed, left]) {
      const stale: EntryEvent = { ...event, reservationId: 'r0' };
      const [became, effects] = stepEntry(state, stale);
      assert.equal(became, state);
      assert.deepEqual(effects, []);
    }
  }
});

test('a live caller is present from the start, and every state has its slot', () => {
  assert.deepEqual(firstStateOf('live'), present);
  assert.deepEqual(firstStateOf('callback'), waiting);
  assert.equal(slotOf(liveCall('c'), present), 'live');
  assert.equal(slotOf(callback('k'), waiting), 'reservable');
  assert.equal(slotOf(notifiedCallback('n'), waiting), 'notifiable');
  assert.equal(slotOf(notifiedCallback('n'), present), 'answered');
  assert.equal(slotOf(notifiedCallback('n'), dialling), 'dialling');
  assert.equal(slotOf(notifiedCallback('n'), overdue), 'overdue');
  for (const state of [held, offered, talking, gone])
    assert.equal(slotOf(callback('k'), state), null);
});
