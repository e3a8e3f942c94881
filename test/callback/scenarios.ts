// The scenarios whose histories are kept as fixtures, and what a fixture is made of.
import { begin, step } from '../../callback/machine.ts';
import { makePromise, wakeAtMs } from '../../callback/schedule.ts';
import type {
  CallbackEffect,
  CallbackMachineEvent,
  CallbackMachineState,
  CallbackPromise,
} from '../../callback/state.ts';
import { effectVersion, stateVersion } from '../../callback/store/upcast.ts';
import type { CallbackSettings, CallInPromise } from '../../callback/index.ts';
import { failureOf, requestOf, settingsOf, startMs } from './support.ts';
import {
  agentSays,
  answered,
  assigned,
  cancel,
  ended,
  eventOf,
  heard,
  hungUp,
  joined,
  landed,
  lost,
  notified,
  online,
  reserved,
  restarted,
  rona,
  wake,
  waitingOnLine,
} from './stories.ts';
import type { Occurrence } from './stories.ts';

interface Scenario {
  readonly story: readonly Occurrence[];
  readonly settings?: Partial<CallbackSettings>;
  readonly request?: Parameters<typeof requestOf>[0];
  readonly callIn?: CallInPromise;
}

function accessOf(changes: Partial<CallInPromise>): CallInPromise {
  return {
    ...{ accessNumber: '+12025550199', accessCode: '481516', opens: 'turn' },
    ...{ callWithinMs: 90_000, whenNotCalled: 'expire', knowsByNumber: true },
    ...changes,
  };
}

const busy: Occurrence = { call: { type: 'customer-failed', failure: failureOf(486) } };
const met = [...online, agentSays('agent-answered'), ended('greeting'), joined];

/** By the name of the file. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  connected: { story: [...met, hungUp] },
  'agent-first': {
    settings: { firstParty: 'agent' },
    story: [reserved, agentSays('agent-answered'), answered, heard('person'), joined, hungUp],
  },
  notified: { story: [...waitingOnLine, ended('greeting'), hungUp] },
  'busy-and-again': { story: [reserved, busy, wake, ...met, hungUp] },
  'busy-to-the-end': {
    settings: { maxAttempts: 2 },
    story: [reserved, busy, wake, notified, busy],
  },
  machine: { story: [reserved, answered, heard('machine'), wake, wake] },
  fax: { story: [reserved, answered, heard('fax')] },
  silence: { story: [reserved, answered, heard('silence'), hungUp] },
  'nobody-answers-there': { story: [...online, rona(), wake, wake] },
  cancelled: { story: [reserved, cancel] },
  lost: { story: [...online, lost, wake] },
  'lost-in-conversation': { story: [...met, lost] },
  restarted: { story: [reserved, restarted, wake] },
  'scheduled-and-expired': {
    request: { desiredTimeMs: startMs + 3_600_000 },
    story: [wake, wake],
  },
  'routing-refused': { story: [{ failed: 'submit-to-routing' }, wake] },
  'called-in': {
    callIn: accessOf({}),
    story: [reserved, landed, agentSays('agent-answered'), ended('access-welcome'), joined, hungUp],
  },
  'called-in-early-and-lost': {
    callIn: accessOf({}),
    story: [landed, ended('access-welcome'), lost, wake, notified, landed, assigned(), hungUp],
  },
  'called-in-at-once': {
    callIn: accessOf({ opens: 'now' }),
    story: [landed, ended('access-welcome'), assigned(), rona(), hungUp],
  },
  'not-called-in': { callIn: accessOf({}), story: [reserved, wake] },
  'dial-refused': { story: [reserved, { failed: 'dial-customer' }, wake] },
};

/** What changes with every step; the promise stands at the top of the fixture. */
export interface FixtureStep {
  readonly event: CallbackMachineEvent;
  readonly state: Omit<CallbackMachineState, 'promise'>;
  readonly effects: readonly CallbackEffect[];
}

export interface Fixture {
  readonly stateVersion: number;
  readonly effectVersion: number;
  readonly promise: CallbackPromise;
  readonly first: Omit<FixtureStep, 'event'>;
  readonly steps: readonly FixtureStep[];
}

/** The history of a scenario as the machine tells it today. */
export function fixtureOf({ story, settings = {}, request = {}, callIn }: Scenario): Fixture {
  const own = settingsOf(settings);
  const promise = makePromise(requestOf(request), own, 'c1', startMs, startMs, callIn);
  const [first, firstEffects] = begin(promise);
  const steps: FixtureStep[] = [];
  let state = first;
  let nowMs = startMs;
  for (const occurrence of story) {
    if ('wake' in occurrence) nowMs = wakeAtMs(state) ?? nowMs;
    else nowMs += occurrence.after ?? 1_000;
    const event = eventOf(occurrence, state, nowMs);
    const [next, effects] = step(state, event);
    steps.push({ event, state: bare(next), effects });
    state = next;
  }
  return {
    ...{ stateVersion, effectVersion, promise },
    first: { state: bare(first), effects: firstEffects },
    steps,
  };
}

function bare({ promise: _, ...rest }: CallbackMachineState): FixtureStep['state'] {
  return rest;
}
