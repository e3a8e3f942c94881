// When to dial the customer of a callback. PURE. There are two ways:
// pre-emptive agent reservation   an agent is held first, then the customer is dialled; that is a
//     match like any other (match.ts), and no customer ever waits;
// dialing notification   the customer is dialled when an agent is about to be free, and takes the
//     next free agent, at the place kept; no agent is held while a telephone rings.
// This file is the second way. One more customer is dialled when the chance that this one answers
// and finds nobody within 2 s is small enough. It is worked out for eight times at which the answer
// may come, each as likely as the other, from what is known of every agent and every dial: how long
// they have lasted, and how long such things last (tail.ts). The abandon guard (guard.ts) says what
// is small enough. Live callers who come meanwhile stand behind, and match.ts keeps the order.
import { answerChance, answerTimesMs, chanceWithin } from './answer-book.ts';
import { endsWithin } from './durations.ts';
import { ANSWER_WAIT_MS, riskAllowed } from './guard.ts';
import { profileFits } from './lines.ts';
import { limitedUntil } from './match.ts';
import type { AgentRecord, Moment, Profile, RoutingState } from './state.ts';
import { chanceOfNone } from './tail.ts';
import { comparePlaces } from './virtual-queue.ts';
import type { Line, LineNeeds, Place } from './virtual-queue.ts';

/** Agents of one profile who are free now or may be, by the time of the answer. */
interface Supply {
  readonly profile: Profile;
  /** How many are free for certain. */
  readonly sure: number[];
  /** The chances of the others, each on its own. */
  readonly likely: number[][];
}

export interface Outlook {
  /** From now until the answer of a dial begun now. */
  readonly timesMs: readonly number[];
  /** Until when an agent must be free for it; 2 s later, if so far is looked ahead. */
  readonly byMs: readonly number[];
  readonly supplies: readonly Supply[];
}

/** Callbacks considered in one look; the rest has its turn in the next. */
const MAX_CANDIDATES = 32;
/** A smaller chance of an agent to be free is none. */
const LEAST_CHANCE = 0.01;

/** Who is free now or may be by the time a telephone that is dialled now is answered. O(agents). */
export function outlookOf(state: RoutingState, nowMs: number): Outlook {
  const withinMs = state.pacing.predictWithinSeconds * 1_000;
  const timesMs = answerTimesMs(state.answers);
  const byMs = timesMs.map((timeMs) => Math.min(withinMs, timeMs + ANSWER_WAIT_MS));
  const supplies = new Map<string, Supply>();
  const supplyOf = (profile: Profile): Supply => {
    const known = supplies.get(profile.profileKey);
    if (known !== undefined) return known;
    const made = { profile, sure: byMs.map(() => 0), likely: byMs.map(() => []) };
    supplies.set(profile.profileKey, made);
    return made;
  };
  for (const profile of state.profiles.unordered()) {
    const ready = readyOf(state, profile, nowMs);
    if (ready > 0) supplyOf(profile).sure.fill(ready);
  }
  for (const agent of state.busy.unordered()) {
    const chances = freeChances(state, agent, nowMs, byMs);
    const profile = state.profiles.get(agent.profileKey);
    if (chances === null || profile === undefined) continue;
    const { sure, likely } = supplyOf(profile);
    chances.forEach((chance, n) => {
      if (chance === 1) sure[n] = (sure[n] ?? 0) + 1;
      else if (chance > 0) likely[n]?.push(chance);
    });
  }
  return { timesMs, byMs, supplies: [...supplies.values()] };
}

/** The next callback to notify, first in the order, or null. */
export function nextToNotify(state: RoutingState, outlook: Outlook, at: Moment): string | null {
  if (state.notifiable === 0 || outlook.supplies.length === 0) return null;
  const heads: { readonly place: Place; readonly line: Line }[] = [];
  for (const line of state.lines.unordered()) {
    const place = line.notifiable.first();
    if (place !== null) heads.push({ place, line });
  }
  heads.sort((a, b) => comparePlaces(a.place, b.place));
  for (const { place, line } of heads.slice(0, MAX_CANDIDATES)) {
    if (mayDial(state, outlook, place, line, at)) return place.entry.interactionId;
  }
  return null;
}

function readyOf(state: RoutingState, profile: Profile, nowMs: number): number {
  if (state.pacing.maxCallbacksPerAgentHour === null) return profile.idle.size;
  let ready = 0;
  for (const { agentId } of profile.idle) {
    const agent = state.agents.get(agentId);
    if (agent !== undefined && limitedUntil(state, agent, nowMs) === null) ready += 1;
  }
  return ready;
}

/** Chances that a busy agent is free by these times; null: none. Wrap-up ends when it ends. */
function freeChances(
  state: RoutingState,
  agent: AgentRecord,
  nowMs: number,
  byMs: readonly number[],
): readonly number[] | null {
  const doing = agent.state;
  if (doing.name !== 'talking' && doing.name !== 'wrap-up') return null;
  if (doing.afterwards.name !== 'ready' || limitedUntil(state, agent, nowMs) !== null) return null;
  if (doing.name === 'wrap-up') return byMs.map((ms) => (doing.untilMs <= nowMs + ms ? 1 : 0));
  const queue = state.queues.get(doing.work.queueId);
  if (queue === undefined) return null;
  const wrapUpMs = queue.definition.wrapUpSeconds * 1_000;
  const elapsedMs = nowMs - doing.startedMs;
  const chanceBy = (ms: number): number =>
    ms <= wrapUpMs ? 0 : Math.min(0.99, endsWithin(queue.flow.talkTimes, elapsedMs, ms - wrapUpMs));
  return chanceBy(byMs.at(-1) ?? 0) < LEAST_CHANCE ? null : byMs.map(chanceBy);
}

