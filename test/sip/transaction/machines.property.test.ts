// Every machine: total (no event in any state throws) and mortal (its timers bring it to an end).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Step } from '../../../core/step.ts';
import { startSuccess, stepSuccess } from '../../../sip/dialog/success.ts';
import { startReliable, stepReliable, type ReliableEvent } from '../../../sip/dialog/reliable.ts';
import { startCancel, stepCancel, type CancelEvent } from '../../../sip/dialog/cancel.ts';
import { startInviteClient, stepInviteClient } from '../../../sip/transaction/invite-client.ts';
import { startInviteServer, stepInviteServer } from '../../../sip/transaction/invite-server.ts';
import type {
  ClientEvent,
  Effect,
  ServerEvent,
  Setting,
  TimerName,
} from '../../../sip/transaction/model.ts';
import {
  startNonInviteClient,
  stepNonInviteClient,
} from '../../../sip/transaction/non-invite-client.ts';
import {
  startNonInviteServer,
  stepNonInviteServer,
} from '../../../sip/transaction/non-invite-server.ts';
import { tcp, timers, udp } from './check.ts';

const status = fc.constantFrom(100, 180, 200, 302, 486, 503, 603);
const timer = fc.constantFrom<TimerName>(
  ...(['A', 'B', 'D', 'E', 'F', 'G', 'H'] as const),
  ...(['I', 'J', 'K', 'L', 'M'] as const),
);
const fired = timer.map((name) => ({ kind: 'timer-fired', timer: name }) as const);
const failed = fc.constant({ kind: 'transport-failed' } as const);
const clientEvent: fc.Arbitrary<ClientEvent> = fc.oneof(
  status.map((value) => ({ kind: 'response-received', status: value }) as const),
  fired,
  failed,
);
const serverEvent: fc.Arbitrary<ServerEvent> = fc.oneof(
  status.map((value) => ({ kind: 'response-given', status: value }) as const),
  fc.constant({ kind: 'request-received' } as const),
  fc.constant({ kind: 'ack-received' } as const),
  fired,
  failed,
);

/** Feeds events, then lets every running timer fire in order until none runs. */
function lives<State extends { readonly name: string }, Event>(
  start: (setting: Setting) => readonly [State, readonly Effect[]],
  step: Step<State, Event, Effect>,
  toEvent: (timer: TimerName) => Event,
  setting: Setting,
  events: readonly Event[],
): string {
  const running = new Map<TimerName, number>();
  let nowMs = 0;
  let state: State;
  const apply = (effects: readonly Effect[]) => {
    for (const effect of effects) {
      if (effect.kind === 'start-timer') running.set(effect.timer, nowMs + effect.afterMs);
      if (effect.kind === 'stop-timer') running.delete(effect.timer);
      if (effect.kind === 'terminate') running.clear();
    }
  };
  let effects: readonly Effect[];
  [state, effects] = start(setting);
  apply(effects);
  for (const event of events) {
    [state, effects] = step(state, event);
    apply(effects);
  }
  for (let i = 0; running.size > 0; i++) {
    assert.ok(i < 100, 'its timers never end');
    const [name, dueMs] = [...running].sort((a, b) => a[1] - b[1])[0]!;
    running.delete(name);
    nowMs = dueMs;
    [state, effects] = step(state, toEvent(name));
    apply(effects);
  }
  return state.name;
}

const toEvent = (name: TimerName) => ({ kind: 'timer-fired', timer: name }) as const;

test('client machines take any event and die of their timers', () => {
  fc.assert(
    fc.property(fc.array(clientEvent), fc.boolean(), (events, reliable) => {
      const setting = reliable ? tcp : udp;
      const invite = lives(startInviteClient, stepInviteClient, toEvent, setting, events);
      // s.17.1.1.2: Proceeding has no limit of its own; the user cancels.
      assert.ok(invite === 'terminated' || invite === 'proceeding', invite);
      const other = lives(startNonInviteClient, stepNonInviteClient, toEvent, setting, events);
      assert.equal(other, 'terminated');
    }),
  );
});

test('server machines take any event and die of their timers once answered', () => {
  fc.assert(
    fc.property(fc.array(serverEvent), fc.boolean(), (before, reliable) => {
      const setting = reliable ? tcp : udp;
      const events: ServerEvent[] = [...before, { kind: 'response-given', status: 486 }];
      assert.equal(
        lives(startInviteServer, stepInviteServer, toEvent, setting, events),
        'terminated',
      );
      const other = lives(startNonInviteServer, stepNonInviteServer, toEvent, setting, events);
      assert.equal(other, 'terminated');
    }),
  );
});

test('the dialog machines take any event in any state', () => {
  const which = fc.constantFrom('resend' as const, 'give-up' as const);
  const reliableEvent: fc.Arbitrary<ReliableEvent> = fc.oneof(
    fc.integer({ min: 1, max: 3 }).map((rseq) => ({ kind: 'prack-received', rseq }) as const),
    fc
      .integer({ min: 1, max: 3 })
      .map((rseq) => ({ kind: 'given', response: { rseq, text: 'x' } }) as const),
    fc.constant({ kind: 'final-given' } as const),
    which.map((name) => ({ kind: 'timer-fired', timer: name }) as const),
  );
  const cancelEvent: fc.Arbitrary<CancelEvent> = fc.oneof(
    fc.constantFrom(
      { kind: 'cancel-wanted' },
      { kind: 'provisional-received' },
      { kind: 'timer-fired' },
    ),
    status.map((value) => ({ kind: 'final-received', status: value }) as const),
  );
  fc.assert(
    fc.property(fc.array(reliableEvent), fc.array(cancelEvent), (reliable, cancel) => {
      let state = startReliable(timers);
      for (const event of reliable) state = stepReliable(state, event)[0];
      assert.equal(stepReliable(state, { kind: 'final-given' })[0].name, 'ended');
      let cancelling = startCancel;
      for (const event of cancel) cancelling = stepCancel(cancelling, event)[0];
      assert.equal(stepCancel(cancelling, { kind: 'final-received', status: 200 })[0].name, 'over');
      let success = startSuccess(timers)[0];
      for (const event of reliable) {
        if (event.kind === 'timer-fired') success = stepSuccess(success, event)[0];
        if (event.kind === 'given') success = stepSuccess(success, { kind: 'ack-received' })[0];
      }
      assert.equal(stepSuccess(success, { kind: 'dialog-ended' })[0].name, 'ended');
    }),
  );
});
