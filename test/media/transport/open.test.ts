// Which sockets are taken, and what becomes of descriptors that a dead thread left behind.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { FdLedger } from '../../../media/transport/ledger.ts';
import { openTransport } from '../../../media/transport/open.ts';

test("auto takes the C library's sockets here, and says nothing", async () => {
  const memory = FdLedger.memory();
  const { transport, fallback } = await openTransport('auto', memory);
  assert.deepEqual([transport.kind, fallback], ['ffi', null]);
  transport.close();
  assert.deepEqual(new FdLedger(memory).takeLeft(), []);
});

test('where they do not work auto falls back with the reason, ffi refuses', async (t) => {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
  t.after(() => Object.defineProperty(process, 'platform', platform));
  Object.defineProperty(process, 'platform', { ...platform, value: 'plan9' });
  const { transport, fallback } = await openTransport('auto', FdLedger.memory());
  assert.equal(transport.kind, 'dgram');
  assert.match(fallback ?? '', /plan9/u);
  await assert.rejects(openTransport('ffi', FdLedger.memory()), /plan9/u);
});

test('a Node without node:ffi, or not permitted to use it', async (t) => {
  t.mock.method(process, 'getBuiltinModule', () => undefined);
  const { transport, fallback } = await openTransport('auto', FdLedger.memory());
  assert.equal(transport.kind, 'dgram');
  assert.match(fallback ?? '', /node:ffi/u);
});

test('the ledger: what was noted and not struck is left, once', () => {
  const memory = FdLedger.memory();
  const thread = new FdLedger(memory);
  for (const fd of [0, 31, 32, 4_095, 65_535]) assert.ok(thread.enter(fd));
  for (const fd of [-1, 65_536]) assert.equal(thread.enter(fd), false);
  thread.strike(32);
  const main = new FdLedger(memory);
  assert.deepEqual(main.takeLeft(), [0, 31, 4_095, 65_535]);
  assert.deepEqual(main.takeLeft(), []);
});
