// A real softphone hands its customer on after asking a colleague (RFC 3515, RFC 3891, RFC 5589).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Baresip } from '../support/baresip.ts';
import { untilHeard, voice } from '../support/hearing.ts';
import { Phone } from '../support/phone.ts';
import { person } from '../support/phone/behaviours.ts';
import type { Site } from '../support/site.ts';
import { openSite, PASSWORD } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';

const customerTalk = speech('customer-talk');

/**
 * The Replaces value of the call that somebody placed to this user, read off our answer to it: what
 * the softphone knows of its own calls it does not say.
 */
function replacesOfCallTo(site: Site, user: string): () => string | null {
  let value: string | null = null;
  site.server.sipFace.onTrace(({ direction, startLine, cseq, callId, text }) => {
    const tagOf = (header: string) =>
      new RegExp(`^${header}:.*;tag=([^\\s;]+)`, 'imu').exec(text)?.[1] ?? '';
    const answered = direction === 'sent' && startLine.startsWith('SIP/2.0 200');
    if (!answered || !cseq.endsWith('INVITE') || !text.includes(`To: <sip:${user}@`)) return;
    value = `${callId};to-tag=${tagOf('To')};from-tag=${tagOf('From')}`;
  });
  return () => value;
}

test('a softphone holds the customer, asks a colleague, and joins the two', async (t) => {
  if (!requireTool(t, 'baresip')) return;
  const site = await openSite({ agents: ['anna', 'ben'] });
  t.after(() => site.close());
  site.customer.onCall(person({ hello: speech('person-hello'), talk: customerTalk }));
  const ben = await Phone.open({ name: 'ben', host: '127.0.0.2' });
  t.after(() => ben.close());
  await ben.register({ registrar: site.sipAddress, username: 'ben', password: PASSWORD });
  ben.onCall(person({ hello: speech('person-hello').subarray(0, 160) }));
  const anna = await Baresip.start({
    username: 'anna',
    // Not the address of the trunk: its calls are the user's.
    host: '127.0.0.3',
    registration: { registrar: site.sipAddress, password: PASSWORD },
    speech: speech('agent-talk'),
  });
  t.after(() => anna.close());
  await anna.registered();
  await site.ready('anna');
  const id = await site.callBack();
  await site.callbackIn(id, 'connected');
  await anna.event('CALL_ESTABLISHED');

  const replaces = replacesOfCallTo(site, 'ben');
  const { host, port } = site.sipAddress;
  anna.command('hold');
  anna.command('dial', `sip:ben@${host}:${port}`);
  await anna.event('CALL_ESTABLISHED', 2);
  const asked = await until('the call that asks', replaces);
  anna.command('line', '1');
  anna.command('transfer', `<sip:ben@${host}:${port}?Replaces=${encodeURIComponent(asked)}>`);
  // The call with the customer, and the one that asked.
  await anna.event('CALL_CLOSED', 2);
  const told = anna.events.filter(({ type }) => /^(CALL_CLOSED|TRANSFER)/.test(type));
  assert.ok(
    told.some(({ param }) => /transfer+ed/i.test(param)),
    JSON.stringify(told),
  );
  const [taken] = ben.calls;
  assert.ok(taken?.live);
  await untilHeard('the colleague hears the customer', taken, voice(customerTalk), 0.5);
  await site.agentIn('anna', 'ready');
  await taken.hangUp();
  await site.callbackIn(id, 'completed');
  const events = await site.expectOk('GET', `/api/v1/callbacks/${id}/events`);
  const items = events.body['items'] as { type: string; data: Record<string, unknown> }[];
  assert.equal(items.find(({ type }) => type === 'transferred')?.data['to'], 'ben');
});
