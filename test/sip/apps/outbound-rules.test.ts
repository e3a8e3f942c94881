// The outbound call's rule: cases as data, then its promises under any events.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bestFailure, startOutbound, stepOutbound } from '../../../sip/apps/outbound-rules.ts';
import type {
  BranchFailure,
  OutboundEffect,
  OutboundEvent,
} from '../../../sip/apps/outbound-rules.ts';

function failure(status: number): BranchFailure {
  return { status, reason: `r${status}`, q850Cause: null };
}

function run(branches: number, events: readonly OutboundEvent[]): readonly OutboundEffect[] {
  let state = startOutbound(branches);
  return events.flatMap((event) => {
    const [next, effects] = stepOutbound(state, event);
    state = next;
    return effects;
  });
}

/** Effects in short: the type, and what tells them apart. */
function short(effects: readonly OutboundEffect[]): readonly string[] {
  return effects.map((effect) => {
    switch (effect.type) {
      case 'cancel-branch':
        return `cancel ${effect.branch} ${effect.cause}`;
      case 'bye-branch':
        return `bye ${effect.branch}`;
      case 'tell-failed':
        return `failed ${effect.failure.status}${effect.failure.cancelledByUs ? ' by us' : ''}`;
      case 'tell-ended':
        return `ended ${effect.by}`;
      case 'tell-provisional':
        return `provisional ${effect.status}`;
      case 'tell-answered':
        return `answered ${effect.branch}`;
      case 'start-cancel-timer':
      case 'stop-timers':
        return effect.type;
    }
  });
}

const answer = (branch: number): OutboundEvent => ({ type: 'answer-received', branch, sdp: 'v=0' });
const fail = (branch: number, status: number): OutboundEvent => ({
  type: 'failure-received',
  branch,
  failure: failure(status),
});
const hangUp: OutboundEvent = { type: 'hang-up-asked', reason: 'x' };
const ringTimer: OutboundEvent = { type: 'ring-timer-fired' };
const cancelTimer: OutboundEvent = { type: 'cancel-timer-fired' };
const lost: OutboundEvent = { type: 'engine-lost', reason: 'x' };
const bye: OutboundEvent = { type: 'dialog-ended', by: 'peer', reason: 'x' };
const ringing: OutboundEvent = { type: 'provisional-received', status: 180, sdp: null };

const cases: readonly [string, number, readonly OutboundEvent[], readonly string[]][] = [
  [
    'rung, answered, hung up by the peer',
    1,
    [ringing, answer(0), bye],
    ['provisional 180', 'stop-timers', 'answered 0', 'ended peer'],
  ],
  ['busy', 1, [fail(0, 486)], ['stop-timers', 'failed 486']],
  [
    's.9.1: hang-up before the answer is a CANCEL, told when the final response is there',
    1,
    [hangUp, fail(0, 487)],
    ['stop-timers', 'start-cancel-timer', 'cancel 0 487', 'stop-timers', 'failed 487 by us'],
  ],
  [
    'the ring time-out cancels too',
    1,
    [ringTimer, fail(0, 487)],
    ['stop-timers', 'start-cancel-timer', 'cancel 0 408', 'stop-timers', 'failed 487 by us'],
  ],
  [
    'an answer that crosses the CANCEL gets its BYE, and one failure is told',
    1,
    [hangUp, answer(0), bye],
    [
      ...['stop-timers', 'start-cancel-timer', 'cancel 0 487'],
      ...['bye 0', 'stop-timers', 'failed 487 by us'],
    ],
  ],
  [
    'a cancelled peer that stays silent is not waited for; a later answer gets its BYE',
    1,
    [hangUp, cancelTimer, answer(0)],
    [
      'stop-timers',
      'start-cancel-timer',
      'cancel 0 487',
      'stop-timers',
      'failed 487 by us',
      'bye 0',
    ],
  ],
  [
    'several contacts: the first answer wins, the others are cancelled, a late one gets a BYE',
    3,
    [fail(0, 486), answer(2), answer(1)],
    ['stop-timers', 'cancel 1 200', 'answered 2', 'bye 1'],
  ],
  [
    'several contacts: all must fail',
    2,
    [fail(0, 480), fail(1, 486)],
    ['stop-timers', 'failed 480'],
  ],
  [
    's.16.7 step 5: a 6xx ends all, and that is not our cancelling',
    2,
    [fail(0, 603), fail(1, 487)],
    ['stop-timers', 'start-cancel-timer', 'cancel 1 600', 'stop-timers', 'failed 603'],
  ],
  ['engine lost while ringing', 2, [lost], ['stop-timers', 'failed 503']],
  [
    'engine lost while talking',
    1,
    [answer(0), lost],
    ['stop-timers', 'answered 0', 'ended engine'],
  ],
  [
    'hang-up while talking is a BYE, once',
    1,
    [answer(0), hangUp, hangUp, bye],
    ['stop-timers', 'answered 0', 'bye 0', 'ended us'],
  ],
];

for (const [title, branches, events, expected] of cases) {
  test(title, () => assert.deepEqual(short(run(branches, events)), expected));
}

test('s.16.7 step 6: the best of several failures', () => {
  const best = (...statuses: number[]) => bestFailure(statuses.map(failure)).status;
  assert.equal(best(486, 603), 603);
  assert.equal(best(503, 486, 302), 302);
  assert.equal(best(408, 486), 486, 'a time-out says less than busy');
  assert.equal(best(487, 408), 487);
  assert.equal(best(), 487);
});

test('property: one outcome at most, every unwanted answer gets a BYE, losing ends it', () => {
  const branch = fc.nat(2);
  const event: fc.Arbitrary<OutboundEvent> = fc.oneof(
    fc.constantFrom(hangUp, ringTimer, cancelTimer, bye, ringing),
    branch.map(answer),
    fc.tuple(branch, fc.constantFrom(302, 408, 486, 487, 503, 603)).map(([b, s]) => fail(b, s)),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const settled = new Set<number>();
      const possible = events.filter((one) => {
        if (one.type !== 'answer-received' && one.type !== 'failure-received') return true;
        const isFirst = !settled.has(one.branch);
        settled.add(one.branch);
        return isFirst;
      });
      const effects = short(run(3, [...possible, lost]));
      const count = (pattern: RegExp) => effects.filter((text) => pattern.test(text)).length;
      assert.equal(count(/^(failed|ended)/), 1);
      assert.ok(count(/^answered/) <= 1);
      const answers = possible.filter((one) => one.type === 'answer-received').length;
      const kept = count(/^answered/);
      const byesOfKept = count(/^ended us/);
      assert.equal(count(/^bye/), answers - kept + byesOfKept);
    }),
  );
});
