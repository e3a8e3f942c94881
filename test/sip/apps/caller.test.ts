// Who calls: From, asserted identity, privacy, and which domains are ours.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  calledNumberOf,
  callerOfTrunk,
  callerOfUser,
  isOurDomain,
} from '../../../sip/apps/caller.ts';
import { readTrunks } from '../../../sip/apps/trunks.ts';
import { trunkOptions } from './support/options.ts';

const [trunk] = readTrunks([trunkOptions({ numberFormat: 'national' })]);
assert.ok(trunk !== undefined);
const from = '"Ann \\"A\\" Lee" <sip:2125550111@192.0.2.1>;tag=1';
const none = { from, assertedIdentity: undefined, privacy: undefined };

test('the caller is From, in E.164', () => {
  assert.deepEqual(callerOfTrunk(none, trunk), {
    callerNumber: '+12125550111',
    callerName: 'Ann "A" Lee',
  });
});

test('what the trunk asserts goes before From (RFC 3325)', () => {
  const assertedIdentity = '<sip:anonymous@x>, <tel:+12125550122;phone-context=x>';
  assert.equal(callerOfTrunk({ ...none, assertedIdentity }, trunk).callerNumber, '+12125550122');
});

test('who asked for privacy has no name and no number (RFC 3323)', () => {
  const nobody = { callerNumber: null, callerName: null };
  assert.deepEqual(callerOfTrunk({ ...none, privacy: 'header;id' }, trunk), nobody);
  assert.notDeepEqual(callerOfTrunk({ ...none, privacy: 'none' }, trunk), nobody);
});

test('what is no number is none', () => {
  const anonymous = { ...none, from: '<sip:anonymous@anonymous.invalid>' };
  assert.deepEqual(callerOfTrunk(anonymous, trunk), { callerNumber: null, callerName: null });
  assert.equal(callerOfTrunk({ ...none, from: 'nonsense "' }, trunk).callerNumber, null);
  assert.equal(callerOfTrunk({ ...none, from: undefined }, trunk).callerNumber, null);
});

test('a user cannot borrow a number by writing it into From', () => {
  assert.equal(callerOfUser(none, '1001').callerNumber, null);
  assert.equal(callerOfUser(none, '+12125550133').callerNumber, '+12125550133');
});

test('the called number', () => {
  assert.equal(calledNumberOf('2125550100', trunk), '+12125550100');
  assert.equal(calledNumberOf('2125550100', null), null);
  assert.equal(calledNumberOf('+12125550100', null), '+12125550100');
});

test('our domain is the realm or one of our own addresses with its port', () => {
  const places = [{ host: '127.0.0.1', port: 5070 }];
  const isOurs = (uri: string) => isOurDomain(`<sip:1001@${uri}>`, 'Ringback.test', places);
  assert.ok(isOurs('ringback.TEST'));
  assert.ok(isOurs('127.0.0.1:5070'));
  assert.ok(!isOurs('127.0.0.1:5071'));
  assert.ok(!isOurs('127.0.0.1'));
  assert.ok(!isOurDomain('nonsense', 'ringback.test', places));
  assert.ok(!isOurDomain(undefined, 'ringback.test', places));
});
