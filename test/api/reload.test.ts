// The configuration read again: all or nothing is believed of a file, and what cannot be taken over
// is named.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { silentLog } from '../../core/live.ts';
import { parseConfig } from '../../api/config.ts';
import { reload } from '../../api/reload.ts';
import type { TrunkOptions } from '../../sip/index.ts';

const TRUNK = "{ name: main, host: 192.0.2.1, callerId: '+12025550100' }";
const BEFORE = `sip: { trunks: [${TRUNK}] }\nqueues: [{ id: support }]\n`;

/** Reloads with this text; what was logged, which trunks were set, what holds then. */
function reloaded(text: string) {
  const said: string[] = [];
  const set: (readonly TrunkOptions[])[] = [];
  const note = (event: string, fields: object = {}) =>
    said.push(`${event} ${Object.values(fields).join(' ')}`.trim());
  const log = { ...silentLog, info: note, warn: note, error: note };
  const sip = { setTrunks: (trunks: readonly TrunkOptions[]) => void set.push(trunks) };
  const before = parseConfig(BEFORE, {});
  const after = reload(before, () => parseConfig(text, {}), { sip, log });
  return { said, set, before, after };
}

test('trunks are taken over, the rest is named and left as it was', () => {
  const text = BEFORE.replace('192.0.2.1', '192.0.2.9').replace('support', 'sales');
  const { said, set, before, after } = reloaded(`${text}log: { level: error }\n`);
  assert.deepEqual(said.toSorted(), [
    'config-change-needs-restart log',
    'config-change-needs-restart queues',
    'config-reloaded sip.trunks',
  ]);
  assert.equal(set[0]?.[0]?.host, '192.0.2.9');
  assert.equal(after.sip.trunks[0]?.host, '192.0.2.9');
  assert.deepEqual(after.queues, before.queues);
});

test('a file with a fault changes nothing, and the fault is said with its path', () => {
  const { said, set, before, after } = reloaded(BEFORE.replace('main', '""'));
  assert.equal(after, before);
  assert.deepEqual(set, []);
  assert.match(said.join(), /^config-reload-refused CONFIG_INVALID .*sip\.trunks\[0\]\.name/s);
});

test('trunks that do not suit the queues as they are, are refused', () => {
  const text = BEFORE.replace('{ id: support }', '{ id: support, callback: { trunk: main } }');
  const before = parseConfig(text, {});
  const said: string[] = [];
  const log = {
    ...silentLog,
    error: (_event: string, fields = {}) => said.push(JSON.stringify(fields)),
  };
  const sip = { setTrunks: () => assert.fail('they must not be set') };
  const next = () => parseConfig(text.replaceAll('main', 'other'), {});
  assert.equal(reload(before, next, { sip, log }), before);
  assert.match(said.join(), /queues\[0\]\.callback\.trunk/);
});
