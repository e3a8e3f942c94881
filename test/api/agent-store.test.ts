// What agents said of themselves outlives the process.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAgentStore, storedFrom } from '../../api/agent-store.ts';
import type { AgentStateName, AgentView } from '../../routing/index.ts';

function view(state: AgentStateName, notReadyReason: string | null = null): AgentView {
  return {
    agentId: 'anna',
    displayName: 'Anna',
    username: '1001',
    skills: { support: 5 },
    state,
    notReadyReason,
    sinceMs: 0,
    interactionId: null,
    reservationId: null,
  };
}

test('an agent is found again after the store was closed and opened', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-agents-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'agents.sqlite');
  const first = openAgentStore(path);
  first.put(storedFrom(view('not-ready', 'lunch')));
  first.put(storedFrom(view('ready')));
  first.close();
  const second = openAgentStore(path);
  t.after(() => second.close());
  assert.deepEqual(second.all(), [
    {
      definition: {
        agentId: 'anna',
        displayName: 'Anna',
        username: '1001',
        skills: { support: 5 },
      },
      choice: { state: 'ready' },
    },
  ]);
  second.remove('anna');
  assert.deepEqual(second.all(), []);
});

test('a busy agent is kept as ready, a paused one with the reason', () => {
  for (const state of ['ready', 'reserved', 'talking', 'wrap-up'] as const) {
    assert.deepEqual(storedFrom(view(state)).choice, { state: 'ready' }, state);
  }
  assert.deepEqual(storedFrom(view('not-ready', 'lunch')).choice, {
    state: 'not-ready',
    reason: 'lunch',
  });
  assert.deepEqual(storedFrom(view('logged-out')).choice, { state: 'logged-out' });
});
