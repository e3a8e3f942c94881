// The main job, end to end: from the HTTP request to two people who hear each other.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readWav } from '../../media/codec/wav.ts';
import { likeness, longestHoleMs, splitStereo } from '../support/audio.ts';
import { whole } from '../support/hearing.ts';
import { person } from '../support/phone/behaviours.ts';
import { openSite } from '../support/site.ts';
import { prompt, speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

test('a callback reaches a person and an agent, who hear each other', async (t) => {
  const site = await openSite({ callback: { greeting: 'greeting' } });
  t.after(() => site.close());
  const customerTalk = speech('customer-talk');
  const agentTalk = speech('agent-talk');
  site.customer.onCall(person({ hello: speech('person-hello'), talk: customerTalk }));
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello: agentTalk.subarray(0, 8), talk: agentTalk, stayMs: 12_000 }));
  await site.ready('anna');

  const id = await site.callBack();
  await site.callbackIn(id, 'connected');
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));

  const heardByAgent = agent.calls[0]?.heard() ?? new Int16Array(0);
  const heardByCustomer = site.customer.calls[0]?.heard() ?? new Int16Array(0);
  const greeted = whole(prompt('greeting'))(heardByCustomer);
  assert.ok(greeted > 0.8, `the whole greeting: ${greeted}`);
  const toAgent = likeness(customerTalk, heardByAgent);
  const toCustomer = likeness(agentTalk, heardByCustomer);
  assert.ok(toAgent.correlation > 0.8, `agent hears the customer: ${toAgent.correlation}`);
  assert.ok(toCustomer.correlation > 0.8, `customer hears the agent: ${toCustomer.correlation}`);

  const attempts = record['attempts'] as { recording: string }[];
  // Its file is completed in the background.
  const wav = await until('the whole recording', () => {
    const file = readWav(readFileSync(attempts[0]?.recording ?? ''));
    return file.samples.length > 0 && file;
  });
  assert.equal(wav.channels, 2);
  const { left, right } = splitStereo(wav.samples);
  const onLeft = likeness(customerTalk, left);
  const onRight = likeness(agentTalk, right);
  assert.ok(onLeft.correlation > 0.8, `customer is on the left: ${onLeft.correlation}`);
  assert.ok(onRight.correlation > 0.8, `agent is on the right: ${onRight.correlation}`);
  assert.ok(longestHoleMs(customerTalk, left) <= 40, 'no hole in the customer');
  assert.ok(longestHoleMs(agentTalk, right) <= 40, 'no hole in the agent');
});

test('a finished attempt tells how its legs were heard, and where it was recorded', async (t) => {
  const site = await openSite();
  t.after(() => site.close());
  const talk = speech('customer-talk').subarray(0, 8_000);
  site.customer.onCall(person({ hello: speech('person-hello'), talk }));
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello: talk, talk, stayMs: 2_000 }));
  await site.ready('anna');
  const id = await site.callBack();
  await site.callbackIn(id, 'completed');
  // Legs are measured when their sockets are closed, which is after the conversation is over.
  const measured = await until('the quality of both legs', async () => {
    const [attempt] = (await site.callback(id))['attempts'] as Attempt[];
    return attempt !== undefined && attempt.quality.length === 2 && attempt;
  });
  assert.deepEqual(measured.quality.map(({ leg }) => leg).toSorted(), ['agent', 'customer']);
  for (const { leg, mos, lossPercent } of measured.quality) {
    assert.ok(mos !== null && mos >= 1 && mos <= 4.5, `${leg}: ${mos}`);
    assert.ok(lossPercent >= 0 && lossPercent <= 100, `${leg}: ${lossPercent}`);
  }
  const href = measured.recordingLink?.href ?? '';
  const linked = (await site.expectOk('GET', href)).body;
  assert.deepEqual([linked['callbackId'], linked['attempt']], [id, 1]);
});

interface Attempt {
  readonly quality: readonly { leg: string; mos: number | null; lossPercent: number }[];
  readonly recordingLink: { readonly href: string } | null;
}
