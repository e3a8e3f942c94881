// docs/genesys.md as a site would use it: its configuration, its lines typed into a shell, and a
// callback asked for through this face that rings the customer's telephone.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { person } from '../support/phone/behaviours.ts';
import { openSite, SITE_KEY } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { requireTool } from '../support/tools.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/genesys.md'), 'utf8');

function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'msu').exec(PAGE)?.[1] ?? '';
}

test('the page works word for word, and a form makes the telephone ring', async (t) => {
  if (!requireTool(t, 'curl')) return;
  const config = parse(block('yaml')) as Record<string, unknown>;
  const site = await openSite({ config });
  t.after(() => site.close());

  mkdirSync(join(site.dataDir, 'data'));
  writeFileSync(join(site.dataDir, 'data/api-key'), SITE_KEY);
  const lines = block('sh').replace('http://127.0.0.1:8080', site.server.http.url);
  const { stdout } = await promisify(execFile)('sh', ['-ec', lines], { cwd: site.dataDir });
  assert.match(stdout, /"_callback_state":"QUEUED"/u);
  assert.match(stdout, /"account":"4711"/u);
  assert.match(stdout, /T\d\d:[03]0:00\.000Z":4/u, 'free places');
  assert.match(stdout, /"account":"4712"/u, 'changed');
  assert.match(stdout, /"_callback_reason":"CANCELLED"/u);
  assert.match(stdout, /"value":-1/u, 'nobody is logged in');
  assert.match(stdout, /\{"_id":"[^"]+"\}/u, 'stored');
  assert.match(stdout, /"offerImmediateCallback":false/u);
  assert.doesNotMatch(stdout, /exception/u);

  site.customer.onCall(person({ hello: speech('person-hello'), talk: speech('customer-talk') }));
  const agent = await site.agentPhone('anna');
  const talk = speech('agent-talk');
  agent.onCall(person({ hello: talk.subarray(0, 8), talk, stayMs: 1_000 }));
  await site.ready('anna');
  const url = `${site.server.http.url}/genesys/1/service/callback/callback-support`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`web:${SITE_KEY}`).toString('base64')}` },
    body: new URLSearchParams({ _customer_number: '+12025550124', _media_type: 'voice' }),
  });
  const { _id: id } = (await answer.json()) as { _id: string };
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
  assert.equal(site.customer.calls.length, 1);
});
