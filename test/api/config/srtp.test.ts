// Which calls are encrypted, by trunk, group and user.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { srtpPolicy } from '../../../api/config/srtp.ts';

const config = {
  sip: {
    trunks: [
      { name: 'plain', srtp: 'off' },
      { name: 'either', srtp: 'optional' },
      { name: 'always', srtp: 'required' },
    ],
    trunkGroups: [
      { name: 'mild', members: [{ trunk: 'plain' }, { trunk: 'either' }] },
      { name: 'strict', members: [{ trunk: 'plain' }, { trunk: 'always' }] },
    ],
  },
  media: { userSrtp: 'optional' },
} as unknown as Parameters<typeof srtpPolicy>[0];

test('a trunk has its own policy, a group the strictest of its trunks', () => {
  const policies = [null, 'plain', 'either', 'always', 'mild', 'strict', 'unknown'].map((trunk) =>
    srtpPolicy(config, { trunk }),
  );
  const expected = ['off', 'off', 'optional', 'required', 'optional', 'required', 'off'];
  assert.deepEqual(policies, expected);
  assert.equal(srtpPolicy(config, 'user'), 'optional');
});
