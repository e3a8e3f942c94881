// Statistics with an age, storage with a time to live, and the later interface.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { openGmsStorage } from '../../../api/gms/storage.ts';
import { conflict } from '../../../core/errors.ts';
import { bodyOf, entryOf } from '../fakes.ts';
import { BASIC_AUTH, createGmsWorld } from './world.ts';

const V3 = '/engagement/v3';
const NUMBER = '+12025550123';

test('a statistic is as old as the client accepts', async () => {
  const world = createGmsWorld();
  const peek = async (maxAge: string, changes: Record<string, string> = {}) => {
    const fields = { objectId: 'support', objectType: 'Queue', metric: 'RStatAgentsReadyvoice' };
    const answer = await world.ask(
      'POST',
      '/genesys/1/statistic',
      new URLSearchParams({ ...fields, ...changes }).toString(),
      {
        Authorization: BASIC_AUTH,
        'Content-Type': 'application/x-www-form-urlencoded',
        'Cache-Control': maxAge,
      },
    );
    return [answer.status, answer.headers.get('age'), (await bodyOf(answer))['value']];
  };
  assert.deepEqual(await peek('max-age=30'), [200, '0', 0]);
  world.router.agentsReady = 2;
  world.clock.advance(20_000);
  assert.deepEqual(await peek('max-age=30'), [200, '20', 0], 'not worked out anew');
  assert.deepEqual(await peek('max-age=10'), [200, '0', 2]);
  assert.deepEqual(await peek('', { metric: 'ExpectedWaitTime' }), [200, '0', 90]);
  assert.deepEqual(await peek('', { metric: 'constructor' }), [403, null, undefined]);
  assert.deepEqual(await peek('', { objectId: 'none' }), [403, null, undefined]);
  assert.deepEqual(await peek('', { notificationMode: 'Reset' }), [400, null, undefined]);
});

test('what is stored can be read, changed and deleted until its time is over', async (t) => {
  const gmsStorage = openGmsStorage(':memory:', 2);
  t.after(() => gmsStorage.close());
  const world = createGmsWorld(undefined, { gmsStorage });
  const root = '/genesys/1/storage';
  const made = await bodyOf(await world.form(`${root}/60`, { colour: 'red', size: '1' }));
  const id = String(made['_id']);
  const read = async () => {
    const answer = await world.json('GET', `${root}/${id}`);
    return answer.status === 200 ? bodyOf(answer) : answer.status;
  };
  assert.deepEqual(await read(), { colour: 'red', size: '1' });
  assert.equal(await (await world.json('GET', `${root}/${id}/colour`)).text(), 'red');
  assert.equal((await world.json('GET', `${root}/${id}/constructor`)).status, 404);
  await world.json('POST', `${root}/${id}/120`, { size: 2 });
  world.clock.advance(100_000);
  assert.deepEqual(await read(), { colour: 'red', size: '2' });
  await world.form(`${root}/10`, {});
  assert.equal((await world.form(`${root}/10`, {})).status, 503, 'there are two');
  world.clock.advance(30_000);
  assert.equal(await read(), 404);
  assert.equal((await world.form(`${root}/10`, {})).status, 200, 'the expired make room');
  assert.equal((await world.form(`${root}/0`, {})).status, 400);
  const other = String((await bodyOf(await world.form(`${root}/10`, {})))['_id']);
  assert.equal((await world.json('DELETE', `${root}/${other}`)).status, 200);
  assert.equal((await world.json('DELETE', `${root}/${other}`)).status, 404);
});

