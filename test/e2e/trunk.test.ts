// The trunk's far end is SIPp, which nobody here wrote: what it does to a callback.
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { person } from '../support/phone/behaviours.ts';
import { lossyRelay } from '../support/lossy.ts';
import type { RelayChoice } from '../support/lossy.ts';
import type { SiteOptions } from '../support/site.ts';
import { openSite } from '../support/site.ts';
import type { SippOptions } from '../support/sipp.ts';
import { runSipp, startSipp } from '../support/sipp.ts';
import { speech } from '../support/speech.ts';
import { requireTool } from '../support/tools.ts';

const hello = speech('person-hello');
/** SIPp says nothing: it need not be listened to for long. */
const config = { media: { workers: 1, cpd: { maxInitialSilenceMs: 1_000 } } };

/** A callback through a SIPp trunk; answers its record once completed. */
async function callThrough(t: TestContext, sipp: SippOptions, site: SiteOptions = {}) {
  const trunk = await startSipp({ echo: true, ...sipp });
  const running = await openSite({
    config,
    ...site,
    trunk: { host: trunk.host, port: trunk.port, ...site.trunk },
    callback: { maxAttempts: 1, ringTimeoutSeconds: 2, ...site.callback },
  });
  t.after(async () => {
    await running.close();
    await trunk.stop();
  });
  const agent = await running.agentPhone('anna');
  agent.onCall(person({ hello, stayMs: 1_500 }));
  await running.ready('anna');
  const id = await running.callBack();
  const record = await running.callbackIn(id, 'completed');
  const [attempt] = record['attempts'] as Record<string, unknown>[];
  assert.ok(attempt, JSON.stringify(record));
  return { record, attempt, trunk };
}

for (const { scenario, result, sipStatus, q850Cause } of [
  { scenario: 'uas-busy-486', result: 'BUSY', sipStatus: 486, q850Cause: 17 },
  { scenario: 'uas-rejected-603', result: 'REJECTED', sipStatus: 603, q850Cause: 21 },
  { scenario: 'uas-no-answer', result: 'NO_ANSWER', sipStatus: 487, q850Cause: null },
] as const) {
  test(`sipp ${scenario}: ${result}`, async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { record, attempt, trunk } = await callThrough(t, { scenario, pauseMs: 100 });
    assert.equal(record['reason'], 'FAIL_CALL_TO_CUSTOMER');
    assert.equal(attempt['result'], result);
    assert.equal(attempt['sipStatus'], sipStatus);
    assert.equal(attempt['q850Cause'], q850Cause);
    await trunk.done;
  });
}

for (const scenario of ['uas-answered', 'uas-early-media-183', 'uas-reinvite'] as const) {
  test(`sipp ${scenario}: connected`, async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { record, attempt, trunk } = await callThrough(t, { scenario, pauseMs: 300 });
    assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
    assert.equal(attempt['result'], 'CONNECTED');
    await trunk.done;
  });
}

for (const status of [401, 407] as const) {
  test(`sipp uas-${status}-then-answer: the trunk's challenge is answered`, async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { record, trunk } = await callThrough(
      t,
      { scenario: `uas-${status}-then-answer`, pauseMs: 300 },
      {
        trunk: { username: 'ringback', passwordEnv: 'TRUNK_PASSWORD' },
        environment: { TRUNK_PASSWORD: 'secret' },
      },
    );
    assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
    await trunk.done;
  });
}

test('sipp uas-early-bye: gone before anybody was recognised, tried again', async (t) => {
  if (!requireTool(t, 'sipp')) return;
  const { record, attempt } = await callThrough(
    t,
    { scenario: 'uas-early-bye', calls: 2 },
    { callback: { maxAttempts: 2 } },
  );
  assert.equal(record['reason'], 'FAIL_CALL_TO_CUSTOMER', JSON.stringify(record));
  assert.equal((record['attempts'] as unknown[]).length, 2);
  assert.notEqual(attempt['answeredAt'], null);
});

test('sipp uac-calls-queue: three callers wait, are answered and leave', async (t) => {
  if (!requireTool(t, 'sipp')) return;
  const site = await openSite({ callback: { callbackOnAbandon: false } });
  t.after(() => site.close());
  await runSipp({
    scenario: 'uac-calls-queue',
    remote: site.sipAddress,
    service: '+12025550100',
    calls: 3,
    pauseMs: 300,
    keys: { caller: '+12025550123' },
  });
  const { body } = await site.expectOk('GET', '/api/v1/queues/support');
  assert.equal(body['waitingLive'], 0);
});

const LOSSES: readonly { readonly what: string; readonly drop: RelayChoice }[] = [
  {
    what: 'the first INVITE',
    drop: (n, message, direction) =>
      direction === 'to-target' && n === 1 && /^INVITE/u.test(message),
  },
  { what: 'the first 200', drop: firstOf('from-target', /^SIP\/2\.0 200/u) },
  { what: 'the first ACK', drop: firstOf('to-target', /^ACK/u) },
  { what: 'the first BYE', drop: firstOf('to-target', /^BYE/u) },
];

function firstOf(wanted: string, pattern: RegExp): RelayChoice {
  let done = false;
  return (_n, message, direction) => {
    if (done || direction !== wanted || !pattern.test(message)) return false;
    done = true;
    return true;
  };
}

for (const { what, drop } of LOSSES) {
  test(`UDP loses ${what}: the call goes on`, async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const sipp = await startSipp({ scenario: 'uas-answered', pauseMs: 100, echo: true });
    const relay = await lossyRelay({ target: sipp, drop });
    const site = await openSite({
      config,
      trunk: { host: relay.address.host, port: relay.address.port },
    });
    t.after(async () => {
      await site.close();
      relay.close();
      await sipp.stop();
    });
    const agent = await site.agentPhone('anna');
    agent.onCall(person({ hello, stayMs: 1_500 }));
    await site.ready('anna');
    const record = await site.callbackIn(await site.callBack(), 'completed');
    assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
    assert.equal((record['attempts'] as unknown[]).length, 1);
    await sipp.done;
    assert.equal(relay.dropped.length, 1, `lost: ${relay.dropped.join(', ')}`);
  });
}
