// Telephones of agents as they come: registration with either digest algorithm, and a real
// softphone that takes a callback's conversation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Baresip } from '../support/baresip.ts';
import { untilHeard, untilRecorded, voice } from '../support/hearing.ts';
import type { PhoneError } from '../support/phone.ts';
import { person } from '../support/phone/behaviours.ts';
import { openSite, PASSWORD } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { requireTool } from '../support/tools.ts';

test('RFC 7616: telephones register with either algorithm, wrong passwords do not', async (t) => {
  const site = await openSite();
  t.after(() => site.close());
  const phone = await site.agentPhone('anna', { register: false });
  const registered = async () =>
    (await site.expectOk('GET', '/api/v1/agents/anna')).body['phoneRegistered'];
  const options = { registrar: site.sipAddress, username: 'anna', password: PASSWORD };
  for (const algorithm of ['SHA-256', 'MD5'] as const) {
    assert.equal(await registered(), false);
    await phone.register({ ...options, algorithm });
    assert.equal(await registered(), true);
    await phone.unregister();
  }
  assert.equal(await registered(), false);
  for (const wrong of [{ password: 'guessed' }, { username: 'nobody' }]) {
    const other = await site.agentPhone('other', { register: false });
    const refused = other.register({ ...options, ...wrong });
    await assert.rejects(refused, (error: PhoneError) => [401, 403].includes(error.status));
  }
  assert.equal(await registered(), false);
});

test('a real softphone takes the conversation of a callback', async (t) => {
  if (!requireTool(t, 'baresip')) return;
  const site = await openSite();
  t.after(() => site.close());
  const customerTalk = speech('customer-talk');
  const agentTalk = speech('agent-talk');
  site.customer.onCall(person({ hello: speech('person-hello'), talk: customerTalk }));
  const agent = await Baresip.start({
    username: 'anna',
    registration: { registrar: site.sipAddress, password: PASSWORD },
    speech: agentTalk,
  });
  t.after(() => agent.close());
  await agent.registered();
  await site.ready('anna');

  const id = await site.callBack();
  await site.callbackIn(id, 'connected');
  await agent.event('CALL_ESTABLISHED');
  const customer = site.customer.calls[0];
  assert.ok(customer);
  await untilHeard('the customer hears the softphone', customer, voice(agentTalk), 0.8);
  await customer.wait(3_000);
  await customer.hangUp();
  await agent.event('CALL_CLOSED');
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED');

  const { heard } = await agent.dumps();
  await untilRecorded('the softphone heard', heard[0] ?? '', voice(customerTalk), 0.8);
});
