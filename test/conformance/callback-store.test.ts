// Every adapter of the callback store, against the one suite; then what only a file can suffer.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { RingbackError } from '../../core/errors.ts';
import { MemoryStore, SqliteStore } from '../../callback/index.ts';
import { benchOf, requestOf } from '../callback/support.ts';
import { cancelled, creation, storeConformance } from './callback-store.ts';

function freshFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-store-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'callbacks.db');
}

/** Opens files and closes them all at the end, before the folder goes. */
function opener(t: TestContext) {
  const path = freshFile(t);
  const opened: SqliteStore[] = [];
  t.after(() => opened.forEach((store) => store.close()));
  const open = (): SqliteStore => {
    opened.at(-1)?.close();
    const store = new SqliteStore({ path });
    opened.push(store);
    return store;
  };
  return { path, open };
}

function isUnavailable(fault: unknown): boolean {
  if (!(fault instanceof RingbackError)) return false;
  return fault.code === 'STORE_UNAVAILABLE' && fault.verdict.httpStatus === 503;
}

storeConformance('memory', () => ({ store: new MemoryStore(), reopen: null }));

storeConformance('sqlite', (t) => {
  const { open } = opener(t);
  return { store: open(), reopen: open };
});

test('sqlite: a second process over the same file is refused', (t) => {
  const { path, open } = opener(t);
  open();
  assert.throws(() => new SqliteStore({ path }), isUnavailable);
});

test('sqlite: what is no database, or was written by a newer version, is refused', (t) => {
  const path = freshFile(t);
  writeFileSync(path, 'this is a text file, and a long one, so that it has a header to be wrong');
  assert.throws(() => new SqliteStore({ path }), isUnavailable);
  const newer = freshFile(t);
  const db = new DatabaseSync(newer);
  db.exec('PRAGMA user_version = 9999');
  db.close();
  assert.throws(() => new SqliteStore({ path: newer }), isUnavailable);
  assert.throws(() => new SqliteStore({ path: join(path, 'no', 'folder.db') }), isUnavailable);
});

test('sqlite: a file that may only be read is refused', (t) => {
  const { path, open } = opener(t);
  open().close();
  chmodSync(path, 0o444);
  if (process.getuid?.() === 0) return t.skip('root may write everything');
  assert.throws(() => new SqliteStore({ path }), isUnavailable);
});

/** Leaves no room for one more large callback. */
function fill(store: SqliteStore, path: string): void {
  const pages = Math.ceil(statSync(path).size / 4096);
  store.limitPages(pages);
  const userData = { padding: 'x'.repeat(3000) };
  for (let index = 0; index < 1000; index += 1) {
    try {
      store.commit([creation(`fill-${index}`, { userData }).write], []);
    } catch (fault) {
      assert.ok(isUnavailable(fault), String(fault));
      return;
    }
  }
  assert.fail('the file never became full');
}

test('sqlite: a full disk is STORE_UNAVAILABLE, nothing is half written, and it passes', (t) => {
  const { path, open } = opener(t);
  const store = open();
  const { state, write } = creation('a');
  store.commit([write], []);
  fill(store, path);
  const userData = { padding: 'x'.repeat(9000) };
  assert.throws(() => store.commit([creation('b', { userData }).write], []), isUnavailable);
  assert.equal(store.load('b'), null);
  assert.deepEqual(store.load('a'), state);
  store.limitPages(1_000_000);
  store.commit([cancelled(state).write, creation('b', { userData }).write], []);
  assert.equal(store.load('a')?.phase.name, 'completed');
  assert.equal(store.load('b')?.phase.name, 'queued');
});

test('sqlite: a full disk refuses new promises, the old ones go on afterwards', async (t) => {
  const { path, open } = opener(t);
  const store = open();
  const { callbacks, agents, calls, tick, promised } = await benchOf({ store });
  const id = await promised();
  tick(2_000);
  fill(store, path);
  const userData = { padding: 'x'.repeat(9000) };
  const creating = callbacks.create(requestOf({ customerNumber: '+12025550102', userData }));
  tick();
  await assert.rejects(creating, isUnavailable);
  const failing = callbacks.create(requestOf({ customerNumber: '+12025550103', userData }));
  agents.reserve(id);
  tick(1_000);
  await assert.rejects(failing, isUnavailable);
  store.limitPages(1_000_000);
  tick(1_000);
  assert.equal(calls.dials.length, 1);
  assert.equal(callbacks.get(id)?.state, 'dialing');
  await promised({ customerNumber: '+12025550102', userData });
});

test('sqlite: after a refused commit the probe fails until there is room again', (t) => {
  const { path, open } = opener(t);
  const store = open();
  store.probe();
  fill(store, path);
  assert.throws(() => store.probe(), isUnavailable);
  store.limitPages(1_000_000);
  store.probe();
  store.commit([creation('after').write], []);
});
