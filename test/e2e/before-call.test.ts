// Before the call, over real telephones: nobody is dialled until customer and agent have agreed.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Site } from '../support/site.ts';
import { openSite } from '../support/site.ts';
import { person } from '../support/phone/behaviours.ts';
import { speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

type Asked = { who: string; agentId: string | null };

async function openAsking(callback: Record<string, unknown>): Promise<Site> {
  const queue = { reservationTimeoutSeconds: 300 };
  return openSite({ queue, callback, agents: ['anna', 'ben'] });
}

/** Waits until somebody is asked; answers who. */
const asked = (site: Site, id: string): Promise<Asked> =>
  until('somebody is asked', async () => (await site.callback(id))['asked'] as Asked | null);

test('the customer is ready, one agent rejects, the other accepts and both talk', async (t) => {
  const site = await openAsking({
    firstParty: 'agent',
    preview: { timeoutSeconds: 60 },
    readyConfirm: { timeoutSeconds: 60 },
  });
  t.after(() => site.close());
  const talk = { hello: speech('person-hello'), talk: speech('customer-talk') };
  site.customer.onCall(person({ ...talk, stayMs: 3_000 }));
  for (const username of ['anna', 'ben']) {
    const phone = await site.agentPhone(username);
    phone.onCall(person({ ...talk, stayMs: 20_000 }));
    await site.ready(username);
  }
  const id = await site.callBack({ userData: { orderId: '4711' } });
  assert.equal((await asked(site, id)).who, 'customer');
  const yes = await site.api('POST', `/api/v1/callbacks/${id}/ready`, { ready: true });
  assert.equal(yes.status, 200);
  const first = (await asked(site, id)).agentId ?? '';
  const shown = await site.api('GET', `/api/v1/agents/${first}/preview`);
  assert.deepEqual(shown.body['userData'], { orderId: '4711' });
  const other = first === 'anna' ? 'ben' : 'anna';
  const early = await site.api('POST', `/api/v1/agents/${other}/preview`, { decision: 'accept' });
  assert.equal(early.body['code'], 'CALLBACK_NOT_ASKED');
  await site.api('POST', `/api/v1/agents/${first}/preview`, { decision: 'reject' });
  await until('the other agent is asked', async () => {
    const record = await site.callback(id);
    return (record['asked'] as Asked | null)?.agentId === other ? record : null;
  });
  assert.equal(site.customer.calls.length, 0, 'nobody was dialled');
  await site.api('POST', `/api/v1/agents/${other}/preview`, { decision: 'accept' });
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
  const [attempt] = record['attempts'] as { agentId: string }[];
  assert.equal(attempt?.agentId, other);
  const word = { outcome: 'sold', notes: 'two of them' };
  const kept = await site.api('POST', `/api/v1/callbacks/${id}/disposition`, word);
  assert.equal(kept.status, 200, JSON.stringify(kept.body));
  const { disposition } = (await site.callback(id)) as { disposition: { outcome: string } };
  assert.equal(disposition.outcome, 'sold');
});

test('who lets a preview pass is not ready; a strict callback waits for its agent', async (t) => {
  const site = await openAsking({ preview: { timeoutSeconds: 5 } });
  t.after(() => site.close());
  for (const username of ['anna', 'ben']) await site.agentPhone(username);
  await site.ready('ben');
  const id = await site.callBack({ agentId: 'anna', agentStrict: true });
  const waiting = await site.callbackIn(id, 'queued');
  assert.equal(waiting['asked'], null);
  await site.ready('anna');
  assert.equal((await asked(site, id)).agentId, 'anna');
  const anna = await site.agentIn('anna', 'not-ready');
  assert.equal(anna['notReadyReason'], 'preview-ignored');
  await site.callbackIn(id, 'queued');
  const ben = await site.api('GET', '/api/v1/agents/ben');
  assert.equal(ben.body['state'], 'ready');
});
