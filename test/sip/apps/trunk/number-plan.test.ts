// Which numbers may be called, how they are dialled, and whom they show.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readGroups } from '../../../../sip/apps/trunk/groups.ts';
import { identityHeaders, withoutIdentity } from '../../../../sip/apps/trunk/identity.ts';
import {
  destinationRefusal,
  dialled,
  kindOf,
  mayShow,
} from '../../../../sip/apps/trunk/number-plan.ts';
import { redirectTarget } from '../../../../sip/apps/trunk/redirect.ts';
import { readTrunks } from '../../../../sip/apps/trunks.ts';
import type { Trunk } from '../../../../sip/apps/trunks.ts';
import { RingbackError } from '../../../../core/errors.ts';
import type { DestinationRules, TrunkOptions } from '../../../../sip/index.ts';
import { trunkOptions } from '../support/options.ts';

function trunkOf(change: Partial<TrunkOptions> = {}): Trunk {
  const [trunk] = readTrunks([trunkOptions(change)]);
  assert.ok(trunk);
  return trunk;
}

const RULES: DestinationRules = {
  allowedPrefixes: [],
  forbiddenPrefixes: [],
  forbiddenKinds: ['premium-rate', 'satellite'],
};

test('kinds of numbers that fraud earns with are known', () => {
  const kinds: readonly (readonly [string, string | null])[] = [
    ['+19002345678', 'premium-rate'],
    ['+449098790000', 'premium-rate'],
    ['+979123456789', 'premium-rate'],
    ['+881612345678', 'satellite'],
    ['+870773123456', 'satellite'],
    ['+8821612345678', 'satellite'],
    ['+447012345678', 'personal'],
    ['+491805123456', 'shared-cost'],
    ['+12125550123', null],
    ['+442079460018', null],
    ['+8005551234567', null],
  ];
  for (const [number, kind] of kinds) assert.equal(kindOf(number), kind, number);
});

test('forbidden kinds are refused by default, also under an allowed prefix', () => {
  const plain = trunkOf().destinations;
  assert.equal(destinationRefusal('+881612345678', plain), 'satellite');
  assert.equal(destinationRefusal('+19002345678', plain), 'premium-rate');
  assert.equal(destinationRefusal('+12125550123', plain), null);
  const allowed = { ...RULES, allowedPrefixes: ['+8816'] };
  assert.equal(destinationRefusal('+881612345678', allowed), 'satellite');
});

test('the longest prefix decides, and a tie is forbidden', () => {
  const rules = {
    ...RULES,
    allowedPrefixes: ['+44', '+4420', '+1'],
    forbiddenPrefixes: ['+442', '+1'],
  };
  assert.equal(destinationRefusal('+442079460018', rules), null);
  assert.equal(destinationRefusal('+442890960018', rules), 'prefix +442');
  assert.equal(destinationRefusal('+12125550123', rules), 'prefix +1');
  assert.equal(destinationRefusal('+390612345678', rules), 'no allowed prefix');
});

test('property: whatever the prefixes, a number is refused or has an allowed prefix', () => {
  const prefixes = fc.array(fc.stringMatching(/^\+[12]{1,4}$/));
  fc.assert(
    fc.property(prefixes, prefixes, (allowedPrefixes, forbiddenPrefixes) => {
      const number = '+12125550123';
      const refusal = destinationRefusal(number, { ...RULES, allowedPrefixes, forbiddenPrefixes });
      const allowed = allowedPrefixes.filter((prefix) => number.startsWith(prefix));
      if (refusal === null) assert.ok(allowedPrefixes.length === 0 || allowed.length > 0);
      if (forbiddenPrefixes.includes(number.slice(0, 5))) assert.notEqual(refusal, null);
    }),
  );
});

test('numbers are dialled in the format of the trunk, digits off, prefix on', () => {
  const uk = '+442079460018';
  const cases: readonly (readonly [Partial<TrunkOptions>, string])[] = [
    [{}, uk],
    [{ dialing: { stripDigits: 0, prefix: '9' } }, `9${uk}`],
    [{ dialing: { stripDigits: 2, prefix: '0' } }, '02079460018'],
    [
      { numberFormat: 'e164-without-plus', dialing: { stripDigits: 0, prefix: '00' } },
      '00442079460018',
    ],
    [
      { numberFormat: 'national', country: 'GB', dialing: { stripDigits: 1, prefix: '9#' } },
      '9#2079460018',
    ],
  ];
  for (const [change, user] of cases) assert.equal(dialled(uk, trunkOf(change)), user);
  assert.equal(dialled(uk, trunkOf({ dialing: { stripDigits: 15, prefix: '' } })), null);
});

test('only numbers that the trunk allows are shown', () => {
  const strict = trunkOf({ allowedCallerIds: ['+12125550111'] });
  assert.deepEqual(
    ['+12125550100', '+12125550111', '+12125550199', 'nobody'].map((id) => mayShow(id, strict)),
    [true, true, false, false],
  );
  assert.equal(mayShow('+12125550199', trunkOf()), true, 'no list, any number');
});

const identity = {
  ...{ caller: '+12125550100', displayName: 'Acme', tag: 't1' },
  ...{ withheld: false, trusted: false },
};

