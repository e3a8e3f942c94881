// The whole product over an engine that is another process: a callback, and a kill -9 in its midst.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Worker } from 'node:worker_threads';
import { enduringEngine } from '../sip/apps/support/options.ts';
import { spawnEngine } from '../sip/support/engine-process.ts';
import { person } from '../support/phone/behaviours.ts';
import type { Site } from '../support/site.ts';
import { openSite } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { freePort } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** The attempt that our engine lost is free, and the next waits until nothing can ring any more. */
function assertKept({ customer }: Site, record: Record<string, unknown>): void {
  const shown = JSON.stringify(record);
  assert.equal(record['reason'], 'AGENT_CONNECTED', shown);
  const results = (record['attempts'] as { result: string }[]).map(({ result }) => result);
  // More than one when the engine takes its time to come back.
  assert.equal(results.pop(), 'CONNECTED', shown);
  assert.ok(results.length > 0 && results.every((one) => one === 'INTERRUPTED'), shown);
  assert.equal(customer.calls.length, 2);
  assert.equal(customer.maxConcurrentCalls, 1, 'one telephone rings once at a time');
}

test('the engine process is killed while the customer rings: the callback is kept', async (t) => {
  const options = await enduringEngine();
  const first = await spawnEngine(t, options);
  const { host, port, secret } = first.control;
  const site = await openSite({
    sip: { drachtio: { host, port, secretEnv: 'ENGINE_SECRET' } },
    environment: { ENGINE_SECRET: secret },
    callback: { ringTimeoutSeconds: 3 },
  });
  t.after(() => site.close());
  const traced: string[] = [];
  site.server.sipFace.onTrace(({ startLine }) => traced.push(startLine));
  const agent = await site.agentPhone('anna');
  const hello = speech('agent-talk').subarray(0, 8);
  agent.onCall(person({ hello, talk: speech('agent-talk'), stayMs: 8_000 }));
  const [ringing, customer] = [
    Promise.withResolvers<null>(),
    person({ hello: speech('person-hello'), talk: speech('customer-talk') }),
  ];
  site.customer.onCall((call) => {
    if (site.customer.calls.length > 1) {
      void customer(call);
      return;
    }
    call.ring();
    ringing.resolve(null);
  });
  await site.ready('anna');
  const id = await site.callBack();
  await ringing.promise;
  first.signal('SIGKILL');
  await first.ended;
  await until('the loss to be known', async () => {
    const stats = await site.server.sipFace.stats();
    return stats['engineConnected'] === 0 && stats['liveCalls'] === 0;
  });
  await spawnEngine(t, options);
  const record = await site.callbackIn(id, 'completed');
  assertKept(site, record);
  assert.ok(
    traced.some((line) => line.startsWith('INVITE')),
    'its messages are at hand here',
  );
});

test('the worker of the engine is terminated while the customer rings', async (t) => {
  const workers: Worker[] = [];
  const note = (worker: Worker) => void workers.push(worker);
  process.on('worker', note);
  t.after(() => process.off('worker', note));
  const site = await openSite({
    sipPort: await freePort('127.0.0.1'),
    callback: { ringTimeoutSeconds: 3 },
  });
  t.after(() => site.close());
  const [ringing, agent] = [Promise.withResolvers<null>(), await site.agentPhone('anna')];
  agent.onCall(person({ hello: speech('agent-talk').subarray(0, 8), stayMs: 8_000 }));
  const customer = person({ hello: speech('person-hello'), talk: speech('customer-talk') });
  site.customer.onCall((call) => {
    if (site.customer.calls.length > 1) return void customer(call);
    call.ring();
    ringing.resolve(null);
  });
  await site.ready('anna');
  const id = await site.callBack();
  await ringing.promise;
  // Media was started before it.
  await workers.at(-1)?.terminate();
  const record = await site.callbackIn(id, 'completed');
  assertKept(site, record);
  assert.equal((await site.server.sipFace.stats())['engineLosses'], 1);
});
