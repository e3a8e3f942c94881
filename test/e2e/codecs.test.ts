// A carrier that speaks fewer codecs than the telephones of the site, in both directions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person } from '../support/phone/behaviours.ts';
import { openSite } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const hello = speech('person-hello');
const formats = (sdp = ''): string => /^m=audio \d+ \S+ (.+)$/m.exec(sdp)?.[1]?.trim() ?? '';

test('a trunk is offered its own codecs, agents those of the site', async (t) => {
  const site = await openSite({ trunk: { codecs: ['PCMA'] } });
  t.after(() => site.close());
  const anna = await site.agentPhone('anna');
  anna.onCall(person({ hello }));
  site.customer.onCall(person({ hello }));
  const { host, port } = site.sipAddress;
  const caller = await site.customer.dial({
    to: `sip:+12025550100@${host}:${port}`,
    from: `sip:+12025550101@${site.customer.address.host}`,
  });
  await caller.answered;
  assert.equal(caller.remoteAudio?.codec, 'PCMA', 'the answer to PCMU and PCMA');
  await site.ready('anna');
  const toAgent = await until('anna rings', () => anna.calls[0]);
  assert.match(formats(toAgent.invite?.body), /^0 8 9\b/);
  await caller.hangUp();
  await site.callBack();
  const toCustomer = await until('the customer rings', () =>
    site.customer.calls.find(({ direction }) => direction === 'incoming'),
  );
  assert.match(formats(toCustomer.invite?.body), /^8 \d+$/, 'PCMA and events');
});
