// SIPp's scenarios against the test phone: each tells its story to a peer that is known to work.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import type { PhoneError } from './phone.ts';
import { Phone } from './phone.ts';
import type { SippOptions } from './sipp.ts';
import { runSipp, startSipp } from './sipp.ts';
import { requireTool } from './tools.ts';
import { until } from './until.ts';

async function callSipp(t: TestContext, options: SippOptions) {
  const phone = await Phone.open({ name: 'caller' });
  const sipp = await startSipp(options);
  t.after(async () => {
    await phone.close();
    await sipp.stop();
  });
  return { phone, sipp, to: `sip:+15550100@${sipp.host}:${sipp.port}` };
}

function hasStatus(status: number) {
  return (error: PhoneError) => error.status === status;
}

describe('sipp answers', { concurrency: 3 }, () => {
  for (const scenario of ['uas-answered', 'uas-early-media-183', 'uas-reinvite'] as const) {
    test(scenario, async (t) => {
      if (!requireTool(t, 'sipp')) return;
      const { phone, sipp, to } = await callSipp(t, { scenario, pauseMs: 100, echo: true });
      const call = await phone.dial({ to });
      if (scenario === 'uas-reinvite') await until('the offer', () => call.offersReceived === 1);
      await until('echoed sound', () => call.packets.received > 5);
      await call.hangUp();
      await sipp.done;
    });
  }

  for (const [scenario, status, cause] of [
    ['uas-busy-486', 486, 17],
    ['uas-rejected-603', 603, 21],
  ] as const) {
    test(scenario, async (t) => {
      if (!requireTool(t, 'sipp')) return;
      const { phone, sipp, to } = await callSipp(t, { scenario, pauseMs: 100 });
      await assert.rejects(phone.dial({ to }), hasStatus(status));
      assert.match(phone.calls[0]?.end?.reason ?? '', new RegExp(`^Q\\.850;cause=${cause};`));
      await sipp.done;
    });
  }

  test('uas-no-answer', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { phone, sipp, to } = await callSipp(t, { scenario: 'uas-no-answer' });
    const call = await phone.place({ to });
    await until('ringing', () => call.ringingAtMs);
    call.cancel();
    assert.equal((await call.ended).status, 487);
    await sipp.done;
  });

  test('uas-early-bye', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { phone, sipp, to } = await callSipp(t, { scenario: 'uas-early-bye' });
    const call = await phone.dial({ to });
    assert.equal((await call.ended).by, 'peer');
    await sipp.done;
  });
});

describe('sipp challenges and calls', { concurrency: 3 }, () => {
  for (const status of [401, 407] as const) {
    test(`uas-${status}-then-answer`, async (t) => {
      if (!requireTool(t, 'sipp')) return;
      const scenario = `uas-${status}-then-answer`;
      const auth = { username: 'ringback', password: 'secret' };
      const right = await callSipp(t, { scenario });
      const call = await right.phone.dial({ to: right.to, auth });
      await call.hangUp();
      await right.sipp.done;
      const none = await callSipp(t, { scenario });
      await assert.rejects(none.phone.dial({ to: none.to }), hasStatus(status));
      assert.equal(none.phone.calls[0]?.end?.by, 'failed');
    });
  }

  test('uas-401-then-answer refuses a wrong password', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const { phone, sipp, to } = await callSipp(t, {
      scenario: 'uas-401-then-answer',
    });
    const auth = { username: 'ringback', password: 'guessed' };
    await assert.rejects(phone.dial({ to, auth }), hasStatus(403));
    await assert.rejects(sipp.done, /wrong credentials/);
  });

  test('uac-calls-queue', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const phone = await Phone.open({ name: 'callee' });
    t.after(() => phone.close());
    phone.onCall((call) => call.answer());
    const keys = { caller: '+15550123' };
    await runSipp({
      scenario: 'uac-calls-queue',
      remote: phone.address,
      service: '+15550199',
      calls: 2,
      pauseMs: 200,
      keys,
    });
    const parties = phone.calls.map((call) => `${call.remoteUser} ${call.localUser}`);
    assert.deepEqual(parties, ['+15550123 +15550199', '+15550123 +15550199']);
    assert.ok(phone.calls.every((call) => call.end?.by === 'peer'));
  });

  test('a call that goes otherwise fails the run with the report', async (t) => {
    if (!requireTool(t, 'sipp')) return;
    const phone = await Phone.open({ name: 'callee' });
    t.after(() => phone.close());
    phone.onCall((call) => call.reject(404, 'Not Found'));
    const keys = { caller: '+15550123' };
    const run = runSipp({ scenario: 'uac-calls-queue', remote: phone.address, keys });
    await assert.rejects(run, /404 Not Found/);
  });
});
