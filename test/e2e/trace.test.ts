// What an operator sees of a call that is over: its messages and its ladder, with nothing private.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { person } from '../support/phone/behaviours.ts';
import { openSite, SITE_KEY } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

test('after a call its messages and its ladder are there, found by number, too', async (t) => {
  const site = await openSite();
  t.after(() => site.close());
  site.customer.onCall(person({ hello: speech('person-hello'), talk: speech('customer-talk') }));
  const agent = await site.agentPhone('anna');
  const hello = speech('agent-talk').subarray(0, 8);
  agent.onCall(person({ hello, talk: speech('agent-talk'), stayMs: 6_000 }));
  await site.ready('anna');
  const id = await site.callBack();
  await site.callbackIn(id, 'completed');
  // By Call-ID: over UDP, a message that was answered late is sent twice.
  const starting = (start: string, among: readonly Record<string, string>[]) =>
    new Set(
      among.filter((item) => item['startLine']?.startsWith(start)).map((item) => item['callId']),
    ).size;
  // Copies of messages come from the engine's thread a moment later.
  const items = await until('both BYEs', async () => {
    const { body } = await site.expectOk('GET', `/api/v1/calls/${id}/messages`);
    const messages = body['items'] as Record<string, string>[];
    return starting('BYE', messages) === 2 && messages;
  });
  assert.equal(new Set(items.map((item) => item['callId'])).size, 2, 'two legs');
  assert.equal(starting('INVITE', items), 2);
  assert.doesNotMatch(JSON.stringify(items), /12025550123/);
  const found = await site.expectOk('GET', '/api/v1/traces?number=2025550123');
  assert.ok((found.body['items'] as unknown[]).length >= 6);
  const registered = await site.expectOk('GET', '/api/v1/traces?number=anna&numbers=full');
  assert.match(JSON.stringify(registered.body), /Authorization: Digest \[hidden\]/);
  const ladder = await fetch(`${site.server.http.url}/api/v1/calls/${id}/ladder`, {
    headers: { Authorization: `Bearer ${SITE_KEY}` },
  });
  const svg = await ladder.text();
  assert.match(svg, /^<svg [^]*BYE[^]*<\/svg>\n$/);
  const metrics = await fetch(`${site.server.http.url}/metrics`, {
    headers: { Authorization: `Bearer ${SITE_KEY}` },
  });
  assert.match(await metrics.text(), /direction="sent",method="INVITE",status=""\} [2-9]\n/);
});
