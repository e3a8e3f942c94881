// Callback services as clients of the original use them: forms and JSON, `_` names, next actions.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { conflict } from '../../../core/errors.ts';
import { bodyOf, createWorld, entryOf, KEY } from '../fakes.ts';
import { BASIC_AUTH, createGmsWorld, SERVICES } from './world.ts';

const ROOT = '/genesys/1/service';
const SALES = `${ROOT}/callback/sales`;
const NUMBER = '+12025550123';

test('a form starts a callback, and the answer says what to show', async () => {
  const world = createGmsWorld();
  const answer = await world.form(SALES, {
    _customer_number: '(202) 555-0123',
    _call_direction: 'USERTERMINATED',
    _media_type: 'voice',
    _wait_for_agent: 'true',
    _wait_for_user_confirm: 'true',
    gap: '60',
    account: '4711',
  });
  assert.equal(answer.status, 200);
  assert.deepEqual(await bodyOf(answer), {
    _id: 'cb-1',
    _action: 'ConfirmationDialog',
    _text: 'You will be called as soon as it is your turn.',
  });
  const [request] = world.callbacks.requests;
  assert.equal(request?.queueId, 'support');
  assert.equal(request.customerNumber, NUMBER);
  assert.deepEqual([request.maxAttempts, request.retryGapSeconds], [5, 60]);
  assert.equal(request.firstParty, 'agent');
  assert.equal(request.userData['account'], '4711');
  assert.equal(request.userData['_service_name'], 'sales');
});

test('JSON schedules one, which is found, moved and cancelled', async () => {
  const world = createGmsWorld();
  const started = await world.json('POST', SALES, {
    _customer_number: NUMBER,
    _desired_time: '2026-01-05T15:00:00.000Z',
    gap: 60,
    account: 4711,
  });
  assert.equal((await bodyOf(started))['_text'], 'You will be called at 2026-01-05T15:00:00.000Z.');
  const record = {
    _id: 'cb-1',
    _desired_time: '2026-01-05T15:00:00.000Z',
    _service_name: 'sales',
    _callback_state: 'SCHEDULED',
    _expiration_time: '2026-01-06T09:00:00.000Z',
    _customer_number: NUMBER,
    _url: `${SALES}/cb-1`,
    account: '4711',
  };
  assert.deepEqual(await bodyOf(await world.json('GET', `${ROOT}/callback?_id=cb-1`)), record);

  const find = async (query: string) =>
    ((await (await world.json('GET', `${SALES}?${query}`)).json()) as { _id: string }[]).map(
      ({ _id }) => _id,
    );
  assert.deepEqual(await find('_customer_number=2025550123'), ['cb-1']);
  assert.deepEqual(await find('account=4711&_customer_number=2025550124&operand=OR'), ['cb-1']);
  assert.deepEqual(await find('account=4711&_customer_number=2025550124&operand=AND'), []);
  assert.deepEqual(await find('account=4712'), []);
  assert.deepEqual(await find('account=4712&_customer_number=2025550123'), []);
  assert.deepEqual(await find('account=4712&_customer_number=2025550123&operand=OR'), ['cb-1']);
  assert.equal((await world.json('GET', `${SALES}?colour=red`)).status, 400);
  assert.equal((await world.json('GET', SALES)).status, 400);

  const put = await world.json('PUT', `${SALES}/cb-1`, {
    _new_desired_time: '2026-01-05T16:00:00.000+0000',
  });
  assert.equal((await bodyOf(put))['_desired_time'], '2026-01-05T16:00:00.000Z');
  const gone = await world.json('DELETE', `${SALES}/cb-1?discard_ors_failure=true`);
  assert.equal(gone.status, 200);
  const after = await bodyOf(gone);
  assert.equal(after['_callback_state'], 'COMPLETED');
  assert.equal(after['_callback_reason'], 'CANCELLED');
  const again = await world.json('DELETE', `${SALES}/cb-1`);
  assert.deepEqual(
    [again.status, await bodyOf(again)],
    [400, { message: 'it is over', exception: 'CALLBACK_COMPLETED' }],
  );
});

