// Browsers as telephones: a real Chromium registers over WSS at the telephone page, calls and is
// called, and both sides hear what the other says.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { silentLog } from '../../core/live.ts';
import type { Log } from '../../core/ports.ts';
import { bestCorrelation, levelDbov, SAMPLE_RATE_HZ } from '../support/audio.ts';
import { BrowserPhone, requireBrowser } from '../support/browser.ts';
import { person } from '../support/phone/behaviours.ts';
import type { PhoneCall } from '../support/phone/call.ts';
import type { Site } from '../support/site.ts';
import { openSite, PASSWORD } from '../support/site.ts';
import { prompt, speech } from '../support/speech.ts';
import { tlsFile } from '../support/tls/options.ts';
import { until } from '../support/until.ts';

const AGENT_SPEECH = join(import.meta.dirname, '../support/speech/agent-talk.wav');
const agentTalk = speech('agent-talk');
const customerTalk = speech('customer-talk');

/** Its browsers register over WSS, its other telephones over UDP. */
async function openWebSite(
  t: TestContext,
  agents: readonly string[],
  log: Log = silentLog,
): Promise<Site> {
  const site = await openSite({
    agents,
    log,
    sip: {
      listen: [
        { protocol: 'udp', port: 0 },
        { protocol: 'wss', port: 0 },
      ],
      tls: { certificateFile: tlsFile('server.pem'), keyFile: tlsFile('server.key') },
    },
  });
  t.after(() => site.close());
  return site;
}

async function openBrowser(t: TestContext, site: Site, agentId: string): Promise<BrowserPhone> {
  const browser = await BrowserPhone.open(site.server.http.url, AGENT_SPEECH);
  t.after(() => browser.close());
  await browser.logIn(agentId, PASSWORD);
  return browser;
}

/** Somebody's ears: how many samples were heard so far, and the last of them. */
interface Ears {
  heardSamples(): number | Promise<number>;
  lastHeard(samples: number): Int16Array | Promise<Int16Array>;
}

function earsOf(call: PhoneCall): Ears {
  return {
    heardSamples: () => call.heard().length,
    lastHeard: (samples) => call.heard().subarray(-samples),
  };
}

/** A second of what was said. A browser that is short of time stretches longer ones. */
const PIECE_SAMPLES = SAMPLE_RATE_HZ;
/** Of other voices a second reaches 0.33 at most. */
const SURELY = 0.5;

/** How surely a loud second of `said` is in `heard`. */
function likenessOfPieces(said: Int16Array, heard: Int16Array): number {
  const starts = Array.from(
    { length: Math.floor(said.length / PIECE_SAMPLES) },
    (_, index) => index * PIECE_SAMPLES,
  );
  const pieces = starts.map((start) => said.subarray(start, start + PIECE_SAMPLES));
  const anywhereMs = (heard.length * 1_000) / SAMPLE_RATE_HZ;
  return Math.max(
    0,
    ...pieces
      .filter((piece) => levelDbov(piece) > -35)
      .map((piece) => bestCorrelation(piece, heard, anywhereMs).correlation),
  );
}

/** Compares now and then only: comparing is work, and the sound itself is made here too. */
async function hears(who: string, said: Int16Array, ears: Ears): Promise<void> {
  let compared = 0;
  await until(
    `${who} to hear the other side`,
    async () => {
      const heard = await ears.heardSamples();
      if (heard < compared + 2 * SAMPLE_RATE_HZ) return false;
      compared = heard;
      const sound = await ears.lastHeard(6 * SAMPLE_RATE_HZ);
      return likenessOfPieces(said, sound) > SURELY;
    },
    30_000,
  );
}

