// The inbound call's rule: cases as data, then its promises under any events.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stepInbound } from '../../../sip/apps/inbound-rules.ts';
import type { InboundEffect, InboundEvent, InboundState } from '../../../sip/apps/inbound-rules.ts';

function run(events: readonly InboundEvent[]): readonly InboundEffect[] {
  let state: InboundState = { name: 'waiting' };
  return events.flatMap((event) => {
    const [next, effects] = stepInbound(state, event);
    state = next;
    return effects;
  });
}

const ring: InboundEvent = { type: 'ring-asked', sdp: null };
const answer: InboundEvent = { type: 'answer-asked', sdp: 'v=0' };
const reject: InboundEvent = { type: 'reject-asked', status: 486, reason: 'Busy Here' };
const hangUp: InboundEvent = { type: 'hang-up-asked', reason: 'x' };
const cancel: InboundEvent = { type: 'cancel-received' };
const stood: InboundEvent = { type: 'dialog-stood' };
const refused: InboundEvent = { type: 'answer-refused', reason: 'x' };
const patience: InboundEvent = { type: 'patience-ended' };
const bye: InboundEvent = { type: 'dialog-ended', by: 'peer', reason: 'x' };
const lost: InboundEvent = { type: 'engine-lost', reason: 'x' };

const cases: readonly [string, readonly InboundEvent[], readonly InboundEffect['type'][]][] = [
  [
    'rung, answered, ended by the peer',
    [ring, answer, stood, bye],
    [
      ...(['extend-patience', 'send-provisional', 'stop-patience'] as const),
      ...(['send-answer', 'resolve-answer', 'tell-ended'] as const),
    ],
  ],
  ['rejected, once', [reject, reject, ring], ['stop-patience', 'send-rejection']],
  ['s.9.2: cancelled before the answer', [cancel, reject], ['stop-patience', 'tell-cancelled']],
  [
    'answering a cancelled call is refused',
    [cancel, answer],
    ['stop-patience', 'tell-cancelled', 'refuse-answer'],
  ],
  [
    'the engine refuses the 200: the caller is gone',
    [answer, refused],
    ['stop-patience', 'send-answer', 'refuse-answer'],
  ],
  ['nobody answered', [patience], ['send-rejection', 'tell-cancelled']],
  [
    'hang-up while talking is a BYE, once',
    [answer, stood, hangUp, hangUp, bye],
    ['stop-patience', 'send-answer', 'resolve-answer', 'send-bye', 'tell-ended'],
  ],
  [
    'engine lost while talking',
    [answer, stood, lost],
    ['stop-patience', 'send-answer', 'resolve-answer', 'tell-ended'],
  ],
  ['engine lost while waiting', [lost], ['stop-patience', 'tell-cancelled']],
];

for (const [title, events, expected] of cases) {
  test(title, () =>
    assert.deepEqual(
      run(events).map(({ type }) => type),
      expected,
    ),
  );
}

test('property: an answer is settled once, a call ends once, and losing the engine ends it', () => {
  const event = fc.constantFrom(ring, reject, hangUp, cancel, stood, refused, patience, bye);
  fc.assert(
    fc.property(fc.array(event), fc.nat(10), (events, at) => {
      const all = [...events.slice(0, at), answer, ...events.slice(at), lost];
      const types = run(all).map(({ type }) => type);
      const count = (...wanted: readonly InboundEffect['type'][]) =>
        types.filter((type) => wanted.includes(type)).length;
      assert.equal(count('resolve-answer', 'refuse-answer'), 1);
      assert.equal(count('tell-ended'), count('resolve-answer'));
      assert.ok(count('send-rejection', 'send-answer') <= 1, 'one final response');
    }),
  );
});
