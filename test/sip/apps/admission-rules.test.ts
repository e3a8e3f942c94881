// RFC 3261 s.8.2: schemes, extensions and bodies that are not ours get the status of their own.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { refusalOf, type Admittable } from '../../../sip/apps/admission-rules.ts';

const plain: Admittable = {
  method: 'INVITE',
  uri: 'sip:user@example.com',
  require: undefined,
  contentType: 'application/sdp',
  contentEncoding: undefined,
  contentDisposition: undefined,
  accept: undefined,
  hasBody: true,
};

const CASES: readonly (readonly [string, Partial<Admittable>, number | null])[] = [
  ['an ordinary call', {}, null],
  ['no body at all', { hasBody: false, contentType: undefined }, null],
  ['a tel URI', { uri: 'tel:+12025550123' }, null],
  ['an unknown scheme', { uri: 'nobodyKnowsThisScheme:totallyopaquecontent' }, 416],
  ['a scheme with an authority', { uri: 'soap.beep://192.0.2.103:3002' }, 416],
  ['extensions we have', { require: 'timer, 100REL, replaces' }, null],
  ['an extension we lack', { require: 'timer, nothingSupportsThis' }, 420],
  ['an unknown body', { contentType: 'application/unknownformat' }, 415],
  ['a body without a type', { contentType: undefined }, 415],
  [
    'an unknown body that is optional',
    { contentType: 'x/y', contentDisposition: 'session;handling=optional' },
    null,
  ],
  ['a compressed body', { contentEncoding: 'gzip' }, 415],
  ['SDP with a parameter', { contentType: 'Application/SDP; charset=utf-8' }, null],
  ['an answer of another type only', { accept: 'text/nobodyKnowsThis' }, 406],
  ['any answer', { accept: 'text/plain, application/*;q=0.5' }, null],
  ['any answer but ours', { accept: 'application/sdp;q=0, text/plain' }, 406],
  ['OPTIONS with any body', { method: 'OPTIONS', contentType: 'text/plain' }, null],
];

for (const [name, change, status] of CASES) {
  test(`${name}: ${status ?? 'served'}`, () => {
    assert.equal(refusalOf({ ...plain, ...change })?.status ?? null, status);
  });
}

test('the refusal says what is lacking, or what would do', () => {
  const headersOf = (change: Partial<Admittable>) => refusalOf({ ...plain, ...change })?.headers;
  assert.deepEqual(headersOf({ require: 'timer, a, b' }), { Unsupported: 'a, b' });
  assert.deepEqual(headersOf({ contentType: 'a/b' }), { Accept: 'application/sdp' });
  assert.deepEqual(headersOf({ contentEncoding: 'gzip' }), { 'Accept-Encoding': 'identity' });
});
