// How fast routing is when a million wait for ten thousand agents with skills: places taken,
// positions asked, agents matched, bytes per place; and how the cost grows with those who wait.
// Run: node --expose-gc bench/routing.ts [waiting] [agents]
import { performance } from 'node:perf_hooks';
import { DEFAULT_PACING } from '../routing/index.ts';
import type { QueueEntry } from '../routing/index.ts';
import { stepRouting } from '../routing/routing.ts';
import type { RoutingEvent } from '../routing/routing.ts';
import { initialRouting } from '../routing/state.ts';
import type { RoutingState } from '../routing/state.ts';
import { entryView } from '../routing/views.ts';

const waiting = Number(process.argv[2] ?? 1_000_000);
const agentCount = Number(process.argv[3] ?? 10_000);
const QUEUES = 20;
const LANGUAGES = ['german', 'french', 'turkish', 'polish', 'dutch'];

function queueOf(n: number): string {
  return `q${n % QUEUES}`;
}

const ASKED = LANGUAGES.map((skill) => [{ skill, minLevel: 3 }]);
const NOTHING: QueueEntry['requiredSkills'] = [];

/** Every agent has two products and a language. */
function skillsOf(n: number): Record<string, number> {
  const skills: Record<string, number> = {};
  skills[queueOf(n)] = 1 + (n % 3) * 3;
  skills[queueOf(n * 7 + 3)] = 5;
  skills[LANGUAGES[n % LANGUAGES.length] ?? ''] = 7;
  return skills;
}

/** A third asks for a language, a tenth goes first. */
function entryOf(n: number): QueueEntry {
  return {
    interactionId: `i${n}`,
    queueId: queueOf(n * 31 + (n >> 5)),
    kind: n % 4 === 0 ? 'callback' : 'live',
    priority: n % 10 === 0 ? 1 : 0,
    arrivedAtMs: 1_767_603_600_000 + n * 3 + ((n * 7_919) % 50),
    requiredSkills: n % 3 === 0 ? (ASKED[(n * 13) % ASKED.length] ?? NOTHING) : NOTHING,
    dialMode: 'reservation',
  };
}

class Routing {
  state: RoutingState;
  #nowMs = 0;

  constructor() {
    const queues = Array.from({ length: QUEUES }, (_, n) => ({
      queueId: queueOf(n),
      displayName: queueOf(n),
      requiredSkills: [{ skill: queueOf(n), minLevel: 1 }],
      wrapUpSeconds: 0,
      agentRingTimeoutSeconds: 20,
      reservationTimeoutSeconds: 60,
    }));
    this.state = initialRouting('bench', queues, { ...DEFAULT_PACING, maxWaiting: waiting });
  }

  /** @returns the interactions that were given an agent */
  happen(event: Untimed<RoutingEvent>): string[] {
    this.#nowMs += 1;
    const at = { wallMs: 1_767_603_600_000 + this.#nowMs, monotonicMs: this.#nowMs };
    const [next, effects] = stepRouting(this.state, { ...event, at });
    this.state = next;
    const matched: string[] = [];
    for (const effect of effects) {
      if (effect.type !== 'notify') continue;
      const { notice } = effect;
      if (notice.type === 'agent-assigned' || notice.type === 'agent-reserved') {
        matched.push(notice.interactionId);
      }
    }
    return matched;
  }
}

type Untimed<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

function perSecond(times: number, run: () => void): number {
  const startedMs = performance.now();
  run();
  return Math.round((times / (performance.now() - startedMs)) * 1_000);
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function say(what: string, count: number, rate: number): void {
  const times = count.toLocaleString('en').padStart(10);
  console.log(`${what.padEnd(28)} ${times}  ${rate.toLocaleString('en').padStart(9)}/s`);
}

/** Ends conversations in turn; each one ended lets its agent take the next. */
function matchSome(routing: Routing, busy: string[], count: number): number {
  let matched = 0;
  return perSecond(count, () => {
    while (matched < count) {
      const ended = busy[matched];
      if (ended === undefined) throw new Error('nobody is left to be matched');
      busy.push(...routing.happen({ type: 'interaction-ended', interactionId: ended }));
      matched += 1;
    }
  });
}

function run(count: number): void {
  const routing = new Routing();
  for (let n = 0; n < agentCount; n += 1) {
    const agentId = `a${n}`;
    const agent = { agentId, displayName: agentId, username: agentId, skills: skillsOf(n) };
    routing.happen({ type: 'agent-put', agent });
    routing.happen({ type: 'agent-logged-in', agentId });
  }
  console.log(`\n${routing.state.profiles.size} profiles of ${agentCount} agents`);
  const before = heapBytes();
  const submitted = perSecond(count, () => {
    for (let n = 0; n < count; n += 1) routing.happen({ type: 'submitted', entry: entryOf(n) });
  });
  const bytes = (heapBytes() - before) / count;
  say('submit', count, submitted);
  if (globalThis.gc !== undefined) console.log(`bytes per place ${Math.round(bytes)}`);
  const asked = Math.min(count, 100_000);
  const positions = perSecond(asked, () => {
    for (let n = 0; n < asked; n += 1) {
      const record = routing.state.entries.get(`i${(n * 7_919) % count}`);
      if (record !== undefined) entryView(routing.state, record);
    }
  });
  say('position', asked, positions);
  const busy: string[] = [];
  const first = perSecond(agentCount, () => {
    for (let n = 0; n < agentCount; n += 1) {
      busy.push(...routing.happen({ type: 'ready-asked', agentId: `a${n}` }));
    }
  });
  say('agent ready, match', agentCount, first);
  const matches = Math.min(Math.floor(count / 2), 400_000);
  say('end one, match the next', matches, matchSome(routing, busy, matches));
}

for (const count of [waiting / 100, waiting / 10, waiting]) run(count);
