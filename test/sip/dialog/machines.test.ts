// The three machines of a dialog by table: our 200, reliable provisionals, CANCEL.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  startCancel,
  stepCancel,
  type CancelEvent,
  type CancelState,
} from '../../../sip/dialog/cancel.ts';
import {
  startReliable,
  stepReliable,
  type ReliableEvent,
  type ReliableState,
} from '../../../sip/dialog/reliable.ts';
import {
  startSuccess,
  stepSuccess,
  type SuccessEvent,
  type SuccessState,
} from '../../../sip/dialog/success.ts';

const timers = { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 };

interface AnyEffect {
  readonly kind: string;
  readonly timer?: string;
  readonly afterMs?: number;
  readonly text?: string;
}

function told(state: { readonly name: string }, effects: readonly AnyEffect[]): string {
  const words = effects.map(({ kind, timer, afterMs, text }) =>
    [kind, timer, afterMs, text].filter((word) => word !== undefined).join(' '),
  );
  return [state.name, ...words].join(' | ');
}

function success(name: string, events: readonly SuccessEvent[], expected: string): void {
  test(name, () => {
    let [state, effects]: readonly [SuccessState, readonly AnyEffect[]] = startSuccess(timers);
    for (const event of events) [state, effects] = stepSuccess(state, event);
    assert.equal(told(state, effects), expected);
  });
}

const ack: SuccessEvent = { kind: 'ack-received' };
const bye: SuccessEvent = { kind: 'bye-wanted' };
const end: SuccessEvent = { kind: 'dialog-ended' };
const again: SuccessEvent = { kind: 'timer-fired', timer: 'resend' };
const giveUp: SuccessEvent = { kind: 'timer-fired', timer: 'give-up' };
success(
  's.13.3.1.4: the 200 starts both timers',
  [],
  'waiting | start-timer resend 500 | start-timer give-up 32000',
);
success('s.13.3.1.4: doubles', [again], 'waiting | resend | start-timer resend 1000');
success(
  's.13.3.1.4: up to T2',
  [again, again, again, again],
  'waiting | resend | start-timer resend 4000',
);
success('s.13.3.1.4: until the ACK', [ack], 'acknowledged | stop-timers | deliver-ack');
success('an ACK again is no news', [ack, ack], 'acknowledged');
success('s.13.3.1.4: no ACK, no session', [giveUp], 'ended | stop-timers | give-up');
success('s.15: BYE waits for the ACK', [bye], 'waiting');
success(
  's.15: and goes with it',
  [bye, ack],
  'acknowledged | stop-timers | deliver-ack | send-bye',
);
success('s.15: or when none came', [bye, giveUp], 'ended | stop-timers | send-bye');
success(
  's.15: or is dropped when the peer was faster',
  [bye, end],
  'ended | stop-timers | drop-bye',
);
success('s.15: after the ACK it goes at once', [ack, bye], 'acknowledged | send-bye');
success('an ended dialog stops the timers', [end], 'ended | stop-timers');
success('a stale timer means nothing', [ack, again], 'acknowledged');
success('ended is the end', [end, ack], 'ended');

function reliable(name: string, events: readonly ReliableEvent[], expected: string): void {
  test(name, () => {
    let state: ReliableState = startReliable(timers);
    let effects: readonly AnyEffect[] = [];
    for (const event of events) [state, effects] = stepReliable(state, event);
    assert.equal(told(state, effects), expected);
  });
}

const give = (rseq: number): ReliableEvent => ({
  kind: 'given',
  response: { rseq, text: `r${rseq}` },
});
const prack = (rseq: number): ReliableEvent => ({ kind: 'prack-received', rseq });
const final: ReliableEvent = { kind: 'final-given' };
const resend: ReliableEvent = { kind: 'timer-fired', timer: 'resend' };
const late: ReliableEvent = { kind: 'timer-fired', timer: 'give-up' };
const sent = 'start-timer resend 500 | start-timer give-up 32000';
reliable('RFC 3262 s.3: sent, both timers run', [give(1)], `waiting | send r1 | ${sent}`);
reliable(
  'RFC 3262 s.3: doubles without bound',
  [give(1), resend, resend, resend, resend],
  'waiting | send r1 | start-timer resend 8000',
);
reliable('RFC 3262 s.3: PRACK stops it', [give(1), prack(1)], 'idle | stop-timers');
reliable('RFC 3262 s.3: a PRACK of another is nothing', [give(1), prack(2)], 'waiting');
reliable('RFC 3262 s.3: one at a time', [give(1), give(2)], 'waiting');
reliable(
  'RFC 3262 s.3: the next follows the PRACK',
  [give(1), give(2), prack(1)],
  `waiting | stop-timers | send r2 | ${sent}`,
);
reliable('RFC 3262 s.3: no PRACK rejects', [give(1), late], 'ended | stop-timers | reject');
reliable('a final ends it', [give(1), final], 'ended | stop-timers');
reliable('ended is the end', [final, give(1)], 'ended');

function cancel(name: string, events: readonly CancelEvent[], expected: string): void {
  test(name, () => {
    let state: CancelState = startCancel;
    let effects: readonly AnyEffect[] = [];
    for (const event of events) [state, effects] = stepCancel(state, event);
    assert.equal(told(state, effects), expected);
  });
}

const want: CancelEvent = { kind: 'cancel-wanted' };
const ringing: CancelEvent = { kind: 'provisional-received' };
const timeout: CancelEvent = { kind: 'timer-fired' };
const got = (status: number): CancelEvent => ({ kind: 'final-received', status });
cancel('s.9.1: no CANCEL before a provisional', [want], 'held');
cancel('s.9.1: then it goes', [want, ringing], 'sent | send-cancel | start-timer');
cancel('s.9.1: or at once', [ringing, want], 'sent | send-cancel | start-timer');
cancel('s.9.1: only once', [ringing, want, want], 'sent');
cancel('s.9.1: no final in 64*T1 ends it', [ringing, want, timeout], 'over | give-up');
cancel('s.9.1: its 487 ends it', [ringing, want, got(487)], 'over | stop-timer');
cancel(
  'a 200 that crossed it wants a BYE',
  [ringing, want, got(200)],
  'over | stop-timer | bye-after-ack',
);
cancel('also when it was held', [want, got(200)], 'over | bye-after-ack');
cancel('a failure while held needs nothing', [want, got(486)], 'over');
cancel('s.9.1: too late for CANCEL', [got(200), want], 'over');
