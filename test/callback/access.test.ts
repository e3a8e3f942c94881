// Access numbers and codes: how they are given out, whom a call is from, and that guessing does not
// pay. Over the durable runner, with recording ports.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../callback/index.ts';
import type { AccessCall, CallInRequest, CallInSettings } from '../../callback/index.ts';
import { benchOf, countingIds, number, requestOf, settingsOf } from './support.ts';

const accessNumber = '+12025550199';
const other = '+12025550198';
const own: CallInSettings = {
  accessNumbers: [accessNumber, other],
  codeDigits: 6,
  withCode: true,
  knowsByNumber: true,
  callWithinSeconds: 90,
  whenNotCalled: 'expire',
  whenUnknown: 'queue',
};
const wish: CallInRequest = {
  opens: 'turn',
  callWithinSeconds: null,
  whenNotCalled: null,
  withCode: null,
  codeDigits: null,
};
const bob = '+12025550102';

/** Codes `000001`, `000002` ..., each asked for twice, as chance may have it. */
function countingDigits(): (count: number) => string {
  let calls = 0;
  return (count) => String(1 + Math.floor((calls += 1) / 2)).padStart(count, '0');
}

async function bench(
  changes: Partial<CallInSettings> = {},
  store = new MemoryStore(),
  ids = countingIds(),
) {
  const settings = [settingsOf({ callIn: { ...own, ...changes }, limits: unlimited })];
  const made = await benchOf({ settings, store, ids, randomDigits: countingDigits() });
  const call = (said: Partial<AccessCall>): AccessCall => ({
    ...{ accessNumber, callerNumber: null, accessCode: null },
    ...said,
  });
  const find = (said: Partial<AccessCall>) => made.callbacks.callIns.find(call(said));
  const create = async (customerNumber: string, change: Partial<CallInRequest> = {}) => {
    const request = requestOf({ customerNumber, callIn: { ...wish, ...change } });
    const creating = made.callbacks.create(request);
    made.tick();
    return (await creating).record;
  };
  return { ...made, call, find, create, store };
}

const unlimited = {
  waitingPerNumber: null,
  perNumber: null,
  perQueue: [],
  perKey: [],
  maxWaiting: null,
};

test('a code of its own for each, numbers given out in turn, shown with the callback', async () => {
  const { create, callbacks } = await bench();
  const first = await create(number);
  const second = await create(bob);
  assert.deepEqual(first.access?.accessNumber, accessNumber);
  assert.deepEqual(second.access?.accessNumber, other);
  assert.match(first.access?.accessCode ?? '', /^\d{6}$/);
  assert.notEqual(first.access?.accessCode, second.access?.accessCode);
  assert.deepEqual(callbacks.get(first.id)?.access, first.access);
  const long = await create('+12025550103', { codeDigits: 9 });
  assert.match(long.access?.accessCode ?? '', /^\d{9}$/);
  await callbacks.stop();
});

test('known by the number shown, or by the code from any telephone', async () => {
  const { create, find, callbacks } = await bench();
  const { id, access } = await create(number);
  const accessCode = access?.accessCode ?? '';
  const found = find({ callerNumber: number });
  assert.equal(found.kind === 'found' && found.record.id, id);
  const byCode = find({ accessCode });
  assert.equal(byCode.kind === 'found' && byCode.record.id, id);
  assert.equal(find({ callerNumber: bob }).kind, 'unknown');
  assert.equal(find({ accessNumber: other, accessCode }).kind, 'unknown', 'its own number only');
  assert.equal(find({ accessNumber: other, callerNumber: number }).kind, 'unknown');
  assert.equal(find({}).kind, 'unknown');
  await callbacks.stop();
});

test('a forged number is not enough where the queue wants the code', async () => {
  const { create, find, callbacks } = await bench({ knowsByNumber: false });
  const { access } = await create(number);
  assert.equal(find({ callerNumber: number }).kind, 'unknown');
  assert.equal(find({ accessCode: access?.accessCode ?? null }).kind, 'found');
  await callbacks.stop();
});

test('without codes a customer has each access number once; then none is left', async () => {
  const { create, find, callbacks } = await bench({ withCode: false });
  const first = await create(number);
  const second = await create(number);
  assert.equal(first.access?.accessCode, null);
  assert.notEqual(first.access?.accessNumber, second.access?.accessNumber);
  await assert.rejects(create(number), { code: 'CALLBACK_ACCESS_EXHAUSTED' });
  const shared = await create(bob);
  assert.equal(shared.access?.accessCode, null);
  const found = find({ accessNumber: shared.access?.accessNumber ?? '', callerNumber: bob });
  assert.equal(found.kind === 'found' && found.record.id, shared.id);
  await callbacks.stop();
});

test('several callbacks of one caller on one number: the code tells', async () => {
  const { create, find, callbacks, call } = await bench({ accessNumbers: [accessNumber] });
  await create(number);
  const second = await create(number);
  const found = find({ callerNumber: number });
  assert.equal(found.kind === 'several' && found.records.length, 2);
  const byCode = find({ callerNumber: number, accessCode: second.access?.accessCode ?? null });
  assert.equal(byCode.kind === 'found' && byCode.record.id, second.id);
  const matching = callbacks.callIns.match(call({ callerNumber: number }));
  const refused = assert.rejects(matching, { code: 'CALLBACK_ACCESS_AMBIGUOUS' });
  await Promise.resolve();
  await callbacks.stop();
  await refused;
});

