// Callbacks that become due at one moment take their places in the order of the queue.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchOf, startMs } from './support.ts';

test('due together: by priority, then by arrival', async () => {
  const { agents, promised, tick } = await benchOf();
  const desiredTimeMs = startMs + 600_000;
  const wish = (last: number, changes: object) =>
    promised({ customerNumber: `+1202555010${last}`, desiredTimeMs, ...changes });
  const late = await wish(1, { arrivedAtMs: startMs - 1_000 });
  const early = await wish(2, { arrivedAtMs: startMs - 9_000 });
  const urgent = await wish(3, { priority: 5 });
  tick(600_000);
  const submitted = agents.told.map((line) => line.split(' ')[1]);
  assert.deepEqual(submitted, [urgent, early, late]);
});
