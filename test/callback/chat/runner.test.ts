// Chats over a real router and a real file: the line they share with callers, what is refused,
// restarts, and a store that refuses.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createAgents, createChats, SqliteStore } from '../../../callback/index.ts';
import type { ChatLine, ChatRecord, CreateCallback, OpenChat } from '../../../callback/index.ts';
import { RingbackError, unavailable } from '../../../core/errors.ts';
import { silentLog } from '../../../core/live.ts';
import { createRouter, DEFAULT_PACING } from '../../../routing/index.ts';
import { VirtualClock } from '../../support/clock.ts';

const rules = {
  silenceSeconds: 600,
  agentSilenceSeconds: 120,
  maxWaitSeconds: 3_600,
  messagesPerMinute: 10,
  maxMessages: 100,
};
const customer = { who: 'customer' } as const;
const agent = (agentId: string) => ({ who: 'agent', agentId }) as const;

function askedFor(changes: Partial<OpenChat> = {}): OpenChat {
  const person = { name: 'Ann', number: '+12025550123' };
  return { queueId: 'support', person, context: {}, text: null, idempotencyKey: null, ...changes };
}

/** One process: a router that knows nothing yet, and chats over the file. */
function life(path: string, clock: VirtualClock, loggedIn: readonly string[] = []) {
  const store = new SqliteStore({ path });
  let ids = 0;
  const deps = { clock, ids: { next: () => `${clock.nowMs()}-${++ids}` }, log: silentLog };
  const queue = {
    displayName: 'x',
    requiredSkills: [],
    wrapUpSeconds: 0,
    agentRingTimeoutSeconds: 20,
    reservationTimeoutSeconds: 60,
  };
  const queues = ['support', 'sales'].map((queueId) => ({ ...queue, queueId }));
  const agents = ['ann', 'bob'].map((agentId) => ({
    ...{ agentId, displayName: agentId, username: agentId, skills: {} },
  }));
  const router = createRouter({ queues, agents, pacing: DEFAULT_PACING }, deps);
  const promised: CreateCallback[] = [];
  const callbacks = {
    create: (request: CreateCallback) => {
      promised.push(request);
      return Promise.resolve({ record: { id: 'cb-1' } as never, replayed: false });
    },
  };
  const chats = createChats(
    { rules: new Map(queues.map(({ queueId }) => [queueId, rules])), maxOpen: 3 },
    {
      ...{ store: store.chats, agents: createAgents(router), callbacks, ...deps },
      isAgent: (id) => router.agent(id) !== null,
    },
  );
  const told: { readonly record: ChatRecord; readonly line: ChatLine }[] = [];
  chats.onLine((record, line) => told.push({ record, line }));
  for (const agentId of loggedIn) router.login(agentId);
  chats.start();
  return {
    ...{ chats, router, store, promised, told },
    async ready(agentId: string) {
      router.login(agentId);
      router.ready(agentId);
      await settled();
    },
    die() {
      chats.stop();
      router.stop();
      store.close();
    },
  };
}

