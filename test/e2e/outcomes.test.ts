// Whoever or whatever is at the other end: what one attempt comes to, from INVITE to record.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { bestCorrelation, concat, silence } from '../support/audio.ts';
import type { Behaviour } from '../support/phone/behaviours.ts';
import { busy, declining, fax, machine, noAnswer, person } from '../support/phone/behaviours.ts';
import type { Site } from '../support/site.ts';
import { openSite } from '../support/site.ts';
import { prompt, speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const messages: Int16Array[] = [];

interface Outcome {
  readonly title: string;
  readonly number: string;
  readonly behaviour: Behaviour;
  readonly result: string;
  readonly cpd: string | null;
}

const saysNothing: Behaviour = async (call) => {
  call.ring();
  if (await call.answer()) await call.ended;
};

const ringing = speech('ringback');
const toneThenSilence =
  (tone: Int16Array): Behaviour =>
  async (call) => {
    await call.earlyMedia(tone, { loop: true });
    await call.ended;
  };

const OUTCOMES: readonly Outcome[] = [
  {
    title: 'busy by signalling',
    number: '+12025550101',
    behaviour: busy(),
    result: 'BUSY',
    cpd: null,
  },
  {
    title: 'busy by tone in early media',
    number: '+12025550102',
    behaviour: toneThenSilence(speech('busy')),
    result: 'BUSY',
    cpd: 'busy',
  },
  {
    title: 'nobody answers',
    number: '+12025550103',
    behaviour: noAnswer(),
    result: 'NO_ANSWER',
    cpd: null,
  },
  {
    title: 'nobody answers, ringback in early media',
    number: '+12025550104',
    behaviour: toneThenSilence(ringing),
    result: 'NO_ANSWER',
    cpd: 'ringback',
  },
  {
    title: 'declined',
    number: '+12025550105',
    behaviour: declining(),
    result: 'REJECTED',
    cpd: null,
  },
  {
    title: 'a machine, which is left a message',
    number: '+12025550106',
    behaviour: machine({
      greeting: speech('machine-greeting'),
      silenceMs: 1500,
      onMessage: (message) => messages.push(message),
    }),
    result: 'ANSWERING_MACHINE',
    cpd: 'machine',
  },
  {
    title: 'a fax',
    number: '+12025550107',
    behaviour: fax(speech('fax-ced')),
    result: 'FAX',
    cpd: 'fax',
  },
  {
    title: 'a vacant number, by its tones',
    number: '+12025550108',
    // Over and over, as networks do.
    behaviour: toneThenSilence(concat(speech('sit-vacant'), silence(500))),
    result: 'SIT_TONE',
    cpd: 'sit',
  },
];

let site: Site;

before(async () => {
  const agents = OUTCOMES.map((_, index) => `agent-${index}`);
  site = await openSite({
    agents,
    callback: {
      maxAttempts: 1,
      ringTimeoutSeconds: 7,
      machineMessage: 'machine-message',
      record: false,
    },
  });
  site.customer.onCall((call) => {
    const outcome = OUTCOMES.find(({ number }) => number === call.localUser);
    return (outcome?.behaviour ?? saysNothing)(call);
  });
  for (const agent of agents) {
    const phone = await site.agentPhone(agent);
    phone.onCall(person({ hello: new Int16Array(160), stayMs: 1_500 }));
    await site.ready(agent);
  }
});

after(() => site.close());

// The calls run at the same time: they are many and they take real time.
test('outcomes of an attempt', { concurrency: OUTCOMES.length }, async (t) => {
  await Promise.all(
    OUTCOMES.map((outcome) =>
      t.test(outcome.title, async () => {
        const id = await site.callBack({ customerNumber: outcome.number });
        const record = await site.callbackIn(id, 'completed');
        const shown = JSON.stringify(record, null, 1);
        assert.equal(record['reason'], 'FAIL_CALL_TO_CUSTOMER', shown);
        const attempts = record['attempts'] as {
          result: string;
          cpd: { kind: string; confidence: number } | null;
        }[];
        assert.equal(attempts.length, 1, shown);
        assert.equal(attempts[0]?.result, outcome.result, shown);
        assert.equal(attempts[0].cpd?.kind ?? null, outcome.cpd, shown);
        const calls = site.customer.calls.filter((call) => call.localUser === outcome.number);
        assert.equal(calls.length, 1, 'dialled once');
      }),
    ),
  );
});

test('the machine was left the whole message after its beep', async () => {
  // The attempt is over for us a moment before the machine hears of it.
  const heard = await until('the machine recorded', () => messages[0]);
  const message = prompt('machine-message');
  const found = bestCorrelation(message, heard, 5_000);
  assert.ok(found.correlation > 0.8, `the message is on the machine: ${found.correlation}`);
  assert.ok(found.lagMs > -100, `it begins after the beep: ${found.lagMs} ms`);
});

test('every agent is ready again', async () => {
  // An agent is let go once the end of the callback has been written down.
  await until('all to be ready', async () => {
    const { body } = await site.expectOk('GET', '/api/v1/agents');
    return (body['items'] as { state: string }[]).every(({ state }) => state === 'ready');
  });
});
