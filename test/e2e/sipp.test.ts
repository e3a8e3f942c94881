// The trunk's far end is SIPp: every scenario tells one story, and both sides must agree on how it
// ended: SIPp by its exit status, the callback by the result of its attempt.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import { bestCorrelation } from '../support/audio.ts';
import { person } from '../support/phone/behaviours.ts';
import type { SiteOptions } from '../support/site.ts';
import { openSite, PASSWORD } from '../support/site.ts';
import type { SippOptions } from '../support/sipp.ts';
import { runSipp, startSipp } from '../support/sipp.ts';
import { speech } from '../support/speech.ts';
import { requireTool } from '../support/tools.ts';

const TRUNK_KEYS = { trunk_user: 'ringback', trunk_password: PASSWORD };

interface Attempt {
  readonly result: string;
  readonly sipStatus: number | null;
  readonly q850Cause: number | null;
}

/** What the agent says, and hears again: SIPp sends all sound back. */
const SAID = speech('agent-talk').subarray(0, 8_000);

/** One callback, one attempt, through a trunk that is SIPp; the agent hangs up. */
async function callBackThrough(
  t: TestContext,
  scenario: SippOptions,
  options: SiteOptions = {},
): Promise<{ readonly attempt: Attempt; readonly heardAgain: number }> {
  const sipp = await startSipp({ ...scenario, echo: true });
  t.after(() => sipp.stop());
  const trunk = { host: sipp.host, port: sipp.port, ...options.trunk };
  // Nobody speaks at SIPp's end: a short silence is enough to know it.
  const config = { media: { workers: 1, cpd: { maxInitialSilenceMs: 600 } } };
  const site = await openSite({ config, trunk });
  t.after(() => site.close());
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello: SAID, ringMs: 0, pauseMs: 400, stayMs: 2_500 }));
  await site.ready('anna');
  const id = await site.callBack({ maxAttempts: 1 });
  const record = await site.callbackIn(id, 'completed');
  await sipp.done;
  const [attempt] = record['attempts'] as Attempt[];
  assert.ok(attempt);
  const heard = agent.calls[0]?.heard() ?? new Int16Array();
  const heardAgain = heard.length === 0 ? 0 : bestCorrelation(SAID, heard, 5_000).correlation;
  return { attempt, heardAgain };
}

describe('a trunk that refuses', { concurrency: 3 }, () => {
  for (const [scenario, result, sipStatus, q850Cause] of [
    ['uas-busy-486', 'BUSY', 486, 17],
    ['uas-rejected-603', 'REJECTED', 603, 21],
    ['uas-no-answer', 'NO_ANSWER', 487, null],
  ] as const) {
    test(scenario, async (t) => {
      if (!requireTool(t, 'sipp')) return;
      const { attempt } = await callBackThrough(t, { scenario, pauseMs: 100 });
      assert.equal(attempt.result, result);
      assert.equal(attempt.sipStatus, sipStatus);
      assert.equal(attempt.q850Cause, q850Cause);
    });
  }
});

describe('a trunk that answers', { concurrency: 3 }, () => {
  for (const scenario of ['uas-answered', 'uas-early-media-183', 'uas-reinvite'] as const) {
    test(scenario, async (t) => {
      if (!requireTool(t, 'sipp')) return;
      const { attempt, heardAgain } = await callBackThrough(t, { scenario, pauseMs: 100 });
      assert.equal(attempt.result, 'CONNECTED');
      assert.ok(heardAgain > 0.9, `the agent hears the echo: ${heardAgain}`);
    });
  }

  test('uas-early-bye', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { attempt } = await callBackThrough(t, { scenario: 'uas-early-bye' });
    assert.equal(attempt.result, 'UNKNOWN');
  });

  for (const status of [401, 407] as const) {
    test(`uas-${status}-then-answer`, async (t) => {
      if (!requireTool(t, 'sipp')) return;
      const scenario = { scenario: `uas-${status}-then-answer`, keys: TRUNK_KEYS };
      const trunk = { username: TRUNK_KEYS.trunk_user, passwordEnv: 'SITE_PASSWORD' };
      const { attempt, heardAgain } = await callBackThrough(t, scenario, { trunk });
      assert.equal(attempt.result, 'CONNECTED');
      assert.ok(heardAgain > 0.9, `the agent hears the echo: ${heardAgain}`);
    });
  }
});

test('uac-calls-queue: three callers at once wait and hang up', async (t) => {
  if (!requireTool(t, 'sipp')) return;
  const site = await openSite({ callback: { callbackOnAbandon: false } });
  t.after(() => site.close());
  await runSipp({
    scenario: 'uac-calls-queue',
    remote: site.sipAddress,
    service: '+12025550100',
    calls: 3,
    pauseMs: 500,
    keys: { caller: '+12025550123' },
  });
  const { body } = await site.expectOk('GET', '/api/v1/calls');
  assert.deepEqual(body['items'], []);
});
