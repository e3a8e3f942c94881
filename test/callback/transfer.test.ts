// The rule of a transfer: what the agent hears of it, and who talks to the customer afterwards.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { beginTransfer, stepTransfer } from '../../callback/transfer.ts';
import type { TransferEvent, TransferState } from '../../callback/transfer.ts';

const failed = { type: 'target-failed', status: 486, reason: 'Busy Here' } as const;
const is = (...types: Exclude<TransferEvent['type'], 'target-failed'>[]): TransferEvent[] =>
  types.map((type) => ({ type }));

function check(events: readonly TransferEvent[], expected: readonly string[]): void {
  let [state] = beginTransfer('blind');
  const did: string[] = [];
  for (const event of events) {
    const [next, effects] = stepTransfer(state, event);
    state = next;
    did.push(...effects.map((one) => ('status' in one ? `${one.type} ${one.status}` : one.type)));
  }
  assert.deepEqual([...did, state.name], expected);
}

const answered = ['join-target', 'report 200', 'release-agent', 'tell-transferred', 'over'];

const CASES: readonly (readonly [string, readonly TransferEvent[], readonly string[]])[] = [
  ['answered', is('target-rang', 'target-answered'), ['report 180', ...answered]],
  [
    'answered after the agent hung up: nobody is told or released',
    is('agent-left', 'target-answered'),
    ['join-target', 'tell-transferred', 'over'],
  ],
  ['in vain: the agent again', [failed], ['join-agent', 'report 486', 'tell-failed 486', 'over']],
  [
    'in vain without the agent: recalled',
    [...is('agent-left'), failed, ...is('recall-answered')],
    ['report 486', 'tell-failed 486', 'recall-agent', 'join-agent', 'over'],
  ],
  [
    'recalled in vain: over',
    [...is('agent-left'), failed, ...is('recall-failed')],
    ['report 486', 'tell-failed 486', 'recall-agent', 'tell-conversation-over', 'over'],
  ],
  ['the customer hangs up', is('customer-left'), ['drop-target', 'report 487', 'over']],
  [
    'the customer hangs up while the agent is recalled',
    [...is('agent-left'), failed, ...is('customer-left')],
    ['report 486', 'tell-failed 486', 'recall-agent', 'over'],
  ],
];

for (const [name, events, expected] of CASES) test(name, () => check(events, expected));

test('a queue, and who was consulted, end the transfer as it begins', () => {
  for (const kind of ['queue', 'consulted'] as const) {
    const [state, effects] = beginTransfer(kind);
    assert.equal(state.name, 'over');
    const types = effects.map(({ type }) => type);
    assert.ok(types.indexOf('report') < types.indexOf('release-agent'), 'told before the BYE');
  }
});

test('whatever happens: at most one final report, and nothing after the end', () => {
  const event: fc.Arbitrary<TransferEvent> = fc.oneof(
    fc.constantFrom(
      ...is('target-rang', 'target-answered', 'agent-left', 'customer-left'),
      ...is('recall-answered', 'recall-failed'),
    ),
    fc.constant(failed),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), (events) => {
      let state: TransferState = beginTransfer('blind')[0];
      let finals = 0;
      for (const one of events) {
        const wasOver = state.name === 'over';
        const [next, effects] = stepTransfer(state, one);
        state = next;
        if (wasOver) assert.deepEqual(effects, []);
        for (const effect of effects) {
          if (effect.type === 'report' && effect.status >= 200) finals++;
        }
      }
      assert.ok(finals <= 1);
    }),
  );
});