test('a token names the queue, a target another one, and nothing else does', async () => {
  const world = createGmsWorld();
  const start = async (fields: Record<string, string>) => {
    const answer = await world.form(`${ROOT}/callback/any`, {
      _customer_number: NUMBER,
      account: '1',
      ...fields,
    });
    return [answer.status, (await bodyOf(answer))['message'] ?? 'ok'];
  };
  assert.deepEqual(await start({ department: 'support' }), [200, 'ok']);
  assert.deepEqual(await start({ _target: 'support' }), [200, 'ok']);
  const refused = [400, 'invalid option: department must name a queue'];
  assert.deepEqual(await start({}), refused);
  assert.deepEqual(await start({ department: 'elsewhere' }), refused);
  assert.deepEqual(await start({ _target: 'elsewhere' }), refused);
  const fixed = { _customer_number: NUMBER, gap: '60', _target: 'elsewhere' };
  assert.equal((await world.form(SALES, fixed)).status, 200, 'not for this service');
  assert.equal(world.callbacks.requests.at(-1)?.queueId, 'support');
  const missing = await world.form(`${ROOT}/callback/any`, { _customer_number: NUMBER });
  assert.match(String((await bodyOf(missing))['message']), /invalid option: account is mandatory/);
});

test('refusals have a message, an exception and a phrase', async () => {
  const world = createGmsWorld();
  const start = async (fields: Record<string, string>, service = 'sales') => {
    const answer = await world.form(`${ROOT}/callback/${service}`, { gap: '60', ...fields });
    const { exception, phrase, proposedSlots } = await bodyOf(answer);
    return [answer.status, exception, phrase ?? proposedSlots];
  };
  const bad = 'BAD_PARAMETER';
  assert.deepEqual(await start({}), [400, 'GENESYS_PARAMETER_INVALID', bad]);
  const direction = { _customer_number: NUMBER, _call_direction: 'SIDEWAYS' };
  assert.deepEqual(await start(direction), [400, 'GENESYS_PARAMETER_INVALID', bad]);
  assert.deepEqual(await start({ _customer_number: '900' }), [400, 'PHONE_NUMBER_INVALID', bad]);
  const past = { _customer_number: NUMBER, _desired_time: 'tomorrow' };
  assert.deepEqual(await start(past), [400, 'GENESYS_PARAMETER_INVALID', bad]);
  const unknown = await start({ _customer_number: NUMBER }, 'none');
  assert.deepEqual(unknown, [404, 'CallbackExceptionResource', undefined]);
  const alternatives = ['2026-01-06T14:00:00.000Z'];
  world.callbacks.fault = conflict('CALLBACK_SLOT_FULL', 'full', { alternatives });
  const full = await start({ _customer_number: NUMBER });
  assert.deepEqual(full, [400, 'CallbackExceptionAvailability', alternatives]);
  world.callbacks.fault = new Error('a bug');
  const failed = await start({ _customer_number: NUMBER });
  assert.deepEqual(failed, [500, 'INTERNAL_ERROR', undefined]);
  const text = await world.ask('POST', SALES, 'x', { 'Content-Type': 'text/plain' });
  assert.equal(text.status, 415);
  const nested = await world.json('POST', SALES, { _customer_number: { toString: 1 } });
  assert.equal(nested.status, 400);
  const broken = await world.json('POST', SALES, '[1');
  assert.equal((await bodyOf(broken))['exception'], 'REQUEST_MALFORMED');
  const huge = await world.form(SALES, { _customer_number: NUMBER, x: 'x'.repeat(2_000_000) });
  assert.equal(huge.status, 413);
});

test('position, menu and cancel: the dialog about a callback', async () => {
  const world = createGmsWorld();
  await world.form(SALES, { _customer_number: NUMBER, gap: '60' });
  const none = await world.json('POST', `${ROOT}/cb-1/check-queue-position`);
  assert.equal(none.status, 400);
  world.router.entries = [entryOf('cb-1', 1)];
  const place = await bodyOf(await world.json('POST', `${ROOT}/cb-1/check-queue-position`));
  assert.deepEqual(
    [place['_id'], place['_position'], place['_total_waiting'], typeof place['_eta']],
    ['cb-1', 1, 1, 'number'],
  );
  const menu = await bodyOf(await world.json('GET', `${ROOT}/cb-1/menu`));
  assert.equal(menu['_action'], 'DisplayMenu');
  const [group] = menu['_content'] as { _group_content: { _user_action_url: string }[] }[];
  const url = group?._group_content[0]?._user_action_url ?? '';
  const done = await bodyOf(await world.json('GET', url));
  assert.equal(done['_action'], 'ConfirmationDialog');
  assert.equal(world.callbacks.get('cb-1')?.reason, 'CANCELLED');
});

