// Cutting a stream: however the bytes come, the same messages come out. RFC 3261 s.18.3.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_STREAM_HEAD_BYTES, StreamFramer } from '../../../sip/message/framing.ts';
import { invite } from './messages.ts';

test('any split of any sequence of messages gives the same messages', () => {
  const bodies = fc.array(fc.string({ maxLength: 60 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 200 })), (texts, cuts) => {
      const messages = texts.map((text) =>
        invite({}, Buffer.from(text, 'utf8').toString('latin1')),
      );
      let rest = messages.join('');
      const framer = new StreamFramer();
      const found: string[] = [];
      const push = (chunk: string) => {
        for (const item of framer.push(chunk)) {
          assert.equal(item.kind, 'message');
          if (item.kind === 'message') found.push(item.text);
        }
      };
      for (const cut of cuts) {
        push(rest.slice(0, cut));
        rest = rest.slice(cut);
      }
      push(rest);
      assert.deepEqual(found, messages);
    }),
  );
});

test('RFC 5626 s.3.5.1: a double CRLF is a keep-alive, a single one is skipped', () => {
  const framer = new StreamFramer();
  assert.deepEqual(framer.push('\r\n'), []);
  assert.deepEqual(framer.push('\r\n'), [{ kind: 'keep-alive' }]);
  const items = framer.push(`\r\n${invite()}`);
  assert.deepEqual(items, [{ kind: 'message', text: invite() }]);
});

test('without Content-Length the head comes out and the stream is broken', () => {
  const framer = new StreamFramer();
  const head = invite({ 'Content-Length': null });
  const items = framer.push(head);
  assert.deepEqual(items, [
    { kind: 'message', text: head },
    { kind: 'broken', reason: 'missing Content-Length' },
  ]);
  assert.deepEqual(framer.push(invite()), []);
});

test('endless headers and huge bodies break the stream instead of filling memory', () => {
  const framer = new StreamFramer();
  framer.push('INVITE sip:a@b SIP/2.0\r\n');
  let items = framer.push('X: y\r\n'.repeat(MAX_STREAM_HEAD_BYTES / 6));
  assert.deepEqual(items, [{ kind: 'broken', reason: 'header too long' }]);
  items = new StreamFramer().push(invite({ 'Content-Length': '99999999' }));
  assert.deepEqual(items, [{ kind: 'broken', reason: 'message too long' }]);
});
