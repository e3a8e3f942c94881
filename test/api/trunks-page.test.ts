// The configurations that docs/trunks.md shows are ones that the server takes.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseConfig, toSipOptions } from '../../api/config.ts';

const page = readFileSync(new URL('../../docs/trunks.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);

test('every kind of carrier on the page can be configured as it is written there', () => {
  const carriers = blocks.filter((text) => text.includes('trunks:\n'));
  const trunks = carriers.flatMap((text) => {
    const config = parseConfig(text, { RINGBACK_TRUNK_PASSWORD: 'a password' });
    return toSipOptions(config, 'x').trunks;
  });
  assert.deepEqual(
    trunks.map(({ name, ping, registration, credentials }) => [
      name,
      ping !== null,
      registration !== null,
      credentials !== null,
    ]),
    [
      ['by-address', true, false, false],
      ['by-digest', true, false, true],
      ['by-registration', false, true, true],
      ['found-by-dns', true, false, false],
    ],
  );
});

test('groups and number plans on the page can, too', () => {
  const names = ['carrier-a', 'carrier-b', 'expensive'];
  const destinations = blocks.find((text) => text.startsWith('destinations:')) ?? '';
  const trunk = (name: string) =>
    `    - name: ${name}\n      host: ${name}.example\n      callerId: '+12025550100'\n` +
    destinations.replace(/^(?=.)/gm, '      ');
  const group = blocks.find((text) => text.includes('trunkGroups:')) ?? '';
  const text = group.replace('sip:\n', `sip:\n  trunks:\n${names.map(trunk).join('')}`);
  const { trunks, trunkGroups } = toSipOptions(parseConfig(text, {}), 'x');
  assert.deepEqual(
    trunkGroups?.[0]?.members.map(({ trunk: name, priority, weight }) => [name, priority, weight]),
    [
      ['carrier-a', 1, 3],
      ['carrier-b', 1, 1],
      ['expensive', 2, 1],
    ],
  );
  assert.deepEqual(trunks[2]?.destinations?.forbiddenPrefixes, ['+1876', '+44870']);
});
