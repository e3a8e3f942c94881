// URIs, addresses, Via values and lists. RFC 3261 s.19.1, s.20.10, s.20.42.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAddress, parseVia, splitList, tagOf } from '../../../sip/message/address.ts';
import { headerKey, headerSpelling } from '../../../sip/message/names.ts';
import { paramOf, parseUri, withoutParam } from '../../../sip/message/uri.ts';

test('s.19.1.1: the parts of a URI', () => {
  const uri = parseUri(
    'sip:+1555;phone-context=x:pw@[2001:db8::9]:5070;transport=tcp;lr?Subject=hi',
  );
  assert.deepEqual(uri, {
    scheme: 'sip',
    user: '+1555;phone-context=x:pw',
    host: '2001:db8::9',
    port: 5070,
    params: ';transport=tcp;lr',
  });
  for (const bad of [
    '',
    'sip:',
    'tel:+1555',
    'sip:a@b:99999',
    'sip:a@b c',
    'sip:a@[::1',
    'sip:@',
  ]) {
    assert.equal(parseUri(bad), null, bad);
  }
});

test('s.20.10: without brackets a semicolon starts header parameters', () => {
  const bare = parseAddress('sip:alice@example.com;tag=1');
  assert.deepEqual(bare, { display: '', uri: 'sip:alice@example.com', params: ';tag=1' });
  const named = parseAddress('"A \\" <x>" <sip:a@b;lr>;tag=2');
  assert.deepEqual(named, { display: '"A \\" <x>"', uri: 'sip:a@b;lr', params: ';tag=2' });
  for (const bad of ['', 'alice', '<sip:a@b', '"x <sip:a@b>', '<sip:a b>', 'x <sip:a@b> y']) {
    assert.equal(parseAddress(bad), null, bad);
  }
});

test('a tag is found behind quotes and other parameters, and only as a header parameter', () => {
  assert.equal(tagOf('"x;tag=no" <sip:a@b;tag=no>;x="a;tag=no";TAG=yes'), 'yes');
  assert.equal(tagOf('<sip:a@b;tag=no>'), null);
  assert.equal(tagOf('sip:a@b;tag=bare'), 'bare');
});

test('parameters compare without case, may be without value, and can be taken away', () => {
  assert.equal(paramOf(';Transport=TCP;lr', 'transport'), 'TCP');
  assert.equal(paramOf(';Transport=TCP;lr', 'lr'), '');
  assert.equal(paramOf(';xlr', 'lr'), null);
  assert.equal(paramOf(';a="x;lr"', 'lr'), null);
  assert.equal(withoutParam(';a=1;lr;b="x;lr"', 'lr'), ';a=1;b="x;lr"');
});

test('s.20.42: a Via may have white space almost anywhere', () => {
  const via = parseVia('SIP / 2.0 / UDP first.example.com: 4000 ;ttl=16 ;branch=z9hG4bKa7');
  assert.equal(via?.host, 'first.example.com');
  assert.equal(via?.port, 4000);
  assert.equal(via?.branch, 'z9hG4bKa7');
  assert.equal(parseVia('SIP/2.0/UDP'), null);
});

test('names have one key and one spelling', () => {
  assert.equal(headerKey('i'), 'call-id');
  assert.equal(headerKey('CALL-ID'), 'call-id');
  assert.equal(headerSpelling('www-authenticate'), 'WWW-Authenticate');
  assert.equal(headerSpelling('foo-bar'), 'Foo-Bar');
  assert.equal(headerSpelling('X-esl-outbound'), 'X-esl-outbound');
});

test('nothing throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseUri(text);
      parseUri(`sip:${text}`);
      parseAddress(text);
      parseVia(`SIP/2.0/UDP ${text}`);
      splitList(text);
      tagOf(text);
      paramOf(text, 'x');
      withoutParam(text, 'x');
    }),
  );
});
