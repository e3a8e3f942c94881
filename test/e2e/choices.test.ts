// What customers choose by keys, over real telephones: at the answer, and while they wait.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { person } from '../support/phone/behaviours.ts';
import type { Site } from '../support/site.ts';
import { openSite } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const NUMBER = '+12025550123';
const hello = speech('person-hello');

async function phaseOf(site: Site, id: string): Promise<unknown> {
  const { body } = await site.expectOk('GET', `/api/v1/callbacks/${id}/events`);
  const items = body['items'] as { data: Record<string, unknown> }[];
  return items.at(-1)?.data['phase'];
}

test('the customer presses 2 and is called later; another presses 1 and talks', async (t) => {
  const site = await openSite({ callback: { confirm: { snoozeMinutes: 5 } } });
  t.after(() => site.close());
  const keys = ['2', '1'];
  const asked: string[] = [];
  site.customer.onCall(async (call) => {
    await call.answer();
    await call.play(hello);
    // The telephone may ring before the answer to the request has come.
    const id = await until('the id', () => asked[site.customer.calls.indexOf(call)]);
    await until('asked', async () => (await phaseOf(site, id)) === 'confirming');
    await call.sendDtmf(keys.shift() ?? '');
    await call.ended;
  });
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello, stayMs: 1_000 }));
  await site.ready('anna');
  asked.push(await site.callBack());
  const snoozed = await site.callbackIn(asked[0] ?? '', 'waiting-retry');
  const [attempt] = snoozed['attempts'] as Record<string, unknown>[];
  assert.equal(attempt?.['result'], 'SNOOZED');
  assert.equal(agent.calls.length, 0, 'no agent was rung for it');
  asked.push(await site.callBack({ customerNumber: '+12025550124' }));
  const record = await site.callbackIn(asked[1] ?? '', 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
});

test('a call takes the place of a waiting callback, and a key makes it one again', async (t) => {
  const offer = { whenWaitAboveSeconds: 0, everySeconds: 5 };
  const site = await openSite({ callback: { whenCallsIn: 'merge', offer } });
  t.after(() => site.close());
  const first = await site.callBack();
  const waiting = await site.callback(first);
  const { host, port } = site.sipAddress;
  const call = await site.customer.dial({
    to: `sip:+12025550100@${host}:${port}`,
    from: `sip:${NUMBER}@${site.customer.address.host}`,
  });
  const merged = await site.callbackIn(first, 'completed');
  assert.equal(merged['reason'], 'MERGED');
  // Yes to the offer and to the number, whenever they are heard.
  const pressing = setInterval(() => void call.sendDtmf('1'), 1_500);
  t.after(() => clearInterval(pressing));
  await call.ended;
  clearInterval(pressing);
  const { body } = await site.expectOk('GET', '/api/v1/callbacks?state=queued');
  const [again] = body['items'] as Record<string, unknown>[];
  assert.equal(again?.['customerNumber'], NUMBER);
  assert.equal(again['arrivedAt'], waiting['arrivedAt'], 'at the first place');
});
