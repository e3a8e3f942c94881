// One suite for every registrar store: memory, SQLite without a file, SQLite in a file.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binding, RegistrarStore } from '../../sip/index.ts';
import { memoryRegistrarStore, sqliteRegistrarStore } from '../../sip/apps/registrar-store.ts';

const nowMs = Date.UTC(2026, 0, 5);

function binding(change: Partial<Binding> = {}): Binding {
  return {
    username: '1001',
    contact: 'sip:1001@192.0.2.1',
    callId: 'c',
    cseq: 1,
    expiresAtMs: nowMs + 60_000,
    receivedFrom: 'udp/192.0.2.1:5060',
    userAgent: 'phone "9"',
    path: '<sip:edge.example.com;lr>',
    ...change,
  };
}

const folder = mkdtempSync(join(tmpdir(), 'registrar-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const stores: Readonly<Record<string, () => RegistrarStore>> = {
  memory: memoryRegistrarStore,
  'SQLite in memory': () => sqliteRegistrarStore(':memory:'),
  'SQLite in a file': () => sqliteRegistrarStore(join(folder, `${files++}.db`)),
};

for (const [name, open] of Object.entries(stores)) {
  test(`${name}: subscribers are put, changed, found and removed`, (t) => {
    const store = open();
    t.after(() => store.close());
    const one = { username: '1001', ha1Md5: 'a', ha1Sha256: 'b' };
    assert.equal(store.subscriber('1001'), null);
    store.putSubscriber(one);
    store.putSubscriber({ ...one, ha1Md5: 'c' });
    assert.deepEqual(store.subscriber('1001'), { ...one, ha1Md5: 'c' });
    store.putBinding(binding());
    store.removeSubscriber('1001');
    store.removeSubscriber('1001');
    assert.equal(store.subscriber('1001'), null);
    assert.deepEqual(store.allBindings(nowMs), [], 'the bindings go with their owner');
  });

  test(`${name}: bindings come newest first, one for each contact`, (t) => {
    const store = open();
    t.after(() => store.close());
    store.putBinding(binding({ contact: 'sip:a@h' }));
    store.putBinding(binding({ contact: 'sip:b@h', userAgent: null }));
    store.putBinding(binding({ contact: 'sip:a@h', cseq: 2 }));
    store.putBinding(binding({ username: '1002' }));
    assert.deepEqual(store.bindings('1001', nowMs), [
      binding({ contact: 'sip:a@h', cseq: 2 }),
      binding({ contact: 'sip:b@h', userAgent: null }),
    ]);
    assert.equal(store.allBindings(nowMs).length, 3);
    store.removeBinding('1001', 'sip:a@h');
    store.removeBinding('1001', 'sip:unknown@h');
    assert.deepEqual(
      store.bindings('1001', nowMs).map(({ contact }) => contact),
      ['sip:b@h'],
    );
  });

  test(`${name}: expired bindings are not returned, then swept`, (t) => {
    const store = open();
    t.after(() => store.close());
    store.putBinding(binding({ contact: 'sip:a@h', expiresAtMs: nowMs }));
    store.putBinding(binding({ contact: 'sip:b@h', expiresAtMs: nowMs + 1 }));
    assert.equal(store.bindings('1001', nowMs).length, 1);
    assert.equal(store.allBindings(nowMs).length, 1);
    assert.equal(store.bindings('1001', nowMs - 1).length, 2);
    assert.equal(store.removeExpired(nowMs), 1);
    assert.equal(store.removeExpired(nowMs), 0);
    assert.equal(store.bindings('1001', nowMs - 1).length, 1);
  });
}

test('a file remembers subscribers, bindings and their order', (t) => {
  const path = join(folder, 'restart.db');
  const before = sqliteRegistrarStore(path);
  before.putSubscriber({ username: '1001', ha1Md5: 'a', ha1Sha256: 'b' });
  before.putBinding(binding({ contact: 'sip:a@h' }));
  before.putBinding(binding({ contact: 'sip:b@h' }));
  before.close();
  const after = sqliteRegistrarStore(path);
  t.after(() => after.close());
  assert.equal(after.subscriber('1001')?.ha1Md5, 'a');
  assert.deepEqual(
    after.bindings('1001', nowMs).map(({ contact }) => contact),
    ['sip:b@h', 'sip:a@h'],
  );
});
