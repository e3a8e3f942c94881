// A call over several trunks: nobody is rung twice, every turn goes back, one last word.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ours, startHunt, stepHunt } from '../../../../sip/apps/trunk/hunt-rules.ts';
import type { HuntEffect, HuntEvent, HuntState } from '../../../../sip/apps/trunk/hunt-rules.ts';

const started: HuntEvent = { type: 'started' };
const granted: HuntEvent = { type: 'slot-granted', hasTime: true, targets: [] };
const grantedLate: HuntEvent = { type: 'slot-granted', hasTime: false, targets: [] };
const refused: HuntEvent = { type: 'slot-refused', why: 'calls at once' };
const ringing: HuntEvent = { type: 'provisional-received', status: 180, sdp: null };
const answered: HuntEvent = { type: 'answer-received', sdp: 'v=0' };
const hangUp: HuntEvent = { type: 'hang-up-asked', reason: 'enough' };
const lost: HuntEvent = { type: 'engine-lost', reason: 'gone' };
const redirect = { requestUri: 'sip:1@elsewhere', isTrunk: false };

function failed(status: number, to: typeof redirect | null = null): HuntEvent {
  const failure = { ...ours(status, `s${status}`) };
  return { type: 'attempt-failed', failure, redirect: to, maxRedirects: 2, hasTime: true };
}

/** What was asked for and told, in short, and the state at the end. */
function run(events: readonly HuntEvent[], rest: readonly string[] = ['b']) {
  let state: HuntState = startHunt('a', rest);
  const said: string[] = [];
  for (const event of events) {
    const [next, effects] = stepHunt(state, event);
    state = next;
    said.push(...effects.map(inShort));
  }
  return { state, said };
}

function inShort(effect: HuntEffect): string {
  switch (effect.type) {
    case 'tell-failed':
      return (
        `failed ${effect.failure.status} ${effect.failure.reason}` +
        (effect.failure.engineLost === true ? ', engine lost' : '')
      );
    case 'tell-ended':
      return `ended ${effect.by}`;
    case 'send':
      return `send ${effect.trunk}${effect.redirect === null ? '' : ' redirected'}`;
    case 'ask-slot':
    case 'withdraw':
    case 'release-slot':
    case 'tell-trunk':
      return `${effect.type} ${effect.trunk}`;
    case 'hang-up-attempt':
    case 'lose-attempt':
    case 'stop-ring-timer':
    case 'tell-provisional':
    case 'tell-answered':
      return effect.type;
  }
}

test('the next trunk takes over what the first could not', () => {
  const { said, state } = run([started, granted, failed(503), granted, ringing, answered]);
  assert.deepEqual(said, [
    ...['ask-slot a', 'tell-trunk a', 'send a', 'release-slot a', 'ask-slot b'],
    ...['tell-trunk b', 'send b', 'tell-provisional', 'stop-ring-timer', 'tell-answered'],
  ]);
  assert.deepEqual(state, { name: 'answered', trunk: 'b' });
});

test('once it rang, a failure is final', () => {
  const { said } = run([started, granted, ringing, failed(503)]);
  assert.deepEqual(said.slice(-3), ['release-slot a', 'stop-ring-timer', 'failed 503 s503']);
});

test('what the callee says is final, and so is our own hanging up', () => {
  assert.equal(run([started, granted, failed(486)]).said.at(-1), 'failed 486 s486');
  const { said } = run([started, granted, hangUp]);
  assert.equal(said.at(-1), 'hang-up-attempt');
});

test('no turn: the next trunk, then our own reason; an earlier failure says more', () => {
  assert.equal(
    run([started, refused, refused]).said.at(-1),
    'failed 503 Trunk Unavailable: calls at once',
  );
  assert.equal(run([started, granted, failed(500), refused]).said.at(-1), 'failed 500 s500');
});

test('given up while waiting: the place in line goes back', () => {
  assert.deepEqual(run([started, hangUp]).said.slice(1), [
    ...['withdraw a', 'stop-ring-timer', 'failed 487 enough'],
  ]);
  assert.match(run([started, { type: 'ring-timer-fired' }]).said.at(-1) ?? '', /no turn in time/);
});

test('a turn that comes too late goes back: nobody is rung for a moment', () => {
  assert.deepEqual(run([started, grantedLate]).said.slice(1), [
    ...['release-slot a', 'stop-ring-timer', 'failed 503 Trunk Unavailable: no turn in time'],
  ]);
  const { said } = run([started, granted, failed(503), grantedLate]);
  assert.deepEqual(said.slice(-2), ['stop-ring-timer', 'failed 503 s503']);
});

test('redirects are followed on the same turn, so many times, and never after ringing', () => {
  const { said } = run(
    [started, granted, failed(302, redirect), failed(302, redirect), failed(302, redirect)],
    [],
  );
  assert.deepEqual(said.slice(2), [
    ...['send a', 'send a redirected', 'send a redirected'],
    ...['release-slot a', 'stop-ring-timer', 'failed 302 s302'],
  ]);
  const rang = run([started, granted, ringing, failed(302, redirect)]);
  assert.equal(rang.said.at(-1), 'failed 302 s302');
});

test('an engine that dies ends the call, whatever trunks are left', () => {
  assert.deepEqual(run([started, granted, lost]).said.slice(3), [
    ...['lose-attempt', 'release-slot a', 'stop-ring-timer', 'failed 503 gone, engine lost'],
  ]);
  const said = run([started, granted, answered, lost]).said.slice(5);
  assert.deepEqual(said, ['lose-attempt', 'release-slot a', 'ended engine']);
});

const anyEvent = fc.oneof(
  ...[granted, grantedLate, refused, ringing, answered, hangUp, lost].map((event) =>
    fc.constant(event),
  ),
  fc.constant<HuntEvent>({ type: 'ring-timer-fired' }),
  fc.constant<HuntEvent>({ type: 'dialog-ended', by: 'peer', reason: '' }),
  fc.constantFrom(302, 408, 486, 500, 503, 603).map((status) => failed(status)),
  fc.constant(failed(302, redirect)),
);

test('property: nobody is rung twice, turns are given back once, one last word', () => {
  fc.assert(
    fc.property(fc.array(anyEvent), fc.array(fc.constantFrom('b', 'c', 'd')), (events, rest) => {
      let state: HuntState = startHunt('a', rest);
      let rang = false;
      let turns = 0;
      let lastWords = 0;
      for (const event of [started, ...events]) {
        if (event.type === 'slot-granted' && state.name === 'waiting') turns += 1;
        const wasTrying = state.name === 'trying';
        const [next, effects] = stepHunt(state, event);
        for (const { type } of effects) {
          if (type === 'send') assert.ok(!rang, 'rung again');
          if (type === 'release-slot') turns -= 1;
          if (type === 'tell-failed' || type === 'tell-ended') lastWords += 1;
        }
        rang ||= wasTrying && event.type === 'provisional-received';
        assert.ok(turns === 0 || turns === 1);
        state = next;
      }
      const holds = state.name === 'trying' || state.name === 'answered';
      assert.equal(turns, holds ? 1 : 0);
      assert.equal(lastWords, state.name === 'over' ? 1 : 0);
    }),
  );
});
