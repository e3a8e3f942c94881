// A callback over a group of trunks: the first one is out of lines, the second one reaches the
// customer, who is shown the number of the queue; the record, the API and the metrics say so.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { header } from '../support/phone/message.ts';
import { person } from '../support/phone/behaviours.ts';
import { Phone } from '../support/phone.ts';
import { openSite } from '../support/site.ts';
import { speech } from '../support/speech.ts';

test('a callback finds its way through the trunk that can', async (t) => {
  const [full, carrier] = await Promise.all([
    Phone.open({ name: 'full' }),
    Phone.open({ name: 'carrier' }),
  ]);
  full.onCall((call) => call.reject(503, 'Service Unavailable'));
  carrier.onCall(person({ hello: speech('person-hello') }));
  const trunk = (name: string, phone: Phone) => ({
    ...{ name, host: phone.address.host, port: phone.address.port, callerId: '+12025550100' },
    allowedCallerIds: ['+12025550111'],
  });
  const site = await openSite({
    config: {
      sip: {
        listen: [{ protocol: 'udp', port: 0 }],
        trunks: [trunk('first', full), trunk('second', carrier)],
        trunkGroups: [
          { name: 'all', members: [{ trunk: 'second', priority: 2 }, { trunk: 'first' }] },
        ],
      },
    },
    callback: { trunk: 'all', callerId: '+12025550111', maxAttempts: 1, record: false },
  });
  t.after(async () => {
    await site.close();
    await Promise.all([full.close(), carrier.close()]);
  });
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello: speech('person-hello'), stayMs: 500 }));
  await site.ready('anna');

  const id = await site.callBack();
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
  const attempts = record['attempts'] as { trunk: string }[];
  assert.deepEqual(
    attempts.map((attempt) => attempt.trunk),
    ['second'],
  );
  assert.equal(full.calls.length, 1);
  const invite = carrier.calls[0]?.invite;
  assert.ok(invite);
  assert.match(header(invite, 'from'), /sip:\+12025550111@/);

  const { body } = await site.api('GET', '/api/v1/trunks/first');
  const failures = body['failures'] as { status: number }[];
  assert.deepEqual(
    [body['groups'], body['callsTotal'], body['liveCalls'], failures[0]?.status],
    [['all'], 1, 0, 503],
  );
});
