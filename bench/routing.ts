// How fast a virtual queue is when a million wait: places taken, positions asked, agents matched.
// Run: node bench/routing.ts [entries]
import { performance } from 'node:perf_hooks';
import { DEFAULT_PACING } from '../routing/index.ts';
import type { QueueEntry } from '../routing/index.ts';
import { stepRouting } from '../routing/routing.ts';
import type { RoutingEvent } from '../routing/routing.ts';
import { initialRouting } from '../routing/state.ts';
import { entryView } from '../routing/views.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const at = { wallMs: 0, monotonicMs: 0 };
const queue = {
  queueId: 'q',
  displayName: 'q',
  requiredSkills: [],
  wrapUpSeconds: 0,
  agentRingTimeoutSeconds: 20,
  reservationTimeoutSeconds: 60,
};
let state = initialRouting('bench', [queue], DEFAULT_PACING);

function happen(event: RoutingEvent): string | null {
  const [next, effects] = stepRouting(state, event);
  state = next;
  for (const effect of effects) {
    if (effect.type === 'notify' && effect.notice.type === 'agent-assigned') {
      return effect.notice.interactionId;
    }
  }
  return null;
}

function entry(n: number): QueueEntry {
  return {
    interactionId: `i${n}`,
    queueId: 'q',
    kind: 'live',
    priority: n % 3,
    arrivedAtMs: (n * 2_654_435_761) % count,
    requiredSkills: [],
    dialMode: 'reservation',
  };
}

function measure(what: string, times: number, run: () => void): void {
  const startedMs = performance.now();
  run();
  const elapsedMs = performance.now() - startedMs;
  const perSecond = Math.round((times / elapsedMs) * 1000).toLocaleString('en');
  console.log(
    `${what}: ${times.toLocaleString('en')} in ${Math.round(elapsedMs)} ms, ${perSecond}/s`,
  );
}

measure('submit', count, () => {
  for (let n = 0; n < count; n += 1) happen({ type: 'submitted', entry: entry(n), at });
});

const asked = Math.min(count, 100_000);
measure('position', asked, () => {
  for (let n = 0; n < asked; n += 1) {
    const record = state.entries.get(`i${n}`);
    if (record !== undefined) entryView(state, record);
  }
});

const agent = { agentId: 'a', displayName: 'a', username: 'a', skills: {} };
happen({ type: 'agent-put', agent, at });
happen({ type: 'agent-logged-in', agentId: 'a', at });
let current = happen({ type: 'ready-asked', agentId: 'a', at });
let matched = 0;
measure('end one, match the next', count, () => {
  while (current !== null) {
    matched += 1;
    current = happen({ type: 'interaction-ended', interactionId: current, at });
  }
});
console.log(`matched ${matched.toLocaleString('en')}`);
