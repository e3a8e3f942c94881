// A customer calls in when the turn has come, over a real telephone: by a code keyed from another
// number, and by the number shown.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { person } from '../support/phone/behaviours.ts';
import type { Site } from '../support/site.ts';
import { openSite } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const NUMBER = '+12025550123';
const OTHER = '+12025550188';
const ACCESS = '+12025550199';

async function dial(site: Site, from: string) {
  const { host, port } = site.sipAddress;
  return await site.customer.dial({
    to: `sip:${ACCESS}@${host}:${port}`,
    from: `sip:${from}@${site.customer.address.host}`,
  });
}

async function awaited(site: Site, id: string): Promise<Record<string, unknown>> {
  return await until('the turn', async () => {
    const { access } = await site.callback(id);
    const shown = access as Record<string, unknown> | null;
    return shown?.['awaited'] === true && shown;
  });
}

test('told, the customer calls in, keys the code and talks; then known by number', async (t) => {
  const site = await openSite({ callback: { callIn: { accessNumbers: [ACCESS] } } });
  t.after(() => site.close());
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello: speech('person-hello'), stayMs: 500 }));
  await site.ready('anna');
  const id = await site.callBack({ customerNumber: NUMBER, origination: 'customer' });
  const { accessNumber, accessCode } = await awaited(site, id);
  assert.equal(accessNumber, ACCESS);
  assert.equal(site.customer.calls.length, 0, 'nobody was dialled');
  const call = await dial(site, OTHER);
  // Whatever was keyed too early is taken back by the star.
  const keying = setInterval(() => void call.sendDtmf(`*${String(accessCode)}`), 2_500);
  t.after(() => clearInterval(keying));
  await until('the agent', () => agent.calls.length === 1);
  clearInterval(keying);
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
  const [attempt] = record['attempts'] as Record<string, unknown>[];
  assert.deepEqual([attempt?.['calledIn'], attempt?.['result']], [true, 'CONNECTED']);
  assert.equal(record['access'], null, 'the code is good no more');

  await site.ready('anna');
  const next = await site.callBack({ customerNumber: NUMBER, origination: 'customer' });
  await awaited(site, next);
  await dial(site, NUMBER);
  const known = await site.callbackIn(next, 'completed');
  assert.equal(known['reason'], 'AGENT_CONNECTED', JSON.stringify(known));
});