/** Notices of routing come in microtasks. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function world(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-chats-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new VirtualClock();
  const path = join(folder, 'chats.db');
  return { clock, path, first: life(path, clock) };
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (fault) {
    if (fault instanceof RingbackError) return fault.code;
    throw fault;
  }
  return 'accepted';
}

test('a chat waits behind a caller who came before, and the agent of it is busy', async (t) => {
  const { clock, first } = world(t);
  t.after(() => first.die());
  const { chats, router, told } = first;
  router.submit({
    ...{ interactionId: 'call', queueId: 'support', kind: 'live', priority: 0 },
    ...{ arrivedAtMs: clock.nowMs(), requiredSkills: [], dialMode: 'reservation' },
  });
  clock.advance(1_000);
  const { record } = chats.open(askedFor({ text: 'help' }));
  assert.equal(router.entry(record.id)?.position, 2);
  await first.ready('ann');
  assert.equal(chats.get(record.id)?.state, 'waiting', 'the caller goes first');
  await first.ready('bob');
  const offered = chats.get(record.id);
  assert.deepEqual([offered?.state, offered?.agentId], ['offered', 'bob']);
  assert.equal(offered?.offeredUntilMs, clock.nowMs() + 20_000);
  assert.equal(
    refusal(() => chats.answerOffer(record.id, 'ann', true)),
    'CHAT_NOT_OFFERED',
  );
  assert.equal(
    refusal(() => chats.say(record.id, agent('bob'), 'hi', null)),
    'CHAT_STATE',
  );
  chats.answerOffer(record.id, 'bob', true);
  assert.equal(router.agent('bob')?.state, 'talking');
  chats.say(record.id, agent('bob'), 'hi', null);
  chats.end(record.id, agent('bob'));
  assert.equal(router.agent('bob')?.state, 'ready');
  assert.equal(router.entry(record.id), null);
  assert.deepEqual(
    told.map(({ line }) => [line.sequence, line.told.type]),
    ['opened', 'message', 'offered', 'accepted', 'message', 'ended'].map((type, n) => [
      n + 1,
      type,
    ]),
  );
  assert.equal(
    refusal(() => chats.say(record.id, customer, 'x', null)),
    'CHAT_OVER',
  );
  assert.equal(
    refusal(() => chats.end('none', customer)),
    'CHAT_UNKNOWN',
  );
});

test('an agent who does not answer is not ready, and the next one is asked', async (t) => {
  const { clock, first } = world(t);
  t.after(() => first.die());
  const { record } = first.chats.open(askedFor());
  await first.ready('ann');
  await first.ready('bob');
  clock.advance(20_000);
  await settled();
  assert.equal(first.router.agent('ann')?.notReadyReason, 'rona');
  assert.equal(first.chats.get(record.id)?.agentId, 'bob');
  first.chats.answerOffer(record.id, 'bob', false);
  assert.equal(first.chats.get(record.id)?.state, 'waiting');
  assert.equal(first.router.entry(record.id)?.position, 1);
});

test('handed over to an agent, who comes before others', async (t) => {
  const { first } = world(t);
  t.after(() => first.die());
  const { chats } = first;
  const { record } = chats.open(askedFor());
  await first.ready('ann');
  chats.answerOffer(record.id, 'ann', true);
  assert.equal(
    refusal(() => chats.handOver(record.id, 'ann', { agentId: 'ann' })),
    'CHAT_AGENT_UNKNOWN',
  );
  assert.equal(
    refusal(() => chats.handOver(record.id, 'ann', { queueId: 'x' })),
    'CHAT_QUEUE_UNKNOWN',
  );
  assert.equal(
    refusal(() => chats.handOver(record.id, 'bob', { queueId: 'sales' })),
    'CHAT_STATE',
  );
  first.router.login('bob');
  chats.handOver(record.id, 'ann', { agentId: 'bob' });
  await settled();
  assert.equal(chats.get(record.id)?.state, 'waiting', 'not to ann, who is free');
  await first.ready('bob');
  assert.equal(chats.get(record.id)?.agentId, 'bob');
});

test('a repeated message and a repeated request are the first again', (t) => {
  const { first } = world(t);
  t.after(() => first.die());
  const { chats } = first;
  const asked = askedFor({ idempotencyKey: 'k', context: { a: '1' } });
  const { record } = chats.open(asked);
  assert.deepEqual(chats.open(asked), { record: chats.get(record.id), replayed: true });
  assert.equal(
    refusal(() => chats.open({ ...asked, queueId: 'sales' })),
    'IDEMPOTENCY_KEY_REUSED',
  );
  const line = chats.say(record.id, customer, 'hello', 'm1');
  assert.deepEqual(chats.say(record.id, customer, 'hello', 'm1'), line);
  assert.equal(chats.lines(record.id, 0, 100).length, 2);
  for (let n = 0; n < 9; n += 1) chats.say(record.id, customer, 'x', null);
  assert.equal(
    refusal(() => chats.say(record.id, customer, 'x', null)),
    'CHAT_RATE_LIMITED',
  );
  chats.open(askedFor());
  chats.open(askedFor());
  assert.equal(
    refusal(() => chats.open(askedFor())),
    'CHAT_LIMIT_REACHED',
  );
  assert.equal(
    refusal(() => chats.open(askedFor({ queueId: 'none' }))),
    'CHAT_QUEUE_UNKNOWN',
  );
});

test('called instead: the callback has the place of the chat', async (t) => {
  const { clock, first } = world(t);
  t.after(() => first.die());
  const { record } = first.chats.open(askedFor({ context: { page: 'cart' } }));
  clock.advance(60_000);
  const over = await first.chats.callInstead(record.id, '+12025550199');
  assert.deepEqual([over.reason, over.callbackId], ['CALLED_INSTEAD', 'cb-1']);
  const [asked] = first.promised;
  assert.equal(asked?.arrivedAtMs, record.arrivedAtMs);
  assert.deepEqual(asked.userData, { page: 'cart', originatingInteractionId: record.id });
  assert.equal(first.router.entry(record.id), null);
  await assert.rejects(first.chats.callInstead(record.id, '+12025550199'), { code: 'CHAT_OVER' });
});

test('after a death everything said is there, and the chat goes to its agent first', async (t) => {
  const { clock, path, first } = world(t);
  const { record } = first.chats.open(askedFor({ text: 'help' }));
  const other = first.chats.open(askedFor()).record;
  await first.ready('ann');
  first.chats.answerOffer(record.id, 'ann', true);
  first.chats.say(record.id, agent('ann'), 'yes?', 'a1');
  clock.advance(30_000);
  first.die();
  const next = life(path, clock, ['ann']);
  t.after(() => next.die());
  assert.equal(next.chats.get(record.id)?.state, 'waiting');
  assert.equal(next.router.entry(record.id)?.arrivedAtMs, record.arrivedAtMs);
  await next.ready('bob');
  assert.equal(next.chats.get(record.id)?.state, 'waiting', 'kept for ann');
  assert.equal(next.chats.get(other.id)?.agentId, 'bob');
  await next.ready('ann');
  assert.equal(next.chats.get(record.id)?.agentId, 'ann');
  const types = next.chats.lines(record.id, 0, 100).map(({ told }) => told.type);
  const expected = [
    'opened',
    'message',
    'offered',
    'accepted',
    'message',
    'back-in-line',
    'offered',
  ];
  assert.deepEqual(types, expected);
  const again = next.chats.say(record.id, agent('ann'), 'yes?', 'a1');
  assert.equal(again.sequence, 5, 'a message sent again after the death is the one before it');
});

test('a person is told and erased; others stay', (t) => {
  const { clock, first } = world(t);
  t.after(() => first.die());
  const { chats, store } = first;
  const { record } = chats.open(askedFor({ text: 'secret' }));
  const other = chats.open(askedFor({ person: { name: null, number: null } })).record;
  const [file] = chats.export('+12025550123');
  assert.deepEqual([file?.record.id, file?.lines.length], [record.id, 2]);
  assert.equal(
    refusal(() => chats.erase('+12025550123', 'refuse')),
    'PERSON_HAS_CHATS',
  );
  assert.equal(chats.erase('+12025550123', 'cancel'), 1);
  assert.equal(chats.get(record.id), null);
  assert.deepEqual(chats.lines(record.id, 0, 10), []);
  assert.equal(first.router.entry(record.id), null);
  chats.end(other.id, customer);
  assert.equal(store.chats.eraseOver(clock.nowMs(), 10), 0);
  assert.equal(store.chats.eraseOver(clock.nowMs() + 1, 10), 1);
});

test('what the store refuses has not happened, and time is asked again', (t) => {
  const { clock, first } = world(t);
  t.after(() => first.die());
  const { chats, store } = first;
  const { record } = chats.open(askedFor());
  const commit = store.chats.commit.bind(store.chats);
  store.chats.commit = () => {
    throw unavailable('STORE_UNAVAILABLE', 'the disk is full');
  };
  assert.equal(
    refusal(() => chats.say(record.id, customer, 'x', null)),
    'STORE_UNAVAILABLE',
  );
  clock.advance(3_600_000);
  assert.equal(chats.get(record.id)?.state, 'waiting');
  store.chats.commit = commit;
  assert.equal(chats.lines(record.id, 0, 10).length, 1);
  clock.advance(2_000);
  assert.equal(chats.get(record.id)?.reason, 'WAITED_TOO_LONG');
});

test('lists in pages, by queue, state and agent', (t) => {
  const { clock, first } = world(t);
  t.after(() => first.die());
  const opened = ['support', 'sales', 'support'].map((queueId) => {
    clock.advance(1);
    return first.chats.open(askedFor({ queueId })).record.id;
  });
  const page = first.chats.list({ limit: 2 });
  assert.deepEqual(
    page.records.map(({ id }) => id),
    opened.slice(0, 2),
  );
  assert.equal(page.isMore, true);
  const [, last] = page.records;
  assert.ok(last !== undefined);
  const rest = first.chats.list({ limit: 2, after: last });
  assert.deepEqual([rest.records.map(({ id }) => id), rest.isMore], [opened.slice(2), false]);
  const ids = (filter: object) =>
    first.chats.list({ limit: 9, ...filter }).records.map(({ id }) => id);
  assert.deepEqual(ids({ queueId: 'sales', state: 'waiting' }), [opened[1]]);
  assert.deepEqual(ids({ agentId: 'ann' }), []);
  assert.deepEqual(ids({ queueIds: ['sales'] }), [opened[1]]);
  assert.deepEqual(ids({ queueIds: [] }), []);
});

test('whoever says what, how often, with deaths between: once, and in order', async (t) => {
  const word = fc.record({
    by: fc.constantFrom(customer, agent('ann')),
    times: fc.integer({ min: 1, max: 3 }),
    dies: fc.integer({ max: 9, min: 0 }).map((n) => n === 0),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 12 }), async (words) => {
      const { clock, path, first } = world(t);
      let now = first;
      const { id } = now.chats.open(askedFor()).record;
      const talk = async () => {
        await now.ready('ann');
        if (now.chats.get(id)?.state === 'offered') now.chats.answerOffer(id, 'ann', true);
      };
      await talk();
      for (const [index, { by, times, dies }] of words.entries()) {
        clock.advance(7_000);
        if (dies) {
          now.die();
          now = life(path, clock);
          await talk();
        }
        for (let n = 0; n < times; n += 1) now.chats.say(id, by, `word ${index}`, `m${index}`);
      }
      const lines = now.chats.lines(id, 0, 1_000);
      assert.deepEqual(
        lines.map(({ sequence }) => sequence),
        lines.map((_, index) => index + 1),
      );
      const said = lines.flatMap(({ told }) => (told.type === 'message' ? [told.text] : []));
      assert.deepEqual(
        said,
        words.map((_, index) => `word ${index}`),
      );
      now.die();
    }),
    { numRuns: 15 },
  );
});
