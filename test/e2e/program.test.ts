// The real program: what it says when it cannot start, and how it ends.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { readWav } from '../../media/codec/wav.ts';
import { Phone } from '../support/phone.ts';
import { person } from '../support/phone/behaviours.ts';
import { Program, ProgramSite } from '../support/program.ts';
import { PASSWORD } from '../support/site.ts';
import type { SiteOptions } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { freePort } from '../support/tools.ts';
import { until } from '../support/until.ts';

const hello = speech('person-hello');

async function make(t: TestContext, options: SiteOptions = {}) {
  const customer = await Phone.open({ name: 'customer' });
  const site = await ProgramSite.make(customer, options);
  t.after(async () => {
    await site.close();
    await customer.close();
  });
  return { site, customer };
}

test('a wrong configuration: place, value and what is allowed, exit status 1', async (t) => {
  const { site } = await make(t);
  const file = join(site.folder, 'wrong.yaml');
  writeFileSync(file, 'http:\n  port: 99999\nmedia:\n  portMni: 20000\n');
  const { status, output, errors } = await new Program(file).ended;
  assert.equal(status, 1);
  assert.equal(output, '');
  assert.match(errors, /^CONFIG_INVALID: /u);
  const port = `${file}:2: http.port is 99999; allowed: a whole number from 0 to 65535`;
  assert.ok(errors.includes(port), errors);
  assert.ok(errors.includes(`${file}:4: media.portMni is not a known key; did you mean`), errors);
  assert.doesNotMatch(errors, /\n\s+at /u, 'no stack');
});

test('the HTTP port is in use: said plainly, exit status 1, SIP let go', async (t) => {
  const other = createServer().listen(await freePort('127.0.0.1'), '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port: httpPort } = other.address() as { port: number };
  const { site } = await make(t, { httpPort });
  const { status, errors } = await site.run().ended;
  assert.equal(status, 1);
  assert.match(errors, new RegExp(`^HTTP_LISTEN_FAILED: .*port ${httpPort}: the port is in use`));
  assert.doesNotMatch(errors, /\n\s+at /u, 'no stack');
});

test('the SIP port is in use: said plainly, exit status 1', async (t) => {
  const other = createSocket('udp4').bind(await freePort('127.0.0.1'), '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { site } = await make(t, { sipPort: other.address().port });
  const { status, errors } = await site.run().ended;
  assert.equal(status, 1);
  const said = `^SIP_LISTEN_FAILED: .*port ${other.address().port}: the port is in use`;
  assert.match(errors, new RegExp(said, 'u'));
  assert.doesNotMatch(errors, /\n\s+at /u, 'no stack');
});

test('a second program over the same data: said plainly, the first goes on', async (t) => {
  const { site, customer } = await make(t);
  await site.start();
  const file = join(site.folder, 'second.yaml');
  writeFileSync(
    file,
    JSON.stringify({
      dataDir: site.dataDir,
      http: { port: 0 },
      sip: { listen: [{ protocol: 'udp', port: 0 }] },
    }),
  );
  const { status, errors } = await new Program(file).ended;
  assert.equal(status, 1);
  assert.match(errors, /^STORE_UNAVAILABLE: /u);
  assert.equal((await fetch(`${site.url}/readyz`)).status, 200);
  assert.equal(customer.calls.length, 0);
});

/** Everything under a folder that others than its owner may touch. */
function openToOthers(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0);
}

test('SIGTERM in a conversation: BYE for all, recording whole, promises kept', async (t) => {
  const { site, customer } = await make(t);
  const program = await site.start();
  customer.onCall(person({ hello, talk: speech('customer-talk') }));
  const anna = await Phone.open({ name: 'anna' });
  t.after(() => anna.close());
  anna.onCall(person({ hello, talk: speech('agent-talk') }));
  const account = { registrar: site.sip, username: 'anna', password: PASSWORD };
  await anna.register(account);
  await site.api('POST', '/api/v1/agents/anna/login');
  await site.api('POST', '/api/v1/agents/anna/ready');
  const request = { queueId: 'support', customerNumber: '+12025550123' };
  const { id } = await site.api('POST', '/api/v1/callbacks', request);
  const callback = () => site.api('GET', `/api/v1/callbacks/${String(id)}`);
  await until('a conversation', async () => (await callback())['state'] === 'connected');
  const waiting = await customer.dial({
    to: `sip:+12025550100@${site.sip.host}:${site.sip.port}`,
    from: 'sip:+12025550124@127.0.0.1',
  });
  const events = await fetch(`${site.url}/api/v1/events`, {
    headers: { Authorization: 'Bearer site-api-key-0123456789' },
  });
  await until('a second of talk', () => (anna.calls[0]?.packets.received ?? 0) > 50);

  const startedAtMs = performance.now();
  const { status, errors, output } = await program.stop('SIGTERM');
  const tookMs = performance.now() - startedAtMs;
  assert.equal(status, 0, errors);
  assert.ok(tookMs < 20_000, `ended after ${tookMs} ms`);
  // The program is gone before this process has read its last messages.
  const ends = await Promise.all([...customer.calls, ...anna.calls].map(({ ended }) => ended));
  assert.deepEqual(
    ends.map(({ by }) => by),
    ['peer', 'peer', 'peer'],
    'a BYE for each',
  );
  assert.equal(waiting.end?.by, 'peer');
  await events.text();
  assert.deepEqual(openToOthers(site.dataDir), []);
  assert.equal(statSync(site.dataDir).mode & 0o777, 0o700);
  const isPrivate = /\+12025550124|a-long-password|site-api-key/u;
  assert.doesNotMatch(output, isPrivate, 'the log');
  const [recording = ''] = readdirSync(join(site.dataDir, 'recordings'));
  const wav = readWav(readFileSync(join(site.dataDir, 'recordings', recording)));
  assert.ok(wav.samples.length > 8_000, 'the recording is whole');

  await site.start();
  const kept = await until('the callback to be kept', async () => {
    const record = await callback();
    return record['state'] === 'completed' && record;
  });
  assert.equal(kept['reason'], 'AGENT_CONNECTED');
  await until('the caller who waited to be called back', async () => {
    const list = await site.api('GET', '/api/v1/callbacks?customerNumber=%2B12025550124');
    return (list['items'] as unknown[]).length === 1;
  });
});