function mayDial(
  state: RoutingState,
  outlook: Outlook,
  place: Place,
  line: Line,
  at: Moment,
): boolean {
  if (line.needs.onlyAgentId !== null) return isOwnTurn(state, outlook, line, at);
  const usable = outlook.supplies.filter(({ profile }) => canServe(state, profile, line.needs));
  if (usable.length === 0) return false;
  const rivals = rivalsOf(state, outlook, place, line, at);
  const times = outlook.timesMs.length;
  let left = riskAllowed(state.guard, state.pacing.maxWaitingPercent) * times;
  for (let n = 0; n < times; n += 1) {
    let free = sumOf(usable, n);
    const claims: number[] = [];
    for (const rival of rivals) free -= takenBy(rival, n, claims);
    const others = usable.flatMap(({ likely }) => likely[n] ?? []);
    left -= chanceOfNone(free, others, claims);
    if (left < 0) return false;
  }
  return true;
}

/** A callback of one agent is dialled for that agent, who is free for certain, one at a time. */
function isOwnTurn(state: RoutingState, outlook: Outlook, line: Line, at: Moment): boolean {
  const agent = state.agents.get(line.needs.onlyAgentId ?? '');
  if (agent === undefined || limitedUntil(state, agent, at.monotonicMs) !== null) return false;
  const { byMs } = outlook;
  const half = byMs.length >> 1;
  const isFree =
    agent.state.name === 'ready' || freeChances(state, agent, at.monotonicMs, byMs)?.[half] === 1;
  return isFree && line.dialling.size + line.answered.size === 0;
}

/** Those who take agents before the one who is dialled now. */
interface Rivals {
  /** On the line or ahead: each takes an agent. */
  readonly certain: number;
  /** Customers being dialled: chances that they have answered, by the time of the answer. */
  readonly dials: readonly (readonly number[])[];
  /** Agents only they can use, by the time of the answer; null: they use the same ones. */
  readonly own: readonly number[] | null;
}

function rivalsOf(
  state: RoutingState,
  outlook: Outlook,
  place: Place,
  line: Line,
  at: Moment,
): readonly Rivals[] {
  const rivals: Rivals[] = [];
  for (const other of state.lines.unordered()) {
    const certain = other.live.rank(place) + other.reservable.rank(place) + other.answered.size;
    const dials = [...other.dialling].map((dial) => answerChances(state, outlook, dial, at));
    if (certain + dials.length === 0) continue;
    if (other === line) {
      rivals.push({ certain, dials, own: null });
      continue;
    }
    const theirs = outlook.supplies.filter(({ profile }) => canServe(state, profile, other.needs));
    const own = theirs.filter(({ profile }) => !canServe(state, profile, line.needs));
    if (own.length === theirs.length) continue;
    const counts = outlook.timesMs.map((_, n) => sumOf(own, n) + sumOfChances(own, n));
    rivals.push({ certain, dials, own: counts });
  }
  return rivals;
}

/** Chances that one who is being dialled has answered by the times of the outlook. */
function answerChances(
  state: RoutingState,
  { timesMs }: Outlook,
  { entry }: Place,
  at: Moment,
): readonly number[] {
  const record = state.entries.get(entry.interactionId);
  if (record === undefined) return timesMs.map(() => 0);
  const rungMs = at.monotonicMs - record.sinceMs;
  const dial = { kind: entry.numberKind ?? 'unknown', atMs: at.wallMs - rungMs } as const;
  const chance = answerChance(state.answers, dial);
  return timesMs.map((withinMs) => chanceWithin(state.answers, chance, rungMs, withinMs));
}

/**
 * What rivals take of the agents one can use: they fall first on agents only they can use, and the
 * rest of them on the shared ones, each with the same share.
 * @param claims takes up the chances
 * @returns those for certain
 */
function takenBy({ certain, dials, own }: Rivals, n: number, claims: number[]): number {
  let share = 1;
  if (own !== null) {
    const all = dials.reduce((sum, chances) => sum + (chances[n] ?? 0), certain);
    share = all === 0 ? 0 : Math.max(0, all - (own[n] ?? 0)) / all;
  }
  if (share === 0) return 0;
  for (const chances of dials) claims.push((chances[n] ?? 0) * share);
  const taken = Math.floor(certain * share);
  if (certain * share > taken) claims.push(certain * share - taken);
  return taken;
}

function canServe(state: RoutingState, profile: Profile, needs: LineNeeds): boolean {
  if (needs.onlyAgentId === null) return profileFits(state, profile.skills, needs);
  return state.agents.get(needs.onlyAgentId)?.profileKey === profile.profileKey;
}

function sumOf(supplies: readonly Supply[], n: number): number {
  return supplies.reduce((sum, { sure }) => sum + (sure[n] ?? 0), 0);
}

function sumOfChances(supplies: readonly Supply[], n: number): number {
  return supplies.reduce(
    (sum, { likely }) => sum + (likely[n] ?? []).reduce((all, chance) => all + chance, 0),
    0,
  );
}
