// SIP messages by way of the API: found by call, number and Call-ID; never a secret, and numbers
// only on demand.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ApiDeps } from '../../api/deps.ts';
import { Metrics } from '../../api/metrics.ts';
import { createTraceBook } from '../../api/trace-book.ts';
import { viewedText } from '../../api/trace-view.ts';
import type { Router } from '../../routing/index.ts';
import type { TracedMessage } from '../../sip/index.ts';
import { bodyOf, createWorld } from './fakes.ts';

const INVITE = [
  'INVITE sip:+12025550123@carrier.example;transport=udp SIP/2.0',
  'Via: SIP/2.0/UDP 192.168.100.200:5060;branch=z9hG4bK1234567890;rport',
  'From: "Desk 1 (202) 555-0100" <sip:2025550100@ringback>;tag=1',
  'To: <tel:+1-202-555-0123>',
  'Call-ID: one@here',
  'CSeq: 1234567890 INVITE',
  'Proxy-Authorization: Digest username="bob", response="6629fae49393a05397450978507c4ef1",',
  '  cnonce="folded-secret"',
  'Content-Type: application/sdp',
  '',
  'v=0',
  'o=+12025550100 3900000001 3900000001 IN IP4 192.168.100.200',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20',
  'a=ice-pwd:asd88fgpdd777uzjYhagZg',
  'm=audio 40000 RTP/AVP 0',
  '',
].join('\r\n');

function traced(callId: string, atMs: number, text = INVITE): TracedMessage {
  return {
    ...{ atMs, direction: 'sent', protocol: 'udp', callId, text, cseq: '1 INVITE' },
    ...{ local: '127.0.0.1:5060', remote: '192.0.2.1:5060' },
    startLine: text.slice(0, text.indexOf('\r\n')),
  };
}

function book(...messages: readonly TracedMessage[]) {
  const traces = createTraceBook();
  messages.forEach((message) => traces.add(message));
  return traces;
}

const SECRETS = ['6629fae4', 'folded-secret', 'd0Rmdmcm', 'asd88fgpdd'];

test('proofs and keys are never shown, numbers only in full when asked for', () => {
  const full = viewedText(INVITE, true);
  const masked = viewedText(INVITE, false);
  for (const secret of SECRETS) assert.ok(!(full + masked).includes(secret), secret);
  assert.match(full, /^Proxy-Authorization: Digest \[hidden\]$/m);
  assert.match(full, /sip:\+12025550123@carrier/);
  assert.match(full, /inline:\[hidden\]/);
  assert.doesNotMatch(masked, /5550123|555-0123|5550100|555-0100/);
  assert.match(masked, /^INVITE sip:\+\*{8}123@carrier\.example;transport=udp SIP\/2\.0$/m);
  assert.match(masked, /^From: "Desk \*.*100\)?" <sip:\*{7}100@ringback>;tag=1$/m);
  const kept = ['192.168.100.200:5060;branch=z9hG4bK1234567890', 'CSeq: 1234567890 INVITE'];
  for (const text of [...kept, ' 3900000001 3900000001 IN IP4', 'm=audio 40000']) {
    assert.ok(masked.includes(text), text);
  }
});

test('whatever the header is called or folded, its secret stays hidden', () => {
  const name = fc.constantFrom(
    'Authorization',
    'PROXY-AUTHORIZATION',
    'authorization ',
    'Identity',
  );
  const gap = fc.constantFrom(' ', '\r\n ', '\r\n\t  ', '');
  fc.assert(
    fc.property(name, gap, gap, (header, before, after) => {
      const text = `OPTIONS sip:a SIP/2.0\r\n${header}:${before}Digest${after} x="s3cr3t"\r\n\r\n`;
      assert.ok(!viewedText(text, true).includes('s3cr3t'), text);
    }),
  );
});

test('a number finds its calls however the trunk writes it', () => {
  const other = INVITE.replaceAll('5550123', '5559999').replaceAll('555-0123', '555-9999');
  const traces = book(traced('one', 1), traced('two', 2, other), traced('three', 3));
  for (const number of ['+12025550123', '2025550123', '0123', '1-202-555-0123']) {
    assert.deepEqual(traces.callIdsOf(number), ['three', 'one'], number);
  }
  assert.deepEqual(traces.callIdsOf('+12025559999'), ['two']);
  assert.deepEqual(traces.callIdsOf('+442025550123'), []);
  assert.deepEqual(traces.callIdsOf('anna'), []);
  const toAnna = INVITE.replace('+12025550123@carrier.example', 'Anna@127.0.0.1');
  assert.deepEqual(book(traced('four', 1, toAnna)).callIdsOf('anna'), ['four']);
});

test('the messages of a call, and those found, by the API', async () => {
  const traces = book(traced('one@here', 1_000), traced('one@here', 2_000), traced('two', 3_000));
  const callIds = (id: string) => (id === 'cb-1' ? ['one@here'] : []);
  const world = createWorld('', { traces, callIds });
  const of = async (path: string) => {
    const response = await world.ask('GET', `/api/v1${path}`);
    return { status: response.status, body: await bodyOf(response) };
  };
  const items = (body: Record<string, unknown>) => body['items'] as Record<string, string>[];
  const call = await of('/calls/cb-1/messages');
  assert.equal(call.status, 200);
  assert.deepEqual(
    items(call.body).map(({ at, callId }) => [at, callId]),
    [
      ['1970-01-01T00:00:01.000Z', 'one@here'],
      ['1970-01-01T00:00:02.000Z', 'one@here'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(call.body), /5550123/);
  const full = await of('/calls/cb-1/messages?numbers=full&limit=1');
  assert.match(items(full.body)[0]?.['startLine'] ?? '', /\+12025550123/);
  assert.deepEqual([items(full.body).length, full.body['truncated']], [1, true]);
  assert.equal((await of('/calls/cb-2/messages')).body['code'], 'CALL_UNKNOWN');
  assert.equal(items((await of('/traces?callId=one%40here')).body).length, 2);
  const newest = await of('/traces?number=2025550123&limit=1');
  assert.deepEqual(
    items(newest.body).map(({ callId }) => callId),
    ['two'],
  );
  assert.deepEqual(items((await of('/traces?callId=unknown')).body), []);
  for (const query of ['', '?number=1234&callId=x', '?number=%0d%0a', '?callId=x&limit=0']) {
    assert.equal((await of(`/traces${query}`)).status, 400, query);
  }
  const off = await createWorld().ask('GET', '/api/v1/traces?callId=x');
  assert.equal((await bodyOf(off))['code'], 'TRACE_OFF');
});

test('SIP messages are counted by direction, method and status in the metrics', async () => {
  const stats = { 'received.INVITE': 3, 'sent.INVITE.200': 2, dialogs: 1 };
  const { callbacks, router } = createWorld();
  const sip = { stats: async () => stats, trunks: () => [] };
  const faces = { callbacks, router: router as unknown as Router, media: sip };
  const metrics = new Metrics({ ...faces, sip: sip as unknown as ApiDeps['sip'] }, () => 0);
  const text = await metrics.registry.metrics();
  const line = 'ringback_sip_messages_total{direction="sent",method="INVITE",status="200"} 2';
  assert.ok(text.includes(line), text);
  assert.match(text, /messages_total\{direction="received",method="INVITE",status=""\} 3/);
  assert.match(text, /ringback_sip\{stat="dialogs"\} 1/);
  assert.doesNotMatch(text, /stat="sent/);
});
