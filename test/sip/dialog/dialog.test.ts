// Dialog state: made, confirmed, refreshed, routed. RFC 3261 s.12.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  confirmed,
  dialogId,
  nextCseq,
  nextHopUri,
  requestAccepted,
  routing,
  targetRefreshed,
  uacDialog,
  uasDialog,
} from '../../../sip/dialog/dialog.ts';
import type { OutgoingRequest } from '../../../sip/message/build.ts';
import type { SipMessage } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { invite } from '../message/messages.ts';

function read(text: string): SipMessage {
  return parseMessage(text, { stream: false })!.message;
}

function answer(change: Record<string, string> = {}): SipMessage {
  const text = invite({ To: '<sip:bob@example.com>;tag=b1', ...change });
  return read(text.replace(/^.*\r\n/, 'SIP/2.0 200 OK\r\n'));
}

const outgoing: OutgoingRequest = {
  method: 'INVITE',
  uri: 'sip:bob@example.com',
  via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
  branch: 'z9hG4bK1',
  routes: [],
  maxForwards: 70,
  from: '<sip:alice@example.com>;tag=a1',
  to: '<sip:bob@example.com>',
  callId: 'c1',
  cseqNumber: 7,
  contact: '<sip:alice@192.0.2.1>',
  extra: '',
  body: '',
};

const RECORDED = { 'Record-Route': '<sip:p1;lr>, <sip:p2;lr>' };

test('s.12.1.1: the callee keeps the route set in order, the caller reverses it', () => {
  const uas = uasDialog(read(invite(RECORDED)), 'b1', '<sip:bob@192.0.2.2>');
  assert.deepEqual(uas.routeSet, ['<sip:p1;lr>', '<sip:p2;lr>']);
  const uac = uacDialog(outgoing, answer(RECORDED));
  assert.deepEqual(uac.routeSet, ['<sip:p2;lr>', '<sip:p1;lr>']);
  assert.equal(uac.remoteTarget, 'sip:alice@192.0.2.1');
});

test('both sides call the dialog by its creator', () => {
  const uas = uasDialog(read(invite()), 'b1', '<sip:b@c>');
  assert.equal(dialogId(uas), 'c1@192.0.2.1;from-tag=a1');
  assert.equal(dialogId(uacDialog(outgoing, answer())), 'c1;from-tag=a1');
  assert.equal(uas.local, '<sip:bob@example.com>;tag=b1');
});

test('s.13.2.2.4: the 2xx fixes the route set anew', () => {
  const early = uacDialog(outgoing, answer(RECORDED));
  assert.deepEqual(confirmed(early, answer()).routeSet, []);
  assert.equal(confirmed(early, answer()).phase, 'confirmed');
  assert.deepEqual(confirmed(early, null).routeSet, early.routeSet);
});

test('s.12.2.1.1: loose and strict routing', () => {
  const dialog = uacDialog(outgoing, answer());
  const loose = { ...dialog, routeSet: ['<sip:p1;lr>', '<sip:p2;lr>'] };
  assert.deepEqual(routing(loose), { uri: dialog.remoteTarget, routes: loose.routeSet });
  assert.equal(nextHopUri(routing(loose).uri, loose.routeSet), 'sip:p1;lr');
  const strict = routing({ ...dialog, routeSet: ['<sip:p1>', '<sip:p2;lr>'] });
  assert.deepEqual(strict, {
    uri: 'sip:p1',
    routes: ['<sip:p2;lr>', `<${dialog.remoteTarget}>`],
  });
  assert.equal(nextHopUri('sip:x', []), 'sip:x');
  assert.equal(nextHopUri('sip:x', ['<sip:p3>']), 'sip:x');
});

test('s.12.2.2: CSeq only grows; the same number again is no news', () => {
  const dialog = uasDialog(read(invite({ CSeq: '5 INVITE' })), 'b1', '<sip:b@c>');
  assert.equal(requestAccepted(dialog, read(invite({ CSeq: '4 INVITE' }))), null);
  assert.equal(requestAccepted(dialog, read(invite({ CSeq: '5 INVITE' }))), dialog);
  assert.equal(requestAccepted(dialog, read(invite({ CSeq: '9 INVITE' })))?.remoteCseq, 9);
  assert.equal(nextCseq(dialog, null), 1);
  assert.equal(nextCseq(dialog, 12), 12);
  assert.equal(nextCseq({ ...dialog, localCseq: 20 }, 12), 21);
});

test('s.12.2: a Contact moves the target, no Contact leaves it', () => {
  const dialog = uasDialog(read(invite()), 'b1', '<sip:b@c>');
  const moved = targetRefreshed(dialog, read(invite({ Contact: '<sip:alice@192.0.2.9>' })));
  assert.equal(moved.remoteTarget, 'sip:alice@192.0.2.9');
  assert.equal(targetRefreshed(moved, read(invite({ Contact: null }))), moved);
});