test('RFC 3323 and 3325: who calls is told to those who may know', () => {
  assert.deepEqual(identityHeaders(identity), {
    From: '"Acme" <sip:+12125550100@localhost>;tag=t1',
  });
  const anonymous = {
    From: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=t1',
    Privacy: 'id',
  };
  assert.deepEqual(identityHeaders({ ...identity, withheld: true }), anonymous);
  assert.deepEqual(identityHeaders({ ...identity, withheld: true, trusted: true }), {
    ...anonymous,
    'P-Asserted-Identity': '<sip:+12125550100@localhost>',
  });
  const headers = { 'X-A': '1', 'p-asserted-identity': '<sip:me>', 'Remote-Party-ID': 'me' };
  assert.deepEqual(withoutIdentity(headers), { 'X-A': '1' });
});

test('a redirect leads to allowed hosts and numbers, by q, with nothing hidden in it', () => {
  const trunk = trunkOf({
    host: 'sip.carrier.example',
    redirects: { max: 3, allowedHosts: ['Other.example', '192.0.2.0/24'] },
  });
  const to = (contact: string) => redirectTarget(contact, trunk, '+12125550123');
  const uriOf = (contact: string) => to(contact)?.requestUri ?? null;
  assert.deepEqual(to('<sip:+12125550123@SIP.carrier.example:5060>'), {
    requestUri: 'sip:+12125550123@SIP.carrier.example:5060',
    isTrunk: true,
  });
  assert.equal(to('<sip:+12125550123@sip.carrier.example:5090>')?.isTrunk, false);
  assert.equal(
    uriOf('<sip:+12125550199@192.0.2.7;transport=TCP;lr?X-Evil=1>;q=0.1'),
    'sip:+12125550199@192.0.2.7;transport=tcp',
  );
  assert.equal(
    uriOf('<sip:+12125550123@192.0.2.1>;q=0.2, <sip:+12125550123@other.example>;q=0.9'),
    'sip:+12125550123@other.example',
  );
  for (const refused of [
    '',
    'nonsense',
    '<sip:+12125550123@stranger.example>',
    '<sip:+12125550123@192.0.3.1>',
    '<sip:+881612345678@other.example>',
    '<sip:operator@other.example>',
    '<sips:+12125550123@other.example>',
    '<tel:+12125550123>',
    '<sip:+12125550123@other.example;transport=ws>',
  ]) {
    assert.equal(to(refused), null, refused);
  }
});

test('a call over TLS stays on TLS', () => {
  const trunk = trunkOf({ host: 'sip.carrier.example', port: 5061, protocol: 'tls' });
  const contact = (tail: string) => `<sip:+12125550123@sip.carrier.example${tail}>`;
  const to = (tail: string) => redirectTarget(contact(tail), trunk, '+12125550123');
  assert.deepEqual(to(''), {
    requestUri: 'sip:+12125550123@sip.carrier.example;transport=tls',
    isTrunk: true,
  });
  const sips = redirectTarget(
    '<sips:+12125550123@sip.carrier.example;transport=tcp>',
    trunk,
    '+12125550123',
  );
  assert.deepEqual(sips, {
    requestUri: 'sips:+12125550123@sip.carrier.example',
    isTrunk: true,
  });
  assert.equal(to(';transport=udp'), null);
  assert.equal(to(';transport=tcp'), null);
});

test('property: no redirect leads to a host that is not allowed', () => {
  const hosts = ['sip.carrier.example', 'other.example', 'stranger.example', '203.0.113.9'];
  const trunk = trunkOf({
    host: 'sip.carrier.example',
    redirects: { max: 3, allowedHosts: ['other.example'] },
  });
  const contact = fc
    .tuple(
      fc.constantFrom(...hosts),
      fc.constantFrom('+12125550123', '+19002345678', 'x@y', 'a%40other.example'),
      fc.constantFrom('', ';q=0.5', ';q=1', '?Route=%3Csip:stranger.example%3E'),
    )
    .map(([host, user, tail]) =>
      tail.startsWith('?') ? `<sip:${user}@${host}${tail}>` : `<sip:${user}@${host}>${tail}`,
    );
  fc.assert(
    fc.property(fc.array(contact, { maxLength: 4 }), (contacts) => {
      const target = redirectTarget(contacts.join(', '), trunk, '+12125550123');
      if (target === null) return;
      const uri = /^sip:\+12125550123@(sip\.carrier|other)\.example$/;
      assert.match(target.requestUri, uri);
    }),
  );
});

test('trunks and groups that cannot be used are refused with the reason', () => {
  const wrong: readonly Partial<TrunkOptions>[] = [
    { allowedCallerIds: ['555'] },
    { destinations: { ...RULES, forbiddenPrefixes: ['44'] } },
    { dialing: { stripDigits: 0, prefix: 'a;b' } },
    { limits: { callsPerSecond: 0, maxCalls: null, maxWaitMs: 0 } },
    { limits: { callsPerSecond: null, maxCalls: 0, maxWaitMs: 0 } },
    { registration: { domain: null, expiresSeconds: 600 } },
    { headers: { 'X-A': 'a\r\nb' } },
  ];
  for (const change of wrong) assert.throws(() => trunkOf(change), RingbackError);
  const trunks = readTrunks([trunkOptions({ name: 'a' })]);
  const member = { trunk: 'a', priority: 0, weight: 1 };
  for (const group of [
    { name: 'a', members: [member] },
    { name: 'g', members: [] },
    { name: 'g', members: [member, member] },
    { name: 'g', members: [{ ...member, trunk: 'b' }] },
  ]) {
    assert.throws(
      () => readGroups(trunks, [group]),
      (error) => error instanceof RingbackError && error.code === 'SIP_TRUNK_GROUP_INVALID',
    );
  }
});
