// Sound with a real softphone as the agent: encrypted, and in a wideband codec.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Baresip } from '../support/baresip.ts';
import type { BaresipOptions } from '../support/baresip.ts';
import { untilHeard, untilRecorded, voice } from '../support/hearing.ts';
import { person } from '../support/phone/behaviours.ts';
import { openSite, PASSWORD } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { requireTool } from '../support/tools.ts';

type Case = Pick<BaresipOptions, 'codec' | 'mediaEncryption'> & { readonly userSrtp: string };

const cases: Readonly<Record<string, Case>> = {
  'SRTP that both insist on': { mediaEncryption: 'srtp-mand', userSrtp: 'required' },
  'SRTP that both would like': { mediaEncryption: 'srtp', userSrtp: 'optional' },
  'G.722, encrypted, to a customer in G.711': {
    codec: 'G722/16000/1',
    mediaEncryption: 'srtp-mand',
    userSrtp: 'required',
  },
};

for (const [name, { userSrtp, ...options }] of Object.entries(cases)) {
  test(`a softphone talks with a customer: ${name}`, async (t) => {
    if (!requireTool(t, 'baresip')) return;
    const site = await openSite({
      config: { media: { userSrtp, portMin: 30_000, portMax: 59_999 } },
    });
    t.after(() => site.close());
    const customerTalk = speech('customer-talk');
    const agentTalk = speech('agent-talk');
    site.customer.onCall(person({ hello: speech('person-hello'), talk: customerTalk }));
    const agent = await Baresip.start({
      username: 'anna',
      registration: { registrar: site.sipAddress, password: PASSWORD },
      speech: agentTalk,
      ...options,
    });
    t.after(() => agent.close());
    await agent.registered();
    await site.ready('anna');

    const id = await site.callBack();
    await site.callbackIn(id, 'connected');
    const customer = site.customer.calls[0];
    assert.ok(customer);
    await untilHeard('the customer hears the softphone', customer, voice(agentTalk), 0.8);
    await customer.wait(3_000);
    await customer.hangUp();
    await agent.event('CALL_CLOSED');
    await site.callbackIn(id, 'completed');
    const { heard } = await agent.dumps();
    await untilRecorded('the softphone heard', heard[0] ?? '', voice(customerTalk), 0.8);
  });
}
