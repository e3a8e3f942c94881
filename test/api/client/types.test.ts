// The client's types are those of the API as it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { clientTypes, TYPES_FILE } from '../../../scripts/client.ts';

test('the generated types are up to date', async () => {
  const isSame = readFileSync(TYPES_FILE, 'utf8') === (await clientTypes());
  assert.ok(isSame, `${TYPES_FILE} is stale: npm run client`);
});
