// Reading messages: what is right, what is refused with which reason, and what is nothing at all.
// RFC 3261 s.7, s.8.1.1; a first handful of RFC 4475.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseMessage } from '../../../sip/message/parse.ts';
import { invite } from './messages.ts';

const datagram = { stream: false };

function defectOf(text: string, options = datagram): string | null {
  const parsed = parseMessage(text, options);
  if (parsed === null) return 'nothing';
  return parsed.defect === null ? null : `${parsed.defect.status} ${parsed.defect.reason}`;
}

test('s.7.1: start line, headers and body are taken apart', () => {
  const parsed = parseMessage(invite({ 'Content-Type': 'application/sdp' }, 'v=0\r\n'), datagram);
  assert.equal(parsed?.defect, null);
  const { message } = parsed;
  assert.equal(message.method, 'INVITE');
  assert.equal(message.uri, 'sip:bob@example.com');
  assert.equal(message.fromTag, 'a1');
  assert.equal(message.toTag, null);
  assert.equal(message.cseqNumber, 1);
  assert.equal(message.body, 'v=0\r\n');
  assert.equal(message.topVia?.branch, 'z9hG4bK1');
});

test('s.7.2: a response takes its method from CSeq', () => {
  const text = invite({ To: '<sip:b@example.com>;tag=b1' }).replace(
    /^.*\r\n/,
    'SIP/2.0 180 Ringing\r\n',
  );
  const message = parseMessage(text, datagram)?.message;
  assert.equal(message?.status, 180);
  assert.equal(message?.reason, 'Ringing');
  assert.equal(message?.method, 'INVITE');
});

test('s.7.3.3: compact names are the long ones, and are written long', () => {
  const text = invite({ From: null, f: '<sip:a@b>;tag=1', 'Content-Length': null, l: '2' }) + 'ab';
  const message = parseMessage(text, datagram)?.message;
  assert.equal(message?.from, '<sip:a@b>;tag=1');
  assert.match(
    message?.text() ?? '',
    /\r\nFrom: <sip:a@b>;tag=1\r\n.*Content-Length: 2\r\n\r\nab$/s,
  );
});

test('s.7.3.1: folded lines are one line, also for whom the message is passed to', () => {
  const message = parseMessage(invite({ Subject: 'one\r\n two\r\n\tthree' }), datagram)?.message;
  assert.equal(message?.first('subject'), 'one two three');
  assert.match(message?.text() ?? '', /\r\nSubject: one two three\r\n/);
});

test('s.7.3.1: several values on a line and on lines are one list; quotes hide commas', () => {
  const route = '"a, b" <sip:p1;lr>, <sip:p2,x;lr>\r\nRecord-Route: <sip:p3;lr>';
  const message = parseMessage(invite({ 'Record-Route': route }), datagram)?.message;
  const expected = ['"a, b" <sip:p1;lr>', '<sip:p2,x;lr>', '<sip:p3;lr>'];
  assert.deepEqual(message?.list('record-route'), expected);
});

test('s.18.3: in a datagram what follows the declared body is dropped', () => {
  const message = parseMessage(invite({ 'Content-Length': '3' }, 'abcdef'), datagram)?.message;
  assert.equal(message?.body, 'abc');
  assert.match(message?.text() ?? '', /Content-Length: 3\r\n\r\nabc$/);
});

test('IPv6 stands in brackets in Via', () => {
  const via = 'SIP/2.0/UDP [2001:db8::1]:5070;branch=z9hG4bK1';
  const top = parseMessage(invite({ Via: via }), datagram)?.message.topVia;
  assert.deepEqual([top?.host, top?.port], ['2001:db8::1', 5070]);
});

