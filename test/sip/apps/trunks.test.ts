// Trunks: choice, source match and the ways numbers are written.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RingbackError } from '../../../core/errors.ts';
import { membersOf, readGroups } from '../../../sip/apps/trunk/groups.ts';
import {
  formatNumber,
  readNumber,
  readTrunks,
  toE164,
  trunkOfSource,
  trunkUri,
} from '../../../sip/apps/trunks.ts';
import { trunkOptions } from './support/options.ts';

const trunks = readTrunks([
  trunkOptions({ name: 'one', inboundFrom: ['192.0.2.0/28'] }),
  trunkOptions({ name: 'two', inboundFrom: ['198.51.100.7', '2001:db8::/48'] }),
]);

test('a trunk is chosen by name; none named is the first', () => {
  const names = (name: string | null) =>
    membersOf(readGroups(trunks, []), name).map(({ trunk }) => trunk.name);
  assert.deepEqual(names(null), ['one']);
  assert.deepEqual(names('two'), ['two']);
  assert.deepEqual(names('three'), []);
  assert.deepEqual(membersOf(readGroups([], []), null), []);
});

test('a call belongs to the trunk its source address belongs to', () => {
  assert.equal(trunkOfSource(trunks, '192.0.2.15')?.name, 'one');
  assert.equal(trunkOfSource(trunks, '192.0.2.16'), null);
  assert.equal(trunkOfSource(trunks, '198.51.100.7')?.name, 'two');
  assert.equal(trunkOfSource(trunks, '2001:db8:0:9::1')?.name, 'two');
});

test('a bad configuration is refused with the reason', () => {
  const wrong = [
    { inboundFrom: ['192.0.2.0/40'] },
    { host: 'a b' },
    { country: 'XX' },
    { callerId: '555' },
  ];
  for (const change of wrong) {
    assert.throws(
      () => readTrunks([trunkOptions(change)]),
      (error) => error instanceof RingbackError && error.code === 'SIP_TRUNK_INVALID',
    );
  }
  assert.throws(() => readTrunks([trunkOptions({}), trunkOptions({})]), /used twice/);
});

test('numbers are written as the trunk wants them', () => {
  const us = '+12125550100';
  const uk = '+442079460018';
  assert.equal(formatNumber(us, 'e164', 'US'), us);
  assert.equal(formatNumber(us, 'e164-without-plus', 'US'), '12125550100');
  assert.equal(formatNumber(us, 'national', 'US'), '2125550100');
  assert.equal(formatNumber(us, 'national', 'CA'), '2125550100', 'one numbering plan');
  assert.equal(formatNumber(uk, 'national', 'GB'), '02079460018');
  assert.equal(formatNumber(uk, 'national', 'US'), '011442079460018', 'abroad: with its prefix');
  assert.equal(formatNumber('12125550100', 'e164', 'US'), null, 'no plus: not E.164');
  assert.equal(formatNumber('+1', 'e164', 'US'), null);
});

test('numbers are read as the trunk writes them', () => {
  assert.equal(readNumber('+12125550100', 'national', 'US'), '+12125550100');
  assert.equal(readNumber('(212) 555-0100', 'national', 'US'), '+12125550100');
  assert.equal(readNumber('442079460018', 'e164-without-plus', 'US'), '+442079460018');
  assert.equal(readNumber('02079460018', 'national', 'GB'), '+442079460018');
  assert.equal(readNumber('1001', 'national', 'US'), null, 'an extension is no number');
  assert.equal(readNumber('anonymous', 'e164', 'US'), null);
});

test('property: a number written for a trunk is read back the same', () => {
  const numbers = fc.constantFrom('+12125550100', '+442079460018', '+390612345678', '+81312345678');
  const formats = fc.constantFrom('e164', 'e164-without-plus', 'national' as const);
  const countries = fc.constantFrom('US', 'GB', 'IT', 'JP');
  fc.assert(
    fc.property(numbers, formats, countries, (number, format, country) => {
      const written = formatNumber(number, format, country);
      assert.ok(written !== null);
      assert.equal(readNumber(written, format, country), number);
    }),
  );
});

test('property: any text reads as E.164 or as nothing', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const number = toE164(text);
      assert.ok(number === null || /^\+\d{3,17}$/.test(number));
    }),
  );
});

test('the Request-URI has the transport that is not UDP, and escapes', () => {
  assert.equal(trunkUri(trunkOptions({}), '+1212'), 'sip:+1212@127.0.0.1:5060');
  assert.equal(
    trunkUri(trunkOptions({ protocol: 'tcp', host: '2001:db8::1' }), 'a b'),
    'sip:a%20b@[2001:db8::1]:5060;transport=tcp',
  );
});