test('an agent in a browser takes the conversation of a callback', async (t) => {
  if (!requireBrowser(t)) return;
  const site = await openWebSite(t, ['anna']);
  site.customer.onCall(person({ hello: speech('person-hello'), talk: customerTalk }));
  const anna = await openBrowser(t, site, 'anna');
  await anna.click('Ready');
  await site.agentIn('anna', 'ready');

  const id = await site.callBack();
  await anna.call('ringing');
  await anna.click('Accept');
  await anna.call('talking');
  await site.callbackIn(id, 'connected');
  const customer = site.customer.calls[0];
  assert.ok(customer);
  await hears('the customer', agentTalk, earsOf(customer));
  await hears('the agent', customerTalk, anna);
  assert.equal((await anna.stats()).codec, 'audio/PCMU');
  await anna.click('Hang up');
  await anna.call('idle');
  const record = await site.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED');
  assert.deepEqual(anna.complaints, []);
});

test('a browser calls a queue, is put through, holds, and presses keys', async (t) => {
  if (!requireBrowser(t)) return;
  const site = await openWebSite(t, ['anna', 'ben']);
  const ben = await site.agentPhone('ben');
  ben.onCall(person({ hello: customerTalk.subarray(0, 160), talk: customerTalk, talkAfterMs: 0 }));
  const anna = await openBrowser(t, site, 'anna');
  await anna.dial('+12025550100');
  await anna.call('talking');
  await site.ready('ben');
  await site.agentIn('ben', 'talking');
  const talked = ben.calls[0];
  assert.ok(talked);
  await hears('the agent', agentTalk, earsOf(talked));
  await hears('the browser', customerTalk, anna);

  // As if the network had changed: the next offer, that of the hold, has new ICE credentials.
  await anna.page.evaluate('connections.at(-1).restartIce()');
  await anna.click('Hold');
  await anna.page.getByText('On hold').waitFor();
  const { packetsReceived } = await anna.stats();
  await anna.click('Hold');
  await anna.page.getByText('On hold').waitFor({ state: 'hidden' });
  await until('sound after the hold', async () => {
    const { packetsReceived: now } = await anna.stats();
    return now > packetsReceived + 50;
  });
  const used = await anna.iceCredentials();
  for (const side of [0, 1]) {
    const names = new Set(used.map((pair) => pair.split(' ')[side]));
    assert.equal(names.size, 2, 'the restart gave both sides new credentials');
  }
  await anna.click('Keypad');
  await anna.click('5');
  await until('the key', () => talked.digits.includes('5'));
  await anna.click('Hang up');
  await anna.call('idle');
  await talked.ended;
  assert.deepEqual(anna.complaints, []);
});

/** The mediasoup worker of the site in this process. */
function workerPid(): number {
  const own = readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry) || !existsSync(`/proc/${entry}/stat`)) return false;
    const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
    return new RegExp(`\\(mediasoup-worke.*\\) \\w ${process.pid} `).test(stat);
  });
  assert.ok(own, 'the worker was found');
  return Number(own);
}

test('the death of the mediasoup worker ends its calls, the next one has another', async (t) => {
  if (!requireBrowser(t)) return;
  const said: string[] = [];
  const log = { ...silentLog, info: (event: string) => void said.push(event) };
  const site = await openWebSite(t, ['anna'], log);
  const anna = await openBrowser(t, site, 'anna');
  await anna.dial('+12025550100');
  await anna.call('talking');
  process.kill(workerPid(), 'SIGKILL');
  await anna.call('idle');
  await until('another worker', () => said.includes('webrtc-worker-replaced'));
  await anna.dial('+12025550100');
  await anna.call('talking');
  await hears('the browser', prompt('queue-welcome'), anna);
});

test('the page refuses a wrong password and says so', async (t) => {
  if (!requireBrowser(t)) return;
  const site = await openWebSite(t, ['anna']);
  const browser = await BrowserPhone.open(site.server.http.url, AGENT_SPEECH);
  t.after(() => browser.close());
  await browser.page.getByLabel('Agent').fill('anna');
  await browser.page.getByLabel('Password').fill('guessed-password');
  await browser.click('Log in');
  await browser.notice(/wrong password/i);
});
