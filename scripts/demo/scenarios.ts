// The stories the demo can tell: who picks up and how, and what must have come of it in the end.
import { join } from 'node:path';
import type { Behaviour } from '../../test/support/phone/behaviours.ts';
import {
  busy,
  fax,
  machine,
  noAnswer,
  person,
  specialInformation,
} from '../../test/support/phone/behaviours.ts';

const SPEECH = join(import.meta.dirname, '../../test/support/speech');

/** A recording of the test voices. */
export function speech(name: string): string {
  return join(SPEECH, `${name}.wav`);
}

export interface DemoAgent {
  readonly agentId: string;
  readonly displayName: string;
  /** User of the SIP telephone. */
  readonly username: string;
  readonly level: number;
  readonly phone: () => Behaviour;
}

/** Everything that a story is expected to have led to. */
export interface Expected {
  /** Why the callback is completed; null: a live call, which is no callback. */
  readonly reason: string | null;
  /** Results of the attempts, in order. */
  readonly results: readonly string[];
  /** Verdict of call progress detection on the last attempt; null: none is asked for. */
  readonly heardAs: string | null;
  /** Whether customer and agent talk, and with whom. */
  readonly talksTo: string | null;
  /** Whether a message is left on a machine. */
  readonly message: boolean;
  readonly agentsRungFirst: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** How it begins: a POST, a call to the queue, or such a call that is given up. */
  readonly begins: 'callback' | 'call' | 'abandoned-call';
  /** Of the queue's callbacks; the rest is configuration default or set in stage.ts. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How the customer's telephone takes the nth call (from 1). */
  readonly customer: (n: number, told: (message: Int16Array) => void) => Behaviour;
  readonly agents: readonly DemoAgent[];
  readonly expected: Expected;
}

function somebody(): Behaviour {
  return person({ hello: speech('person-hello'), talk: speech('customer-talk'), ringMs: 800 });
}

function attentive(): Behaviour {
  const talk = speech('agent-talk');
  return person({ hello: talk, talk, ringMs: 700, pauseMs: 300, talkAfterMs: 400 });
}

const ALICE: DemoAgent = {
  agentId: 'alice',
  displayName: 'Alice',
  username: '1001',
  level: 5,
  phone: attentive,
};

const NOBODY_TALKS = { talksTo: null, message: false, agentsRungFirst: false } as const;
const ALICE_TALKS = { ...NOBODY_TALKS, talksTo: 'alice' } as const;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'person',
    title: 'A callback is asked for, a person answers, Alice is joined',
    begins: 'callback',
    settings: {},
    customer: somebody,
    agents: [ALICE],
    expected: {
      ...ALICE_TALKS,
      reason: 'AGENT_CONNECTED',
      results: ['CONNECTED'],
      heardAs: 'person',
    },
  },
  {
    name: 'busy',
    title: 'The line is busy; the second try reaches the customer',
    begins: 'callback',
    settings: { maxAttempts: 2 },
    customer: (n) => (n === 1 ? busy() : somebody()),
    agents: [ALICE],
    expected: {
      ...ALICE_TALKS,
      reason: 'AGENT_CONNECTED',
      results: ['BUSY', 'CONNECTED'],
      heardAs: 'person',
    },
  },
  {
    name: 'no-answer',
    title: 'Nobody answers, twice; the callback is given up',
    begins: 'callback',
    settings: { maxAttempts: 2 },
    customer: noAnswer,
    agents: [ALICE],
    expected: {
      ...NOBODY_TALKS,
      reason: 'FAIL_CALL_TO_CUSTOMER',
      results: ['NO_ANSWER', 'NO_ANSWER'],
      heardAs: null,
    },
  },
  {
    name: 'machine',
    title: 'An answering machine answers; a message is left after its beep',
    begins: 'callback',
    settings: { maxAttempts: 1, machineMessage: 'machine-message' },
    customer: (_n, told) =>
      machine({ greeting: speech('machine-greeting'), silenceMs: 3000, onMessage: told }),
    agents: [ALICE],
    expected: {
      ...NOBODY_TALKS,
      reason: 'FAIL_CALL_TO_CUSTOMER',
      results: ['ANSWERING_MACHINE'],
      heardAs: 'machine',
      message: true,
    },
  },
  {
    name: 'fax',
    title: 'A fax answers and is recognised by its tone',
    begins: 'callback',
    settings: { maxAttempts: 1 },
    customer: () => fax(speech('fax-ced')),
    agents: [ALICE],
    expected: {
      ...NOBODY_TALKS,
      reason: 'FAIL_CALL_TO_CUSTOMER',
      results: ['FAX'],
      heardAs: 'fax',
    },
  },
  {
    name: 'sit',
    title: 'Special information tones say that the number is not in service',
    begins: 'callback',
    settings: { maxAttempts: 1 },
    customer: () =>
      specialInformation(speech('sit-vacant'), { status: 503, reason: 'Service Unavailable' }),
    agents: [ALICE],
    expected: {
      ...NOBODY_TALKS,
      reason: 'FAIL_CALL_TO_CUSTOMER',
      results: ['SIT_TONE'],
      heardAs: null,
    },
  },
  {
    name: 'agent-first',
    title: 'Alice is called first and waits while the customer is dialled',
    begins: 'callback',
    settings: { firstParty: 'agent' },
    customer: somebody,
    agents: [ALICE],
    expected: {
      ...ALICE_TALKS,
      reason: 'AGENT_CONNECTED',
      results: ['CONNECTED'],
      heardAs: 'person',
      agentsRungFirst: true,
    },
  },
  {
    name: 'queue-call',
    title: 'A customer calls, hears music, and is joined to Alice',
    begins: 'call',
    settings: {},
    customer: noAnswer,
    agents: [ALICE],
    expected: { ...ALICE_TALKS, reason: null, results: [], heardAs: null },
  },
  {
    name: 'abandoned-call',
    title: 'A customer hangs up while waiting, keeps the place, and is called back',
    begins: 'abandoned-call',
    settings: { callbackOnAbandon: true },
    customer: somebody,
    agents: [ALICE],
    expected: {
      ...ALICE_TALKS,
      reason: 'AGENT_CONNECTED',
      results: ['CONNECTED'],
      heardAs: 'person',
    },
  },
  {
    name: 'rona',
    title: 'Bob does not take the call; the customer stays on the line and gets Alice',
    begins: 'callback',
    settings: {},
    customer: somebody,
    agents: [
      { agentId: 'bob', displayName: 'Bob', username: '1002', level: 9, phone: noAnswer },
      ALICE,
    ],
    expected: {
      ...ALICE_TALKS,
      reason: 'AGENT_CONNECTED',
      results: ['CONNECTED'],
      heardAs: 'person',
    },
  },
];
