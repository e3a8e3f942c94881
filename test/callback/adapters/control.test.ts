// What operators do with a conversation, against telephony that writes everything down.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createCalls } from '../../../callback/adapters/calls.ts';
import type { Control, RecordingManner } from '../../../callback/adapters/control.ts';
import { until } from '../../support/until.ts';
import type { FakeCall, FakeLeg, World } from './fakes.ts';
import { failure, makeWorld } from './fakes.ts';

const ID = 'cb-1';
const FILE = 'cb-1_1_0.wav';
const SILENT: RecordingManner = { consent: [], beepEveryMs: null, pauseOnHold: false };
const CONSENT: RecordingManner = {
  ...SILENT,
  consent: [{ kind: 'file', path: 'notice.wav' }],
  pauseOnHold: true,
};
const PROMPT = [{ kind: 'file', path: 'prompt.wav' }] as const;

interface Side {
  readonly call: FakeCall;
  readonly leg: FakeLeg;
}

interface Talk {
  readonly world: World;
  readonly control: Control;
  readonly customer: Side;
  readonly agent: Side;
  /** The legs and calls by the order in which they came. */
  readonly nth: (n: number) => Promise<Side>;
}

/** Customer (leg-1) and agent (leg-2) talk and are recorded. */
async function talk(manner: RecordingManner): Promise<Talk> {
  const world = makeWorld();
  const treatment = (name: string) => [{ kind: 'file', path: `${name}.wav` }] as const;
  const calls = createCalls({ treatment, recordingManner: () => manner }, world.deps);
  const nth = async (n: number): Promise<Side> => ({
    call: await until(`call ${n}`, () => world.calls[n - 1]),
    leg: await until(`leg ${n}`, () => world.legs.get(`leg-${n}`)),
  });
  calls.dialCustomer({
    interactionId: ID,
    attemptKey: 'cb-1:1:0',
    customerNumber: '+15550100',
    trunk: null,
    ringTimeoutMs: 30_000,
  });
  const customer = await nth(1);
  customer.call.events.answered('sdp');
  calls.ringAgent({
    interactionId: ID,
    reservationId: 'res-1',
    username: 'anna',
    ringTimeoutMs: 10_000,
    customerNumber: '+15550100',
  });
  const agent = await nth(2);
  agent.call.events.answered('sdp');
  calls.join(ID, 'res-1', true);
  const control = calls.control(ID);
  assert.ok(control);
  return { world, control, customer, agent, nth };
}

const plays = ({ leg }: Side): string[] => leg.did.filter((what) => what.startsWith('play'));

test('nothing is recorded until both heard that they are, whatever comes between', async () => {
  const { world, control, customer, agent } = await talk(CONSENT);
  assert.deepEqual(world.tape, [`record ${FILE}`, 'pause']);
  assert.deepEqual([plays(customer), plays(agent)], [['play notice.wav'], ['play notice.wav']]);
  control.hold(true);
  control.hold(false);
  assert.equal(plays(customer).at(-1), 'play notice.wav', 'once more, for hold cut it short');
  control.pauseRecording(true);
  customer.leg.events.playEnded?.(1);
  assert.ok(!world.tape.includes('resume'), 'the first one was cut short');
  customer.leg.events.playEnded?.(customer.leg.lastPlayId);
  assert.ok(!world.tape.includes('resume'), 'an operator paused it');
  control.pauseRecording(false);
  assert.equal(world.tape.at(-1), 'resume');
  control.hold(true);
  assert.equal(world.tape.at(-1), 'pause');
  control.pauseRecording(true);
  control.hold(false);
  assert.equal((await control.view()).recording, 'paused');
  assert.equal(world.tape.at(-1), 'pause', 'hold is over, the pause is not');
});

test('a prompt in the middle of the notice: the notice comes again', async () => {
  const { world, control, customer } = await talk(CONSENT);
  control.play(PROMPT, 'both');
  customer.leg.events.playEnded?.(customer.leg.lastPlayId);
  assert.deepEqual(plays(customer), ['play notice.wav', 'play prompt.wav', 'play notice.wav']);
  customer.leg.events.playEnded?.(customer.leg.lastPlayId);
  assert.equal(world.tape.at(-1), 'resume');
});

test('hold is music for the customer, again after every prompt, then the agent', async () => {
  const { world, control, customer, agent } = await talk(SILENT);
  control.hold(true);
  assert.equal(world.bridges.at(-1), 'leg-1< leg-2<');
  assert.deepEqual(plays(customer), ['play waiting.wav loop']);
  control.play(PROMPT, 'customer');
  customer.leg.events.playEnded?.(customer.leg.lastPlayId);
  assert.equal(plays(customer).at(-1), 'play waiting.wav loop');
  control.hold(false);
  assert.equal(world.bridges.at(-1), 'leg-1+leg-2');
  control.play(PROMPT, 'both');
  assert.deepEqual(plays(agent), ['play prompt.wav']);
  customer.leg.events.playEnded?.(customer.leg.lastPlayId);
  assert.equal(plays(customer).at(-1), 'play prompt.wav', 'no music after hold');
  control.pressKeys('12', 'customer');
  assert.equal(customer.leg.did.at(-1), 'press 12');
  assert.deepEqual(world.tape, [`record ${FILE}`], 'nothing paused it');
});

test('a third party by number takes part, and is missed by nobody when it leaves', async () => {
  const { world, control, nth } = await talk(SILENT);
  const target = { kind: 'number', number: '+15550199', trunk: null } as const;
  control.supervise(target, 'conference');
  assert.throws(() => control.supervise(target, 'listen'), { code: 'CALL_SUPERVISED' });
  const third = await nth(3);
  assert.deepEqual(third.call.request.target, target);
  assert.equal(world.bridges.length, 1, 'nothing changes while it rings');
  third.call.events.answered('sdp');
  const conference = 'leg-1<leg-2+leg-3 leg-2<leg-1+leg-3 leg-3<leg-1+leg-2';
  assert.equal(world.bridges.at(-1), conference);
  control.hold(true);
  assert.equal(world.bridges.at(-1), 'leg-1< leg-2<leg-3 leg-3<leg-2');
  control.hold(false);
  assert.equal(world.bridges.at(-1), conference);
  control.endSupervision();
  assert.deepEqual(third.call.hungUp, ['supervision ended']);
  assert.equal(world.bridges.at(-1), 'leg-1+leg-2');
  assert.throws(() => control.endSupervision(), { code: 'CALL_NOT_SUPERVISED' });
  control.supervise(target, 'listen');
  (await nth(4)).call.events.failed(failure(486));
  assert.equal((await control.view()).supervision, null);
});
