// Draws docs/sip-ladder.svg: a real callback on loopback, and its ladder as the API gives it.
// Use: node scripts/ladder-picture.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { person } from '../test/support/phone/behaviours.ts';
import { openSite, SITE_KEY } from '../test/support/site.ts';
import { speech } from '../test/support/speech.ts';
import { until } from '../test/support/until.ts';

const PICTURE = join(import.meta.dirname, '../docs/sip-ladder.svg');

const site = await openSite();
try {
  site.customer.onCall(person({ hello: speech('person-hello'), talk: speech('customer-talk') }));
  const agent = await site.agentPhone('anna');
  const talk = speech('agent-talk');
  agent.onCall(person({ hello: talk.subarray(0, 8), talk, stayMs: 6_000 }));
  await site.ready('anna');
  const id = await site.callBack();
  await site.callbackIn(id, 'completed');
  const svg = await until('both BYEs in the ladder', async () => {
    const answer = await fetch(`${site.server.http.url}/api/v1/calls/${id}/ladder`, {
      headers: { Authorization: `Bearer ${SITE_KEY}` },
    });
    const text = await answer.text();
    return text.split('BYE').length > 4 && text;
  });
  writeFileSync(PICTURE, svg);
  console.log(`wrote ${PICTURE}`);
} finally {
  await site.close();
}
