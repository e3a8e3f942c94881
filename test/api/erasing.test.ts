// Which texts name a person who is erased, and what is left of a delivery that did.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutPerson } from '../../api/erasing.ts';
import { eraseDeliveries } from '../../api/events/erasing.ts';
import { WebhookStore } from '../../api/events/store.ts';
import { openNotifyDatabase } from '../../api/notify.ts';
import { createTraceBook } from '../../api/trace-book.ts';

const TRAIL = { customerNumber: '+442079460123', callbackIds: ['cb-one'], chatIds: ['chat-one'] };

test('a number is known in every usual form, and no other for it', () => {
  const isAbout = aboutPerson(TRAIL);
  for (const own of ['+442079460123', '00442079460123', '020 7946 0123', '+44 (20) 7946-0123']) {
    assert.ok(isAbout(`call ${own}, please`), own);
  }
  assert.ok(isAbout('sip:%2B442079460123@host') && isAbout('{"id":"cb-one"}'));
  for (const other of ['+4420794601234', '+332079460123', '12079460123', 'cb-two', '']) {
    assert.equal(isAbout(`call ${other}, please`), false, other);
  }
});

test('a callback event is still delivered, without its person; a chat line is dead', (t) => {
  const db = openNotifyDatabase(':memory:');
  t.after(() => db.close());
  const store = new WebhookStore(db);
  const queued = (id: string, event: object): void =>
    store.queue(
      'hook',
      [
        {
          id,
          webhookId: 'hook',
          key: id,
          eventType: 'x',
          body: JSON.stringify(event),
          queuedAtMs: 0,
        },
      ],
      null,
    );
  const ofCallback = { topic: 'callback', type: 'x', callbackId: 'cb-one' };
  queued('kept', { ...ofCallback, data: { phase: 'completed', heard: 'a name' } });
  queued('dead', { topic: 'chat', type: 'x', line: { text: '+442079460123' } });
  queued('other', { topic: 'chat', type: 'x', line: { text: 'hello' } });
  eraseDeliveries(db, aboutPerson(TRAIL), 7);
  const after = (id: string): unknown[] => {
    const { status, body, lastError } = store.delivery('hook', id) ?? {};
    return [status, JSON.parse(body ?? ''), lastError];
  };
  assert.deepEqual(after('kept'), [
    ...['pending', { ...ofCallback, data: { phase: 'completed' } }, null],
  ]);
  assert.deepEqual(after('dead'), ['dead', { topic: 'chat', type: 'x' }, 'erased with the person']);
  assert.deepEqual(after('other').at(0), 'pending');
  const tried = store.delivery('hook', 'dead');
  assert.ok(tried);
  const failed = { status: 'pending', lastStatus: 500, lastError: 'status 500', atMs: 8 } as const;
  store.tried(tried, failed, 10);
  assert.equal(store.delivery('hook', 'dead')?.status, 'dead', 'a try under way revives nothing');
});

test('a message that comes after its call was forgotten is not remembered', () => {
  const book = createTraceBook();
  const message = { callId: 'one', atMs: 0, text: 'BYE sip:020@host' } as never;
  book.add(message);
  book.forget(['one'], () => false);
  book.add(message);
  assert.deepEqual(book.messagesOf(['one']), []);
});
