// /api/v1/people over a fake: what is passed on, and what is answered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conflict } from '../../core/errors.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { bodyOf, createWorld } from './fakes.ts';

test('a person is exported by number, however it is written', async () => {
  const asked: string[] = [];
  const people: ApiDeps['people'] = {
    export: (customerNumber: string) => {
      asked.push(customerNumber);
      return { callbacks: [], events: [], chats: [] };
    },
    erase: () => Promise.reject(new Error('not asked for')),
  };
  const world = createWorld('', { people });
  const answer = await world.ask('GET', '/api/v1/people/%2B12025550123');
  assert.equal(answer.status, 200);
  assert.equal((await bodyOf(answer))['customerNumber'], '+12025550123');
  await world.ask('GET', '/api/v1/people/(202)%20555-0123');
  assert.deepEqual(asked, ['+12025550123', '+12025550123']);
  assert.equal((await world.ask('GET', '/api/v1/people/nobody')).status, 400);
});

test('erasing says who asked, and refuses with a stable code', async () => {
  const asked: unknown[] = [];
  const people: ApiDeps['people'] = {
    export: () => ({ callbacks: [], events: [], chats: [] }),
    erase: async (customerNumber, unfinished, askedBy) => {
      asked.push([customerNumber, unfinished, askedBy]);
      if (unfinished === 'refuse') throw conflict('PERSON_HAS_CALLBACKS', 'not over', { count: 1 });
      return { callbacksErased: 2, callbacksCancelled: 1, recordingsErased: 3, chatsErased: 1 };
    },
  };
  const world = createWorld('', { people });
  const refused = await world.ask('DELETE', '/api/v1/people/%2B12025550123');
  assert.equal(refused.status, 409);
  assert.equal((await bodyOf(refused))['code'], 'PERSON_HAS_CALLBACKS');
  const erased = await world.ask('DELETE', '/api/v1/people/%2B12025550123?unfinished=cancel');
  assert.deepEqual(await bodyOf(erased), {
    callbacksErased: 2,
    callbacksCancelled: 1,
    recordingsErased: 3,
    chatsErased: 1,
  });
  assert.deepEqual(asked.at(-1), ['+12025550123', 'cancel', 'tests']);
});