test('matched elsewhere: over, number and code free, and the record says the place', async () => {
  const { create, find, callbacks, call, tick } = await bench();
  const { id, access, arrivedAtMs } = await create(number);
  const said = call({ accessCode: access?.accessCode ?? null });
  const matching = callbacks.callIns.match(said);
  tick();
  const record = await matching;
  assert.deepEqual([record.id, record.reason, record.access], [id, 'MERGED', null]);
  assert.equal(record.arrivedAtMs, arrivedAtMs);
  assert.equal(find(said).kind, 'unknown');
  const again = assert.rejects(callbacks.callIns.match(said), { code: 'CALLBACK_ACCESS_UNKNOWN' });
  tick();
  await again;
  await callbacks.stop();
});

test('the call takes the place; a second call with the code is told so', async () => {
  const { create, find, callbacks, calls, agents, tick, call } = await bench();
  const { id, access } = await create(number);
  agents.reserve(id);
  tick();
  assert.equal(callbacks.get(id)?.access?.isAwaited, true);
  const asked = callbacks.history(id).at(-1);
  assert.equal(asked?.type, 'call-in-asked');
  assert.equal(asked?.data['accessCode'], access?.accessCode);
  const taking = callbacks.callIn(id, 'access-1');
  tick();
  assert.equal((await taking).state, 'routing');
  const told = ['take access-1', 'play access-welcome', 'ring ann r1'];
  assert.deepEqual(calls.told, told);
  const code = { accessCode: access?.accessCode ?? null };
  assert.equal(find(code).kind, 'taken');
  const second = assert.rejects(callbacks.callIn(id, 'access-2'), { code: 'CALLBACK_STATE' });
  const matching = assert.rejects(callbacks.callIns.match(call(code)), { code: 'CALLBACK_STATE' });
  tick();
  await Promise.all([second, matching]);
  await callbacks.stop();
});

test('who guesses is not listened to for an hour; others are', async () => {
  const { create, find, callbacks, clock, call, tick } = await bench();
  const { id, access } = await create(number);
  for (let tries = 0; tries < 10; tries += 1) {
    assert.equal(find({ callerNumber: bob, accessCode: '999999' }).kind, 'unknown');
  }
  const accessCode = access?.accessCode ?? null;
  assert.equal(find({ callerNumber: bob, accessCode }).kind, 'closed');
  assert.equal(find({ callerNumber: number, accessCode }).kind, 'found');
  const matching = callbacks.callIns.match(call({ callerNumber: bob, accessCode }));
  const limited = assert.rejects(matching, { code: 'CALLBACK_CODES_LIMITED' });
  tick();
  await limited;
  clock.advance(3_600_001);
  const found = find({ callerNumber: bob, accessCode });
  assert.equal(found.kind === 'found' && found.record.id, id);
  for (let tries = 0; tries < 100; tries += 1) {
    find({ callerNumber: `+1202555${1_000 + tries}`, accessCode: '999999' });
  }
  assert.equal(find({ callerNumber: number, accessCode }).kind, 'closed', 'the number as a whole');
  assert.equal(find({ callerNumber: number }).kind, 'found', 'who is known needs no code');
  await callbacks.stop();
});

test('all of it survives a restart; codes of the living are not given out again', async () => {
  const store = new MemoryStore();
  const before = await bench({}, store);
  const { id, access } = await before.create(number);
  await before.callbacks.stop();
  const after = await bench({}, store, countingIds('d'));
  assert.deepEqual(after.callbacks.get(id)?.access, access);
  const found = after.find({ accessCode: access?.accessCode ?? null });
  assert.equal(found.kind === 'found' && found.record.id, id);
  const next = await after.create(bob);
  assert.notEqual(next.access?.accessCode, access?.accessCode);
  await after.callbacks.stop();
});

test('a queue without access numbers, or a code that cannot be: refused', async () => {
  const { callbacks, tick } = await benchOf({});
  const asking = callbacks.create(requestOf({ callIn: wish }));
  const refused = assert.rejects(asking, { code: 'CALLBACK_CALL_IN_OFF' });
  tick();
  await refused;
  await callbacks.stop();
  const strict = await bench();
  const invalid = { code: 'CALLBACK_REQUEST_INVALID' };
  await assert.rejects(strict.create(number, { codeDigits: 2 }), invalid);
  await assert.rejects(strict.create(number, { codeDigits: 6.5 }), invalid);
  await assert.rejects(strict.create(number, { callWithinSeconds: 1 }), invalid);
  await strict.callbacks.stop();
});

test('without chance there are no codes', async () => {
  const settings = [settingsOf({ callIn: own })];
  const { callbacks, tick } = await benchOf({ settings });
  const refused = assert.rejects(callbacks.create(requestOf({ callIn: wish })), {
    code: 'CALLBACK_ACCESS_EXHAUSTED',
  });
  tick();
  await refused;
  await callbacks.stop();
});
