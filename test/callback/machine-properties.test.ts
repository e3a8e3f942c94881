// The callback machine under any story: what holds in every phase, whatever happens next.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { step } from '../../callback/machine.ts';
import { countedAttempts } from '../../callback/attempt.ts';
import { wakeAtMs } from '../../callback/schedule.ts';
import type { CallbackMachineState } from '../../callback/state.ts';
import type { AgentEvent, Answer, CallEvent, CallInPromise } from '../../callback/index.ts';
import { agentOf, failureOf, findingOf } from './support.ts';
import type { Occurrence } from './stories.ts';
import { cancel, landed, restarted, tell } from './stories.ts';

const callEvents: readonly CallEvent[] = [
  { type: 'customer-ringing' },
  { type: 'customer-answered' },
  { type: 'customer-failed', failure: failureOf(486) },
  ...['person', 'machine', 'fax', 'silence'].map(
    (kind) => ({ type: 'customer-classified', finding: findingOf(kind) }) as const,
  ),
  { type: 'machine-beeped' },
  ...['1', '2', '3', '7', '9'].map(
    (digit) => ({ type: 'digit', leg: 'customer', digit, durationMs: 100 }) as const,
  ),
  ...['greeting', 'apology', 'machine-message', 'snoozed', 'rescheduled'].map(
    (treatment) => ({ type: 'treatment-ended', treatment }) as const,
  ),
  { type: 'customer-hung-up' },
  ...(['r1', 'r2'] as const).flatMap((reservationId): CallEvent[] => [
    { type: 'agent-answered', reservationId },
    { type: 'agent-failed', reservationId, why: 'no-answer' },
    { type: 'agent-hung-up', reservationId },
    { type: 'joined', reservationId, recording: null },
  ]),
  { type: 'call-lost', reason: 'x' },
];

const agentEvents: readonly AgentEvent[] = [
  { type: 'dial-notified' },
  { type: 'agent-assigned', ...agentOf('r1') },
  { type: 'agent-reserved', ...agentOf('r2') },
  { type: 'reservation-lost', reservationId: 'r1' },
];

const anyAnswers = (['yes', 'no'] as const).flatMap((says): Answer[] => [
  { by: 'customer', says },
  { by: 'agent', agentId: 'ann', says },
  { by: 'agent', agentId: 'ann', says: 'later', minutes: 30 },
]);

const anyOccurrence: fc.Arbitrary<Occurrence> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...callEvents).map((call) => ({ call })) },
  {
    weight: 3,
    arbitrary: fc
      .record({ agent: fc.constantFrom(...agentEvents), numberInUse: fc.boolean() })
      .map((occurrence) => occurrence),
  },
  { weight: 3, arbitrary: fc.constant<Occurrence>({ wake: true }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...anyAnswers).map((answer): Occurrence => ({ answer })),
  },
  { weight: 1, arbitrary: fc.constant(restarted) },
  { weight: 1, arbitrary: fc.constant(landed) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        'submit-to-routing',
        'dial-customer',
        'take-call',
        'ring-agent',
        'join',
        'play-to-customer',
      )
      .map((failed): Occurrence => ({ failed })),
  },
);

const confirmations = (['connect', 'machine'] as const).map((whenNoKey) => ({
  snoozeMinutes: 10,
  whenNoKey,
}));

const anySettings = fc.record({
  firstParty: fc.constantFrom('customer' as const, 'agent' as const),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  machineMessage: fc.constantFrom(null, 'machine-message'),
  confirm: fc.constantFrom(null, ...confirmations),
  laterMinutes: fc.constantFrom(null, 5),
  survey: fc.constantFrom([], ['survey-satisfaction']),
  preview: fc.constantFrom(null, { timeoutSeconds: 20, maxRejects: 2, onTimeout: 'next' as const }),
  readyConfirm: fc.option(
    fc.record({
      timeoutSeconds: fc.constant(30),
      attempts: fc.integer({ min: 1, max: 3 }),
      onTimeout: fc.constantFrom('dial' as const, 'fail' as const, 'requeue' as const),
    }),
    { nil: null },
  ),
});

const anyCallIn: fc.Arbitrary<CallInPromise | undefined> = fc.option(
  fc.record({
    accessNumber: fc.constant('+12025550199'),
    accessCode: fc.constantFrom(null, '481516'),
    opens: fc.constantFrom('turn' as const, 'now' as const),
    callWithinMs: fc.constant(120_000),
    whenNotCalled: fc.constantFrom('expire' as const, 'dial' as const),
    knowsByNumber: fc.boolean(),
  }),
  { nil: undefined },
);
const anyStory = fc.array(anyOccurrence, { maxLength: 60 });

test('any story: revisions grow by one, attempts are bounded, time alone ends it', () => {
  fc.assert(
    fc.property(anySettings, anyStory, anyCallIn, (changes, story, callIn) => {
      const { state, nowMs } = tell(changes, story, {}, callIn);
      const { attempts, promise } = state;
      assert.ok(countedAttempts(attempts) <= promise.maxAttempts);
      const open = attempts.filter(({ endedAtMs }) => endedAtMs === null);
      assert.ok(open.length <= 1);
      assert.ok(state.phase.name !== 'completed' || open.length === 0);
      endsByItself(state, nowMs);
    }),
    { numRuns: 600 },
  );
});

/** With nothing but timers every callback ends, unless two people talk. */
function endsByItself(from: CallbackMachineState, fromMs: number): void {
  let state = from;
  let atMs = fromMs;
  for (let fired = 0; fired < 50; fired += 1) {
    const dueMs = wakeAtMs(state);
    if (dueMs === null) break;
    atMs = Math.max(atMs, dueMs);
    const [next] = step(state, { type: 'time-passed', atMs, numberInUse: false });
    assert.notEqual(next, state, `due in ${state.phase.name}, but nothing happens`);
    assert.equal(next.revision, state.revision + 1);
    state = next;
  }
  assert.ok(state.phase.name === 'completed' || state.phase.name === 'connected');
}

test('cancel ends every callback at once, except while two people talk', () => {
  fc.assert(
    fc.property(anySettings, anyStory, anyCallIn, (changes, story, callIn) => {
      const before = tell(changes, story, {}, callIn).state.phase.name;
      const { state } = tell(changes, [...story, cancel], {}, callIn);
      const stays = ['connected', 'surveying', 'completed'].includes(before);
      assert.equal(state.phase.name, stays ? before : 'completed');
    }),
    { numRuns: 300 },
  );
});