const REFUSED: readonly (readonly [
  name: string,
  change: Record<string, string | null>,
  reason: string,
])[] = [
  ['s.8.1.1: Call-ID is a must', { 'Call-ID': null }, 'bad Call-ID'],
  ['a Call-ID with a bar would shift control tokens', { 'Call-ID': 'a|b' }, 'bad Call-ID'],
  ['s.8.1.1: From is a must', { From: null }, 'bad From'],
  ['s.25: From is an address', { From: '<sip:a@b' }, 'bad From'],
  ['RFC 4475 3.1.2.7: unbalanced quote', { To: '"Mr J. User <sip:a@b>' }, 'bad To'],
  ['s.8.1.1.5: CSeq is a number and a method', { CSeq: 'INVITE 1' }, 'bad CSeq'],
  ['RFC 4475 3.1.2.4: overlarge CSeq', { CSeq: '36893488147419103232 INVITE' }, 'bad CSeq'],
  ['RFC 4475 3.1.2.17: CSeq method mismatch', { CSeq: '1 OPTIONS' }, 'CSeq method mismatch'],
  [
    'RFC 4475 3.1.2.2: body too short',
    { 'Content-Length': '9999' },
    'body shorter than Content-Length',
  ],
  ['RFC 4475 3.1.2.3: negative length', { 'Content-Length': '-999' }, 'bad Content-Length'],
  ['RFC 4475 3.1.2.4: overlarge Max-Forwards', { 'Max-Forwards': '300' }, 'bad Max-Forwards'],
  ['RFC 4475 3.3.9: two Call-IDs', { 'call-id': 'c2' }, 'more than one call-id'],
  ['RFC 4475 3.3.8: two From', { f: '<sip:x@y>;tag=2' }, 'more than one from'],
  ['s.7.3: a name is a token', { 'Bad Name': 'x' }, 'bad header line'],
  ['a bare LF ends nothing', { Subject: 'a\nb' }, 'bare CR or LF'],
];

for (const [name, change, reason] of REFUSED) {
  test(name, () => assert.equal(defectOf(invite(change)), `400 Bad Request (${reason})`));
}

test('RFC 4475 3.1.2.5, 3.1.2.8: white space or brackets in the Request-URI', () => {
  const swap = (uri: string) => invite().replace('sip:bob@example.com SIP', `${uri} SIP`);
  assert.equal(defectOf(swap('<sip:bob@example.com>')), '400 Bad Request (bad Request-URI)');
  assert.equal(defectOf(swap('sip:bob@example.com; lr')), '400 Bad Request (bad Request-URI)');
});

test('s.8.2: another version is 505', () => {
  assert.equal(defectOf(invite().replace('SIP/2.0\r', 'SIP/7.0\r')), '505 Version Not Supported');
});

test('RFC 4475 3.1.1.2: a wide range of legal characters', () => {
  const text = invite({
    To: '"BEL:\\\x07 NUL:\\\x01 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)@example.com>',
    From: "token1~` token2'+_ tk*%!.- <sip:mundane@example.com>;par''~+*_!.-%=\"a\";tag=_t",
    "extensionHeader-!.%*+_`'~": '\xef\xbb\xbf\xe5\xa4\xa7',
  });
  assert.equal(defectOf(text), null);
  assert.equal(parseMessage(text, datagram)?.message.fromTag, '_t');
});

test('s.18.3: on a stream the length is a must', () => {
  const text = invite({ 'Content-Length': null });
  assert.equal(defectOf(text), null);
  assert.equal(defectOf(text, { stream: true }), '400 Bad Request (missing Content-Length)');
});

test('noise is nothing', () => {
  for (const text of ['', 'x', '\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'SIP/2.0 999 No\r\n\r\n']) {
    assert.equal(defectOf(text), 'nothing', JSON.stringify(text));
  }
});

test('any text is read without a throw, and so is any damaged message', () => {
  const whole = invite({}, 'v=0\r\n');
  const damaged = fc
    .tuple(fc.nat(whole.length), fc.nat(12), fc.string({ maxLength: 8 }))
    .map(([at, drop, put]) => whole.slice(0, at) + put + whole.slice(at + drop));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), damaged), (text) => {
      const parsed = parseMessage(text, datagram);
      parsed?.message.text();
      parsed?.message.list('via');
      parsed?.message.stampVia((top) => `${top};received=1`);
      return true;
    }),
  );
});

test('what is written is read back the same', () => {
  const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+~-]{1,12}$/);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
  fc.assert(
    fc.property(fc.dictionary(token, value, { maxKeys: 5 }), fc.string(), (extra, text) => {
      const body = Buffer.from(text, 'utf8').toString('latin1');
      const named = Object.entries(extra).map(([name, word]) => [`X-${name}`, word] as const);
      const first = parseMessage(invite(Object.fromEntries<string>(named), body), datagram);
      assert.equal(first?.defect, null);
      const again = parseMessage(first.message.text(), datagram);
      assert.equal(again?.message.body, body);
      for (const [name, word] of named) {
        assert.equal(again.message.first(name.toLowerCase()), word);
      }
    }),
  );
});
