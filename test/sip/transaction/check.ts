// One row of a machine's table: from a start, feed events, compare state names and effects.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Step } from '../../../core/step.ts';
import type { Effect, Setting } from '../../../sip/transaction/model.ts';

export const timers = { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 };
export const udp: Setting = { timers, reliable: false };
export const tcp: Setting = { timers, reliable: true };

/** Effects in short: `send`, `start A 500`, `stop A`, `report timed-out`. */
export function short(effect: Effect): string {
  switch (effect.kind) {
    case 'start-timer':
      return `start ${effect.timer} ${effect.afterMs}`;
    case 'stop-timer':
      return `stop ${effect.timer}`;
    case 'report':
      return `report ${effect.failure}`;
    default:
      return effect.kind;
  }
}

/** A table maker for one machine; `expected` is the state, then the effects of the last event. */
export function table<State extends { readonly name: string }, Event>(
  start: (setting: Setting) => readonly [State, readonly Effect[]],
  step: Step<State, Event, Effect>,
) {
  return (name: string, setting: Setting, events: readonly Event[], expected: string): void => {
    test(name, () => {
      let [state, effects] = start(setting);
      for (const event of events) [state, effects] = step(state, event);
      assert.equal([state.name, ...effects.map(short)].join(' | '), expected);
    });
  };
}
