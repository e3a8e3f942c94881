// Which trunk an attempt went over, whom it showed: from the settings to the call and back.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { begin, step } from '../../callback/machine.ts';
import { toRecord } from '../../callback/record.ts';
import { makePromise } from '../../callback/schedule.ts';
import { createCalls } from '../../callback/adapters/calls.ts';
import type { CallEvent, DialCustomer } from '../../callback/index.ts';
import { until } from '../support/until.ts';
import { failure, makeWorld } from './adapters/fakes.ts';
import { agentOf, failureOf, requestOf, settingsOf, startMs } from './support.ts';

const shown = { trunk: 'both', callerId: '+12025550177', withholdCallerId: true };

/** The attempt of a promise after these events; and the dial command. */
function attemptAfter(events: readonly CallEvent[]) {
  const promise = makePromise(requestOf(), settingsOf(shown), 'c1', startMs);
  const notice = { type: 'agent-reserved', ...agentOf() } as const;
  const reserved = { type: 'agent-noticed', atMs: startMs, notice, numberInUse: false } as const;
  let [state] = begin(promise);
  const [dialing, effects] = step(state, reserved);
  state = dialing;
  const attemptKey = state.attempts[0]?.attemptKey ?? '';
  for (const event of events) {
    [state] = step(state, { type: 'call-reported', atMs: startMs, attemptKey, event });
  }
  const dial = effects.find((effect) => effect.type === 'dial-customer');
  return { attempt: toRecord(state).attempts[0], command: dial?.command };
}

test('the settings of the queue reach the dial', () => {
  const { command } = attemptAfter([]);
  const { trunk, callerId, withholdCallerId } = command ?? {};
  assert.deepEqual({ trunk, callerId, withholdCallerId }, shown);
});

test('the record says which trunk carried the attempt, however it went', () => {
  const busy = failureOf(486);
  const stories: readonly (readonly [readonly CallEvent[], string | undefined])[] = [
    [[], undefined],
    [[{ type: 'customer-ringing', trunk: 'b' }], 'b'],
    [[{ type: 'customer-answered', trunk: 'b' }], 'b'],
    [[{ type: 'customer-failed', failure: busy, trunk: 'b' }], 'b'],
    [
      [
        { type: 'customer-ringing', trunk: 'b' },
        { type: 'customer-failed', failure: busy },
      ],
      'b',
    ],
    [[{ type: 'customer-failed', failure: busy }], undefined],
  ];
  for (const [events, trunk] of stories) assert.equal(attemptAfter(events).attempt?.trunk, trunk);
});

const DIAL: DialCustomer = {
  ...{ interactionId: 'cb-1', attemptKey: 'cb-1:3:0', customerNumber: '+12025550101' },
  ...{ ...shown, ringTimeoutMs: 30_000 },
};

test('the call is placed as the command says, and tells the last trunk tried', async () => {
  const world = makeWorld();
  const calls = createCalls({ treatment: () => [] }, world.deps);
  const heard: CallEvent[] = [];
  calls.onEvent((_id, _key, event) => heard.push(event));
  calls.dialCustomer(DIAL);
  const call = await until('the call', () => world.calls[0]);
  assert.deepEqual(call.request.target, {
    kind: 'number',
    number: '+12025550101',
    trunk: 'both',
  });
  assert.equal(call.request.callerId, '+12025550177');
  assert.equal(call.request.withholdCallerId, true);
  call.events.trunkChosen?.('a');
  call.events.trunkChosen?.('b');
  call.events.provisional(180, null);
  call.events.failed(failure(486));
  assert.deepEqual(
    heard.map((event) => ('trunk' in event ? [event.type, event.trunk] : [event.type])),
    [
      ['customer-ringing', 'b'],
      ['customer-failed', 'b'],
    ],
  );
});