test('version 3: create, retrieve, cancel', async () => {
  const world = createGmsWorld();
  const create = (more: object) =>
    world.json('POST', `${V3}/callbacks/create`, {
      serviceName: 'sales',
      phoneNumber: NUMBER,
      language: 'en-US',
      userData: { gap: 60, account: '4711' },
      cbOfferType: 'ASAP',
      ...more,
    });
  const created = (await bodyOf(await create({ priority: 7 }))) as {
    status?: { code: string; corrId: string };
    data?: unknown;
  };
  assert.deepEqual(created.data, { id: 'cb-1' });
  assert.ok(created.status?.corrId);
  const [request] = world.callbacks.requests;
  assert.deepEqual(
    [request?.priority, request?.language, request?.retryGapSeconds, request?.userData],
    [7, 'en', 60, { gap: '60', account: '4711', cbOfferType: 'ASAP', _service_name: 'sales' }],
  );
  world.router.entries = [entryOf('cb-1', 1)];
  const retrieve = async () =>
    (await bodyOf(await world.json('POST', `${V3}/callbacks/retrieve`, { id: 'cb-1' })))['data'];
  const shown = (await retrieve()) as Record<string, unknown>;
  assert.deepEqual(
    [shown['callbackState'], shown['phoneNumber'], shown['positionInQueue']],
    ['QUEUED', NUMBER, 1],
  );
  assert.equal((await world.json('POST', `${V3}/callbacks/cancel`, { id: 'cb-1' })).status, 200);
  world.router.entries = [];
  const over = (await retrieve()) as Record<string, unknown>;
  assert.equal(over['callbackReason'], 'CANCELLED');
  assert.equal('positionInQueue' in over, false);

  const refusal = async (answer: Response) => [
    answer.status,
    ((await bodyOf(answer))['status'] as { code: string }).code,
  ];
  const captcha = await create({ captchaToken: 'x' });
  assert.deepEqual(await refusal(captcha), [400, 'REQUEST_INVALID'], 'what is not done is refused');
  assert.deepEqual(await refusal(await create({ language: 'xx' })), [400, 'LANGUAGE_UNKNOWN']);
  const none = await world.json('POST', `${V3}/callbacks/cancel`, { id: 'none' });
  assert.deepEqual(await refusal(none), [404, 'CALLBACK_UNKNOWN']);
  const alternatives = ['2026-01-06T14:00:00.000Z'];
  world.callbacks.fault = conflict('CALLBACK_SLOT_FULL', 'full', { alternatives });
  const full = await create({});
  assert.equal(full.status, 400);
  assert.deepEqual((await bodyOf(full))['data'], { proposedSlots: alternatives });
});

test('version 3: how long it is open, and what can be offered now', async () => {
  const world = createGmsWorld();
  const data = async (path: string) =>
    (await bodyOf(await world.json('GET', `${V3}${path}`)))['data'] as Record<string, unknown>;
  const nowMs = world.clock.nowMs();
  const status = '/callbacks/queue-status/support';
  const offered = { ewt: 90, offerImmediateCallback: true, offerScheduledCallback: true };
  assert.deepEqual(await data(status), offered, 'always open');
  world.callbacks.periods = [{ fromMs: nowMs, toMs: nowMs + 60_000 }];
  assert.deepEqual(await data('/callbacks/open-for/sales'), { openFor: 60 });
  const closing = { ...offered, offerImmediateCallback: false };
  assert.deepEqual(await data(status), closing, 'it would close before the call');
  world.callbacks.periods = [{ fromMs: nowMs + 1, toMs: nowMs + 600_000 }];
  assert.deepEqual(await data('/callbacks/open-for/sales'), { openFor: 0 });
  assert.deepEqual(await data(status), closing, 'closed now');
  const waits = await data('/estimated-wait-time?virtual-queues=support,none&mode=mode1');
  assert.deepEqual(waits, {
    support: { estimatedWaitTime: 90, message: 'estimated', resultCode: 0 },
    none: { estimatedWaitTime: -1, message: 'no such queue', resultCode: 1 },
  });
  assert.equal((await world.json('GET', `${V3}/callbacks/queue-status/none`)).status, 404);
  assert.equal((await world.json('GET', `${V3}/estimated-wait-time`)).status, 400);
  const none = await bodyOf(await world.json('GET', `${V3}/callbacks/availability/none`));
  assert.equal((none['status'] as { code: string }).code, 'GENESYS_SERVICE_UNKNOWN');
});
