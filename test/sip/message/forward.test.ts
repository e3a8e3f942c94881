// What a proxied request says of the proxy that wants to stay on the way.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { forwardedRequest } from '../../../sip/message/forward.ts';
import { parseMessage } from '../../../sip/message/parse.ts';

function extraOf(method: string, header: string): string {
  const text =
    `${method} sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n` +
    `To: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 ${method}\r\n${header}: <sip:edge;lr>\r\n\r\n`;
  const message = parseMessage(text, { stream: false })!.message;
  const by = { uri: message.uri, via: 'SIP/2.0/UDP us', branch: 'z9hG4bK2', routes: [], extra: '' };
  return forwardedRequest(message, { ...by, recordRoute: '<sip:us;lr>' }).extra;
}

test('RFC 3261 s.16.6: a Record-Route above the older ones', () => {
  const extra = extraOf('INVITE', 'Record-Route');
  assert.match(extra, /^Record-Route: <sip:us;lr>\r\n[^]*Record-Route: <sip:edge;lr>\r\n/);
});

test('RFC 3327 s.5.1: a REGISTER gets a Path above the older ones, and no Record-Route', () => {
  const extra = extraOf('REGISTER', 'Path');
  assert.match(extra, /^Path: <sip:us;lr>\r\n[^]*Path: <sip:edge;lr>\r\n/);
  assert.doesNotMatch(extra, /Record-Route/);
});
