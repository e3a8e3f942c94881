// A trunk on a bad network: one SIP message of a kind is lost, and the callback is kept all the
// same, with one call to the customer and not two.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RelayDirection } from '../support/lossy.ts';
import { lossyRelay } from '../support/lossy.ts';
import { Phone } from '../support/phone.ts';
import { person } from '../support/phone/behaviours.ts';
import { openSite } from '../support/site.ts';
import { speech } from '../support/speech.ts';

/** What is lost once: start of the message, and which way it went. */
const LOSSES: readonly (readonly [start: string, direction: RelayDirection])[] = [
  ['INVITE', 'to-target'],
  ['SIP/2.0 180', 'from-target'],
  ['SIP/2.0 200', 'from-target'],
  ['ACK', 'to-target'],
  ['BYE', 'from-target'],
];

describe('one message is lost', { concurrency: 3 }, () => {
  for (const [start, direction] of LOSSES) {
    test(`${start} ${direction}`, async (t) => {
      let lost = false;
      const customer = await Phone.open({ name: 'customer' });
      const relay = await lossyRelay({
        target: customer.address,
        drop: (_n, message, way) => {
          if (lost || way !== direction || !message.startsWith(start)) return false;
          lost = true;
          return true;
        },
      });
      const site = await openSite({ trunk: { ...relay.address } });
      t.after(async () => {
        await customer.close();
        await site.close();
        relay.close();
      });
      customer.onCall(person({ hello: speech('person-hello'), ringMs: 50, stayMs: 6_000 }));
      const agent = await site.agentPhone('anna');
      agent.onCall((call) => call.answer());
      await site.ready('anna');
      const id = await site.callBack({ maxAttempts: 1 });
      const record = await site.callbackIn(id, 'completed');
      assert.equal(record['reason'], 'AGENT_CONNECTED');
      assert.equal(relay.dropped.length, 1);
      assert.equal(customer.calls.length, 1);
      assert.equal(agent.calls.length, 1);
    });
  }
});
