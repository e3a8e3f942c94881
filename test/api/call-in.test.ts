// Customers who call in, over HTTP: asked for, shown with number and code, matched by an IVR; and
// what the configuration says of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../api/config.ts';
import { randomDigits } from '../../api/caller-choices.ts';
import type { AccessCall, Callbacks } from '../../callback/index.ts';
import { bodyOf, createWorld } from './fakes.ts';

const GOOD = { queueId: 'support', customerNumber: '+12025550123' };
const MATCH = '/api/v1/callbacks/match';

test('origination customer: number and code; what is not said is the queue’s', async () => {
  const world = createWorld();
  const origination = 'customer';
  await world.ask('POST', '/api/v1/callbacks', { ...GOOD, origination });
  const callIn = { opens: 'now', callWithinSeconds: 600, whenNotCalled: 'dial', codeDigits: 8 };
  await world.ask('POST', '/api/v1/callbacks', { ...GOOD, origination, callIn });
  await world.ask('POST', '/api/v1/callbacks', { ...GOOD, origination: 'us' });
  const none = { callWithinSeconds: null, whenNotCalled: null, withCode: null, codeDigits: null };
  assert.deepEqual(
    world.callbacks.requests.map((request) => request.callIn),
    [{ opens: 'turn', ...none }, { ...none, ...callIn }, undefined],
  );
  const alone = await world.ask('POST', '/api/v1/callbacks', { ...GOOD, callIn });
  assert.equal(alone.status, 400);
});

test('number, code and expiry are shown with the callback', async () => {
  const world = createWorld();
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  const access = {
    ...{ accessNumber: '+12025550199', accessCode: '048213' },
    ...{ expiresAtMs: world.clock.nowMs() + 60_000, isAwaited: true },
  };
  world.callbacks.happen('cb-1', 'call-in-asked', { access });
  const shown = await bodyOf(await world.ask('GET', '/api/v1/callbacks/cb-1'));
  assert.deepEqual(shown['access'], {
    ...{ accessNumber: '+12025550199', accessCode: '048213' },
    ...{ expiresAt: '2026-01-05T09:01:00.000Z', awaited: true },
  });
});

test('an IVR matches a call: the callback, or why there is none', async () => {
  const world = createWorld();
  const unknown = await world.ask('POST', MATCH, { accessNumber: '+12025550199' });
  assert.equal(unknown.status, 404);
  assert.equal((await bodyOf(unknown))['code'], 'CALLBACK_ACCESS_UNKNOWN');
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  const asked: AccessCall[] = [];
  const record = world.callbacks.records.get('cb-1');
  const matching: Pick<Callbacks['callIns'], 'match'> = {
    match: (call) => {
      asked.push(call);
      return record === undefined ? Promise.reject(new Error('none')) : Promise.resolve(record);
    },
  };
  Object.assign(world.callbacks.callIns, matching);
  const body = { accessNumber: '+12025550199', customerNumber: '202-555-0123', accessCode: '48' };
  const matched = await world.ask('POST', MATCH, body);
  assert.equal(matched.status, 200);
  assert.equal((await bodyOf(matched))['id'], 'cb-1');
  const callerNumber = '+12025550123';
  assert.deepEqual(asked, [{ accessNumber: '+12025550199', callerNumber, accessCode: '48' }]);
  const wrong = await world.ask('POST', MATCH, { ...body, accessCode: '4*' });
  assert.equal(wrong.status, 400);
});

test('the configuration: off unless numbers are named, which no queue may have as its own', () => {
  assert.equal(parseConfig('', {}).queues[0]?.callback.callIn, null);
  const yaml = (numbers: string): string =>
    `queues:\n  - id: a\n    numbers: ["+12025550100"]\n` +
    `    callback: { callIn: { accessNumbers: [${numbers}] } }`;
  const { callIn } = parseConfig(yaml('"+12025550199"'), {}).queues[0]?.callback ?? {};
  assert.deepEqual(callIn, {
    ...{ accessNumbers: ['+12025550199'], withCode: true, codeDigits: 6, knowsByNumber: true },
    ...{ callWithinSeconds: 120, whenNotCalled: 'expire', whenUnknown: 'queue' },
  });
  assert.throws(() => parseConfig(yaml('"+12025550100"'), {}), /accessNumbers/u);
  assert.throws(() => parseConfig(yaml(''), {}), /accessNumbers/u);
});

test('digits by chance: so many as asked for', () => {
  for (const count of [4, 6, 12]) assert.match(randomDigits(count), new RegExp(`^\\d{${count}}$`));
  assert.notEqual(randomDigits(12), randomDigits(12));
});
