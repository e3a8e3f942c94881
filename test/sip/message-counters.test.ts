// Messages by kind: exact for what the standards name, bounded for everything else.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { MessageCounters } from '../../sip/message-counters.ts';

test('requests by method, responses by method and status, each way', () => {
  const counters = new MessageCounters();
  counters.count('received', 'INVITE', 0);
  counters.count('received', 'INVITE', 0);
  counters.countText('sent', 'SIP/2.0 180 Ringing\r\nVia: x\r\nCSeq: 1 INVITE\r\n\r\n');
  counters.countText('sent', 'SIP/2.0 200 OK\r\ncseq:\t1 BYE\r\n\r\n');
  counters.countText('sent', 'ACK sip:a@b SIP/2.0\r\nCSeq: 1 ACK\r\n\r\n');
  assert.deepEqual(counters.stats(), {
    'received.INVITE': 2,
    'sent.INVITE.180': 1,
    'sent.BYE.200': 1,
    'sent.ACK': 1,
  });
});

test('a peer that makes up methods and statuses makes no new counters', () => {
  const counters = new MessageCounters();
  for (let i = 0; i < 1_000; i++) counters.count('received', `METHOD${i}`, i);
  const names = Object.keys(counters.stats());
  assert.ok(names.length < 100, `${names.length} counters`);
  assert.ok(names.every((name) => /^received\.OTHER(\.(\d{3}|[1-6]xx|other))?$/.test(name)));
});