test('callbacks by queue are filtered by configured keys alone', async () => {
  const world = createGmsWorld();
  await world.form(SALES, { _customer_number: NUMBER, gap: '60', account: '4711' });
  const url = '/genesys/1/admin/callback/queues';
  const ids = async (query: string) => {
    const body = await bodyOf(await world.json('GET', `${url}?${query}`));
    return ((body['support'] ?? []) as { _id: string }[]).map(({ _id }) => _id);
  };
  assert.deepEqual(await ids('target=support&_callback_state=QUEUED'), ['cb-1']);
  assert.deepEqual(await ids('_callback_state=COMPLETED'), []);
  assert.deepEqual(await ids('start_time=2026-02-01T00:00:00Z'), []);
  assert.equal((await world.json('GET', `${url}?account=4711`)).status, 400);
  assert.equal((await world.json('GET', `${url}?target=none`)).status, 400);
});

test('it is off unless configured, and asks for a key unless told not to', async () => {
  const off = await createWorld().ask('GET', `${ROOT}/callback?_id=cb-1`);
  assert.equal(off.status, 404);
  const world = createGmsWorld();
  const bare = await world.app.request(`${ROOT}/callback?_id=cb-1`);
  assert.equal(bare.status, 401);
  assert.match(bare.headers.get('www-authenticate') ?? '', /^Basic /);
  assert.equal((await bodyOf(bare))['exception'], 'API_KEY_MISSING');
  const wrong = await world.ask('GET', `${ROOT}/callback?_id=cb-1`, undefined, {
    Authorization: `Basic ${Buffer.from('x:wrong').toString('base64')}`,
  });
  assert.equal(wrong.status, 401);
  const bearer = await world.ask('GET', `${ROOT}/callback?_id=cb-1`, undefined, {
    Authorization: `Bearer ${KEY}`,
  });
  assert.equal(bearer.status, 404, 'let in, and there is no such callback');
  const open = createGmsWorld(SERVICES.replace('enabled: true', 'enabled: true\n  auth: none'));
  assert.equal((await open.app.request(`${ROOT}/callback?_id=cb-1`)).status, 404);
  const api = await open.app.request('/api/v1/callbacks');
  assert.equal(api.status, 401, 'our own API is as closed as ever');
});

test('pages of other origins are refused unless configured', async () => {
  const world = createGmsWorld(`http: { corsOrigins: ['https://shop.example'] }\n${SERVICES}`);
  const ask = async (Origin: string) => {
    const headers = { Authorization: BASIC_AUTH, Origin, Host: 'gms.example' };
    const answer = await world.ask('GET', `${ROOT}/callback?_id=cb-1`, undefined, headers);
    return [answer.status, answer.headers.get('access-control-allow-origin')];
  };
  assert.deepEqual(await ask('https://shop.example'), [404, 'https://shop.example']);
  assert.deepEqual(await ask('https://gms.example'), [404, null]);
  assert.deepEqual(await ask('https://evil.example'), [403, null]);
  assert.deepEqual(await ask('null'), [403, null]);
});

test('what a callback carries stays bounded when it is changed', async () => {
  const world = createGmsWorld();
  const keys = (prefix: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']));
  const start = (more: object) =>
    world.json('POST', SALES, { _customer_number: NUMBER, gap: 60, ...more });
  assert.equal((await start(keys('a', 49))).status, 400);
  assert.equal((await start({ long: 'x'.repeat(1_025) })).status, 400);
  assert.equal((await start({ 'not a key': 'x' })).status, 400);
  assert.equal((await start(keys('a', 48))).status, 200);
  assert.equal((await world.json('PUT', `${SALES}/cb-1`, keys('b', 1))).status, 400);
  assert.equal((await world.json('PUT', `${SALES}/cb-1`, keys('a', 1))).status, 200);
  assert.equal((await world.json('PUT', `${ROOT}/callback/any/cb-1`, {})).status, 404);
});

test('without a key the whole face has the rate of one key', async () => {
  const yaml = SERVICES.replace('enabled: true', 'enabled: true\n  auth: none');
  const world = createGmsWorld(`http: { requestsPerSecond: 1, requestBurst: 2 }\n${yaml}`);
  const ask = () => world.app.request(`${ROOT}/callback?_id=cb-1`);
  await ask();
  await ask();
  const third = await ask();
  assert.equal(third.status, 429);
  assert.equal(third.headers.get('retry-after'), '1');
});
