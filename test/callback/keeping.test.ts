// What is kept and for how long, over a real file: the archive, what is erased when, and persons.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { recordingFiles } from '../../api/recordings.ts';
import { silentLog } from '../../core/live.ts';
import { People, Retention, SqliteStore } from '../../callback/index.ts';
import type { Keeping, PersonTrail, RetentionDays } from '../../callback/index.ts';
import { VirtualClock } from '../support/clock.ts';
import { cancelled, creation } from '../conformance/callback-store.ts';
import { benchOf, number, startMs } from './support.ts';

const dayMs = 86_400_000;
const days: RetentionDays = {
  completedDays: 10,
  archivedDays: 30,
  eventsDays: 20,
  recordingsDays: 5,
  idempotencyDays: 3,
  reportsDays: 100,
  chatsDays: 10,
};

const noChats = { export: () => [], erase: () => 0 };

function opened(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-keeping-'));
  const path = join(folder, 'callbacks.sqlite');
  const store = new SqliteStore({ path });
  t.after(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, path, store };
}

/** `count` callbacks made and cancelled at the start, each with a key. */
function finished(store: SqliteStore, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const { state, write } = creation(`old-${index}`, {
      customerNumber: `+1202555${1000 + index}`,
    });
    const idempotency = { key: `key-${index}`, requestHash: 'h' };
    store.commit([{ ...write, idempotency }], []);
    store.commit([cancelled(state).write], []);
  }
}

test('retention: finished callbacks leave the lists, then history, then everything goes', (t) => {
  const { store, folder } = opened(t);
  const { keeping } = store;
  finished(store, 250);
  store.commit([creation('waiting').write], []);
  const clock = new VirtualClock(startMs);
  const recordings = recordingFiles(folder);
  const retention = new Retention(days, {
    ...{ keeping, chats: store.chats, recordings, clock, log: silentLog },
  });
  t.after(() => retention.stop());
  const listed = () => store.list({ limit: 1000 }).records.length;
  clock.advance(4 * dayMs);
  assert.equal(listed(), 251);
  assert.equal(store.idempotency('key-7'), null);
  clock.advance(7 * dayMs);
  assert.equal(listed(), 1, 'only what waits is listed');
  assert.equal(store.load('old-7')?.phase.name, 'completed', 'the archive is read by id');
  assert.equal(store.history('old-7').length, 2);
  assert.equal(store.acceptedSince(startMs - 1).length, 251, 'limits count archived ones');
  clock.advance(10 * dayMs);
  assert.equal(store.history('old-7').length, 0);
  assert.equal(store.history('waiting').length, 1, 'what is not over keeps its history');
  clock.advance(10 * dayMs);
  assert.equal(store.load('old-7'), null);
  assert.equal(keeping.facts({ completedAtMs: 0, id: '' }, Infinity, 1000).length, 250);
  clock.advance(70 * dayMs);
  assert.equal(keeping.facts({ completedAtMs: 0, id: '' }, Infinity, 1000).length, 0);
  assert.equal(store.load('waiting')?.phase.name, 'queued');
});

test('retention: no batch is larger than 100, and a store that refuses stops nothing', (t) => {
  const { store, folder } = opened(t);
  finished(store, 120);
  const clock = new VirtualClock(startMs);
  const asked: number[] = [];
  const { keeping: inner } = store;
  const keeping: Keeping = {
    archive: (beforeMs, limit) => {
      asked.push(limit);
      if (asked.length === 1) throw new Error('disk full');
      return inner.archive(beforeMs, limit);
    },
    eraseArchived: (beforeMs, limit) => inner.eraseArchived(beforeMs, limit),
    eraseHistory: (beforeMs, after, limit) => inner.eraseHistory(beforeMs, after, limit),
    eraseKeys: (beforeMs, limit) => inner.eraseKeys(beforeMs, limit),
    eraseFacts: (beforeMs, limit) => inner.eraseFacts(beforeMs, limit),
    person: (customerNumber) => inner.person(customerNumber),
    erasePerson: (customerNumber) => inner.erasePerson(customerNumber),
    facts: (after, toMs, limit) => inner.facts(after, toMs, limit),
    countOffer: (queueId, answer, atMs) => inner.countOffer(queueId, answer, atMs),
    offers: (fromMs, toMs) => inner.offers(fromMs, toMs),
  };
  const recordings = recordingFiles(folder);
  const ports = { keeping, chats: store.chats, recordings, clock, log: silentLog };
  const retention = new Retention({ ...days, completedDays: 1 }, ports);
  t.after(() => retention.stop());
  clock.advance(2 * dayMs);
  assert.equal(store.list({ limit: 1000 }).records.length, 0);
  assert.ok(asked.every((limit) => limit <= 100));
});

test('recordings: old files and those of a callback are erased, others stay', async (t) => {
  const { folder } = opened(t);
  for (const name of ['a-1.wav', 'a-1-2.wav', 'b-1.wav']) writeFileSync(join(folder, name), '');
  utimesSync(join(folder, 'b-1.wav'), 1_000, 1_000);
  const files = recordingFiles(folder);
  assert.equal(await files.eraseBefore(2_000_000), 1);
  assert.equal(await files.eraseOf(['a']), 2);
  await assert.rejects(recordingFiles(join(folder, 'nowhere')).eraseOf(['a']));
});

test('a person is told, refused while a callback is open, and erased from the file', async (t) => {
  const { store, folder, path } = opened(t);
  const { callbacks, tick, promised } = await benchOf({ store });
  t.after(() => callbacks.stop());
  const secret = 'shoe size forty-four';
  const id = await promised({ userData: { note: secret }, idempotencyKey: 'k' });
  const other = await promised({ customerNumber: '+12025550199' });
  writeFileSync(join(folder, `${id}-1.wav`), '');
  const recordings = recordingFiles(folder);
  const people = new People({
    ...{ keeping: store.keeping, callbacks, chats: noChats, recordings, log: silentLog },
  });
  assert.deepEqual(
    people.export(number).callbacks.map((record) => record.id),
    [id],
  );
  assert.equal(people.export(number).events.length, 1);
  const trails: PersonTrail[] = [];
  const forget = (trail: PersonTrail): void => void trails.push(trail);
  await assert.rejects(people.erase(number, 'refuse', 'tests', forget), {
    code: 'PERSON_HAS_CALLBACKS',
  });
  const erasing = people.erase(number, 'cancel', 'tests', forget);
  tick();
  assert.deepEqual(await erasing, {
    callbacksErased: 1,
    callbacksCancelled: 1,
    recordingsErased: 1,
    chatsErased: 0,
  });
  tick(2_000);
  assert.deepEqual(people.export(number), { callbacks: [], events: [], chats: [] });
  assert.deepEqual(trails, [{ customerNumber: number, callbackIds: [id], chatIds: [] }]);
  assert.equal(callbacks.get(id)?.customerNumber, 'erased');
  assert.deepEqual(callbacks.get(id)?.userData, {});
  assert.equal(callbacks.get(other)?.state, 'queued');
  await callbacks.stop();
  store.close();
  const bytes = readFileSync(path).toString('latin1');
  assert.ok(!bytes.includes(number) && !bytes.includes(secret), 'nothing is left in the file');
});
