// What operators do with live calls over the API, proved by what each telephone hears.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amplitude, tone } from '../support/audio.ts';
import { untilHeard, voice, whole } from '../support/hearing.ts';
import { person } from '../support/phone/behaviours.ts';
import { openSite } from '../support/site.ts';
import { phrase, prompt, speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const hello = speech('person-hello');
const customerTalk = speech('customer-talk');
const agentTalk = speech('agent-talk');
const SECOND = 8_000;
/** What the supervisor says: unlike the others, and without the beep, which the greeting is. */
const advice = speech('machine-greeting').subarray(0, 4 * SECOND);

/** What the agent hums in the end: cheap to find, so that the phones of this process keep pace. */
const AGENT_HZ = 850;

/** Whether the agent's hum is loud in the last quarter of a second. */
function hearsAgent(call: { heard(): Int16Array }): boolean {
  const tail = call.heard().subarray(-SECOND / 4);
  return tail.length > 0 && amplitude(tail, AGENT_HZ) > 500;
}

test('a supervisor whispers, takes part and leaves; an operator hangs up', async (t) => {
  const site = await openSite({ agents: ['anna', 'boss'] });
  t.after(() => site.close());
  const anna = await site.agentPhone('anna');
  // Silent, so that each telephone hears one voice at a time.
  anna.onCall(person({ hello: agentTalk.subarray(0, 160) }));
  const boss = await site.agentPhone('boss');
  boss.onCall(person({ hello: advice.subarray(0, 160), talk: advice, talkAfterMs: 0 }));
  site.customer.onCall(person({ hello, talk: customerTalk }));
  await site.ready('anna');
  const id = await site.callBack();
  const at = `/api/v1/calls/${id}`;
  const early = await site.api('POST', `${at}/hold`, { on: true });
  assert.ok([404, 409].includes(early.status), String(early.status));
  await site.callbackIn(id, 'connected');
  const customer = site.customer.calls[0];
  const agent = anna.calls[0];
  assert.ok(customer && agent);

  await site.expectOk('POST', `${at}/monitor`, { agentId: 'boss', mode: 'whisper' });
  const supervisor = await until('the supervisor rings', () => boss.calls[0]);
  await untilHeard('the supervisor hears the customer', supervisor, voice(customerTalk), 0.5);
  customer.stopPlaying();
  await untilHeard('the agent hears the whisper', agent, voice(advice), 0.5);
  const overheard = voice(advice)(customer.heard().subarray(-5 * SECOND));
  assert.ok(overheard < 0.4, `the customer does not hear the whisper: ${overheard}`);
  const { body } = await site.expectOk('GET', '/api/v1/calls');
  const [view] = body['items'] as Record<string, unknown>[];
  assert.deepEqual(
    [view?.['supervision'], view?.['recording'], (view?.['legs'] as unknown[]).length],
    ['whisper', 'on', 3],
  );

  await site.expectOk('POST', `${at}/monitor`, { mode: 'barge' });
  await untilHeard('the customer hears it', customer, voice(advice), 0.5);
  await site.expectOk('DELETE', `${at}/monitor`);
  await supervisor.ended;
  void agent.play(tone([AGENT_HZ], 1_000), { loop: true });
  await until('the customer hears the agent again', () => hearsAgent(customer));
  await site.expectOk('POST', `${at}/hold`, { on: true });
  await until('the customer is on hold', () => !hearsAgent(customer));
  await site.expectOk('POST', `${at}/hold`, { on: false });
  await until('the customer is back', () => hearsAgent(customer));
  await site.expectOk('POST', `${at}/dtmf`, { digits: '17', to: 'customer' });
  await until('the keys', () => customer.digits === '17');
  await site.expectOk('POST', `${at}/hangup`);
  await Promise.all([customer.ended, agent.ended]);
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED');
  assert.equal((await site.api('POST', `${at}/hold`, { on: true })).body['code'], 'CALL_UNKNOWN');
});

test('a caller is welcomed in German with place in line, and told of the recording', async (t) => {
  const site = await openSite({
    queue: {
      language: 'de',
      announce: { position: true, wait: true },
      recording: { enabled: true, consentPrompt: 'recording-notice', beepEverySeconds: 60 },
    },
    agents: ['anna', 'ben'],
  });
  t.after(() => site.close());
  const { host, port } = site.sipAddress;
  const dial = (from: string) =>
    site.customer.dial({
      to: `sip:+12025550100@${host}:${port}`,
      from: `sip:${from}@${site.customer.address.host}`,
    });
  const anna = await site.agentPhone('anna');
  anna.onCall(person({ hello: agentTalk.subarray(0, 160), talk: agentTalk, talkAfterMs: 0 }));
  await dial('+12025550101');
  await until('the first is in line', async () => {
    const { body } = await site.expectOk('GET', '/api/v1/queues/support');
    return body['waitingLive'] === 1;
  });
  const second = await dial('+12025550102');
  const said = prompt('queue-welcome', 'de');
  await untilHeard('the welcome in German', second, voice(said), 0.8, 60 * SECOND);
  // It is said once: a flaw in it must not matter, but another number must.
  const place = (position: number) => whole(phrase('de', { kind: 'position', position }));
  const [isFirst, isSecond] = [place(1), place(2)];
  const secondNotFirst = (heard: Int16Array) => {
    const surely = isSecond(heard);
    return surely > isFirst(heard) ? surely : 0;
  };
  await untilHeard('the second place', second, secondNotFirst, 0.6, 60 * SECOND);
  await site.ready('anna');
  const first = await until('anna rings', () => anna.calls[0]);
  const notice = prompt('recording-notice', 'de');
  await untilHeard('the agent hears of the recording', first, voice(notice), 0.8);
});
