// What a Refer-To and a Replaces say, and what the NOTIFYs of a transfer look like.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readReferTo, readReplaces, referNotify } from '../../../sip/apps/refer-rules.ts';

const isOurs = (host: string): boolean => host === 'ringback';
const read = (value: string | undefined) => readReferTo(value, isOurs);
const statusOf = (value: string | undefined) => {
  const reading = read(value);
  return reading.kind === 'refused' ? reading.status : reading.target;
};
const name = { callId: '98732@sip.example.com', toTag: 'ff87ff', fromTag: 'r33th4x0r' };

for (const [value, expected] of [
  ['<sip:ben@ringback>', { kind: 'user', user: 'ben' }],
  ['sip:ben@ringback;x=y', { kind: 'user', user: 'ben' }],
  ['"B" <sip:%2B12025550177@ringback;method=INVITE>', { kind: 'user', user: '+12025550177' }],
  ['<tel:+12025550177>', { kind: 'user', user: '+12025550177' }],
  ['<sip:ben@elsewhere>', 403],
  ['<sip:ben@ringback;method=BYE>', 403],
  ['<http://example.com/>', 416],
  ['<sip:ringback>', 400],
  ['<sip:a@ringback>, <sip:b@ringback>', 400],
  ['<sip:a@ringback?Replaces=x%3Bto-tag%3D1>', 400],
  ['<sip:a@ringback?Replaces=%zz>', 400],
  ['nonsense', 400],
  [undefined, 400],
  [
    '<sip:a@elsewhere?Replaces=98732%40sip.example.com%3Bfrom-tag%3Dr33th4x0r' +
      '%3Bto-tag%3Dff87ff&Require=replaces>',
    { kind: 'dialog', name },
  ],
] as const) {
  test(`Refer-To ${value}`, () => assert.deepEqual(statusOf(value), expected));
}

test('RFC 3891 s.6.1: both tags, each once; early-only is a flag', () => {
  const good = `${name.callId};from-tag=${name.fromTag};to-tag=${name.toTag}`;
  assert.deepEqual(readReplaces(good), { name, earlyOnly: false });
  assert.deepEqual(readReplaces(`${good};early-only`), { name, earlyOnly: true });
  const twice = [`${good};to-tag=2`, `${good}, ${good}`];
  for (const bad of [name.callId, `${name.callId};to-tag=1`, ...twice]) {
    assert.equal(readReplaces(bad), null, bad);
  }
});

test('RFC 3515 s.2.4.5: the last NOTIFY ends the subscription, nothing adds lines', () => {
  const { headers, body } = referNotify(7, 486, 'Busy\r\nX: y');
  assert.equal(headers['Event'], 'refer;id=7');
  assert.match(headers['Subscription-State'] ?? '', /^terminated;/);
  assert.equal(body, 'SIP/2.0 486 Busy X: y\r\n');
  assert.match(referNotify(null, 180, 'Ringing').headers['Subscription-State'] ?? '', /^active;/);
});

test('no value makes the readers throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      read(text);
      read(`<sip:a@ringback?${text}>`);
      readReplaces(text);
    }),
  );
});
