// What must hold for every text that claims to be a SIP message, from the network or from an
// application: it is read or refused, and what is written of it says the same and no more.
import assert from 'node:assert/strict';
import { parseAppMessage, passingLines } from '../../../sip/control/app-message.ts';
import { parseAddress, parseVia, splitList, tagOf } from '../../../sip/message/address.ts';
import { plainResponse } from '../../../sip/message/build.ts';
import { forwardedResponse } from '../../../sip/message/forward.ts';
import type { SipMessage } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { stampedVia } from '../../../sip/message/stamp.ts';
import { paramOf, parseUri, withoutParam } from '../../../sip/message/uri.ts';

const DATAGRAM = { stream: false };

type Field = readonly [key: string, value: string];

function fieldsOf(message: SipMessage): Field[] {
  const fields: Field[] = [];
  message.each((key, _name, value) => {
    if (key !== 'content-length') fields.push([key, value]);
  });
  return fields;
}

/** Header lines of a text: everything between the first line and the blank one. */
function headerCount(text: string): number {
  const blank = text.indexOf('\r\n\r\n');
  return text.slice(0, blank).split(/\r\n|\r|\n/).length - 1;
}

/** One message of the network, read, written, answered and passed on. */
export function checkMessage(input: string): void {
  for (const stream of [true, false]) {
    const parsed = parseMessage(input, { stream });
    if (parsed === null) continue;
    const { message, defect } = parsed;
    if (!stream) touch(message);
    if (message.topVia === null) continue;
    message.stampVia((top) => stampedVia(top, message.topVia, { address: '192.0.2.7', port: 9 }));
    if (message.isRequest) checkAnswer(message);
    if (defect === null) checkRoundTrip(message, input);
  }
}

/** Whatever can be asked of a message or of its values, of bad ones too. */
function touch(message: SipMessage): void {
  const keys = new Set<string>();
  message.each((key, _name, value) => {
    keys.add(key);
    splitList(value);
    const address = parseAddress(value);
    if (address !== null) parseUri(address.uri);
    tagOf(value);
    parseVia(value);
    paramOf(value, 'tag');
    withoutParam(value, 'tag');
  });
  for (const key of keys) message.list(key);
  assert.ok(message.cseqNumber >= -1);
}

/** A refusal repeats Via, From, To, Call-ID and CSeq, and nothing can make it say more. */
function checkAnswer(message: SipMessage): void {
  const reply = plainResponse(message, 400, 'Bad Request', 'tag');
  if (/\r[^\n]|[^\r]\n/.test(reply)) return;
  assert.equal(headerCount(reply), message.all('via').length + 5);
}

function checkRoundTrip(message: SipMessage, input: string): void {
  const text = message.text();
  assert.ok(text.length <= input.length + 1_024 + 24 * headerCount(text), 'bounded output');
  const again = parseMessage(text, DATAGRAM);
  assert.equal(again?.defect, null, 'what is accepted is accepted again');
  assert.equal(again.message.startLine(), message.startLine());
  assert.deepEqual(fieldsOf(again.message), fieldsOf(message));
  assert.equal(again.message.body, message.body);
  assert.equal(again.message.text(), text, 'written again it is the same');
  if (message.isRequest) return;
  const passed = parseMessage(forwardedResponse(message), DATAGRAM)?.message;
  assert.equal(passed?.status, message.status);
}

/** A text of an application: the lines that pass are lines, and only those. */
export function checkAppMessage(input: string): void {
  const message = parseAppMessage(input);
  if (message === null) return;
  const lines = passingLines(message, '192.0.2.1:5060');
  assert.doesNotMatch(lines, /\r[^\n]|[^\r]\n|\r\n\r\n|\0/);
  assert.equal(lines.split('\r\n').length - 1, message.passing.length);
  for (const value of message.headers.values()) assert.doesNotMatch(value, /[\r\n\0]/);
  assert.doesNotMatch(`${message.uri}${message.method}${message.reason}`, /[\r\n\0]/);
}
