// What is spoken with whom: a trunk's own codecs, and what the trunks of a group have in common.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseConfig } from '../../../api/config.ts';
import { codecsOf } from '../../../api/config/codecs.ts';

const trunk = (name: string, codecs: readonly string[] | null): object => ({
  name,
  host: '192.0.2.1',
  callerId: '+12025550100',
  codecs,
});

function parse(trunks: readonly object[], members: readonly string[]) {
  const trunkGroups = [{ name: 'group', members: members.map((name) => ({ trunk: name })) }];
  const media = { codecs: ['PCMU', 'PCMA', 'G722'] };
  return parseConfig(JSON.stringify({ sip: { trunks, trunkGroups }, media }), {});
}

test('a trunk has its own codecs, a group what all its trunks speak', () => {
  const trunks = [trunk('any', null), trunk('a', ['G722', 'PCMA']), trunk('b', ['PCMA', 'PCMU'])];
  const config = parse(trunks, ['a', 'b', 'any']);
  assert.deepEqual(codecsOf(config, { trunk: null }), ['PCMU', 'PCMA', 'G722']);
  assert.deepEqual(codecsOf(config, { trunk: 'b' }), ['PCMA', 'PCMU']);
  assert.deepEqual(codecsOf(config, { trunk: 'group' }), ['PCMA']);
  assert.equal(codecsOf(config, 'user'), null);
});

test('a codec that media does not speak, and trunks with none in common, are refused', () => {
  const strange = [trunk('a', ['opus'])];
  assert.throws(() => parse(strange, ['a']), /codecs.*"opus", which is not among media\.codecs/s);
  const apart = [trunk('a', ['PCMU']), trunk('b', ['PCMA'])];
  assert.throws(() => parse(apart, ['a', 'b']), /members.*no codec that all of them speak/s);
});
