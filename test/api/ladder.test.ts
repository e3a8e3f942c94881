// The ladder: every message once, nothing private, nothing unescaped, never too large.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ladderSvg, maskNumbers } from '../../api/ladder.ts';
import type { TracedMessage } from '../../sip/index.ts';

const START_MS = Date.UTC(2026, 0, 5, 9, 0, 0);
const TRUNK = '127.0.0.1:5080';
const AGENT = '127.0.0.1:5090';

function message(
  atMs: number,
  direction: 'sent' | 'received',
  startLine: string,
  more: Partial<TracedMessage> & { headers?: string } = {},
): TracedMessage {
  const { headers = '', ...fields } = more;
  const text = [
    startLine,
    'From: <sip:+15550100@ours>;tag=1',
    'To: <sip:+15557654321@trunk>',
    ...(headers === '' ? [] : [headers]),
    '',
    '',
  ].join('\r\n');
  return {
    atMs: START_MS + atMs,
    direction,
    protocol: 'udp',
    local: '127.0.0.1:5060',
    remote: TRUNK,
    callId: 'customer-call',
    startLine,
    cseq: '1 INVITE',
    text,
    ...fields,
  };
}

const INVITE = 'INVITE sip:+15557654321@127.0.0.1:5080 SIP/2.0';

function count(svg: string, what: RegExp): number {
  return [...svg.matchAll(what)].length;
}

test('every message is an arrow in its direction, with its time', () => {
  const svg = ladderSvg(
    [
      message(0, 'sent', INVITE, { headers: 'Content-Type: application/sdp' }),
      message(40, 'received', 'SIP/2.0 180 Ringing'),
      message(3040, 'received', 'SIP/2.0 486 Busy Here', { headers: 'Reason: Q.850;cause=17' }),
      message(3041, 'sent', 'ACK sip:+15557654321@127.0.0.1:5080 SIP/2.0'),
    ],
    'callback',
  );
  assert.equal(count(svg, /<polygon/g), 4);
  assert.match(svg, /486 Busy Here/);
  assert.match(svg, /INVITE · Q\.850;cause=17/);
  assert.match(svg, />SDP</);
  assert.match(svg, />3\.041</);
  assert.match(svg, /3\.0 s later/);
  const arrows = [...svg.matchAll(/class="arrow" x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)"/g)];
  const leftwards = arrows.map(([, from, to]) => Number(to) < Number(from));
  assert.deepEqual(leftwards, [true, false, false, true]);
});

test('our side stands between customer and agent; each call has its colour', () => {
  const agent = { remote: AGENT, callId: 'agent-call' };
  const svg = ladderSvg(
    [
      message(0, 'sent', INVITE),
      message(5, 'sent', 'INVITE sip:1001@127.0.0.1:5090 SIP/2.0', agent),
      message(9, 'received', 'SIP/2.0 200 OK', agent),
    ],
    'callback',
  );
  const columns = [...svg.matchAll(/class="address [^"]*" x="(\d+)" y="\d+">([^<]*)/g)];
  const order = columns.sort((a, b) => Number(a[1]) - Number(b[1])).map((column) => column[2]);
  assert.deepEqual(order, [TRUNK, '127.0.0.1:5060', AGENT]);
  const strokes = [...svg.matchAll(/class="arrow"[^>]*stroke="([^"]+)"/g)].map((found) => found[1]);
  assert.notEqual(strokes[0], strokes[1]);
  assert.equal(strokes[1], strokes[2]);
});

test('numbers are masked but for their last digits, everywhere', () => {
  assert.equal(maskNumbers('INVITE +15557654321'), 'INVITE •••321');
  assert.equal(maskNumbers('agent 1001, 12 s'), 'agent 1001, 12 s');
  const svg = ladderSvg([message(0, 'sent', INVITE)], 'to +15557654321');
  assert.doesNotMatch(svg, /5557654|5550100/);
  assert.match(svg, /INVITE •••321/);
});

test('a Request-URI without a user shows none, and no masked port', () => {
  const svg = ladderSvg([message(0, 'received', 'BYE sip:127.0.0.1:47136 SIP/2.0')], 'end');
  assert.match(svg, />BYE</);
  assert.doesNotMatch(svg, /•••136/);
});

test('hostile text stays text', () => {
  const evil = '<script>alert("1")</script>&\u0000\ud800';
  const svg = ladderSvg(
    [message(0, 'received', `SIP/2.0 200 ${evil}`, { callId: evil, cseq: evil, remote: evil })],
    evil,
  );
  assert.doesNotMatch(svg, /<script|\u0000|\ud800/);
  assert.match(svg, /&lt;script&gt;/);
});

test('a message sent again is drawn broken', () => {
  const invite = message(0, 'sent', INVITE);
  const svg = ladderSvg([invite, { ...invite, atMs: invite.atMs + 500 }], 'lost');
  assert.equal(count(svg, /stroke-dasharray="5 4"/g), 1);
  assert.match(svg, />again</);
});

test('many messages and peers stay within bounds; none at all is a drawing too', () => {
  const many = Array.from({ length: 1000 }, (_, i) =>
    message(i, 'sent', INVITE, { remote: `10.0.0.${i}:5060`, callId: `call-${i}` }),
  );
  const svg = ladderSvg(many, 'flood');
  assert.equal(count(svg, /<polygon/g), 300);
  assert.match(svg, /700 more not drawn/);
  assert.ok(svg.length < 250_000);
  assert.equal(count(svg, /class="life"/g), 7);
  assert.match(ladderSvg([], 'nothing'), /0 SIP messages/);
});
