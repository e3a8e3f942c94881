// When to dial the customer of a callback. PURE. There are two ways:
// pre-emptive agent reservation   an agent is held first, then the customer is dialled; that is a
//     match like any other (match.ts), and no customer ever waits;
// dialing notification   the customer is dialled when an agent is about to be free, and takes the
//     next free agent, at the place kept; no agent is held while a telephone rings.
// This file is the second way. Ideal dial rate = agents becoming free - live arrivals + customers
// not reached. As a rule on counts that corrects itself with every event, a callback is notified
//   surely   when the agents free for certain outnumber all who could claim them, or
//   likely   when the agents expected outnumber the claims expected by `care` deviations of doubt,
// where both look as far ahead as a telephone rings, and the abandon guard (guard.ts) sets `care`.
import { answerChance, chanceStill, quickestMs, ringingMs } from './answer-book.ts';
import { endsWithin } from './durations.ts';
import { rateAt } from './flow.ts';
import { ANSWER_WAIT_MS } from './guard.ts';
import { profileFits } from './lines.ts';
import { limitedUntil } from './match.ts';
import type { AgentRecord, Moment, Profile, RoutingState } from './state.ts';
import { comparePlaces } from './virtual-queue.ts';
import type { Line, LineNeeds, Place } from './virtual-queue.ts';

/** A number in doubt: what is expected, how much it varies, and a bound that is certain. */
interface Amount {
  readonly mean: number;
  readonly variance: number;
  /** Of agents: those surely free. Of claims: all that are possible. */
  readonly sure: number;
}

/** Agents of one profile who are free now or will be within the horizon. */
interface Supply extends Amount {
  readonly profile: Profile;
}

export interface Outlook {
  readonly horizonMs: number;
  readonly supplies: readonly Supply[];
}

/** Callbacks considered in one look; the rest has its turn in the next. */
const MAX_CANDIDATES = 32;
/** A live caller who has waited this long shows that there are more customers than agents. */
const LONG_WAIT_MS = 30_000;
const NOTHING: Amount = { mean: 0, variance: 0, sure: 0 };

/** Who is free now or may be by the time a telephone that is dialled now is answered. O(agents). */
export function outlookOf(state: RoutingState, nowMs: number): Outlook {
  const withinMs = state.pacing.predictWithinSeconds * 1_000;
  const horizonMs = Math.min(withinMs, ringingMs(state.answers));
  const soonMs = Math.min(withinMs, quickestMs(state.answers) + ANSWER_WAIT_MS);
  const supplies = new Map<string, Supply>();
  for (const profile of state.profiles.unordered()) {
    const ready = readyOf(state, profile, nowMs);
    if (ready > 0) supplies.set(profile.profileKey, { profile, ...certain(ready) });
  }
  for (const agent of state.busy.unordered()) {
    const chance = freeWithin(state, agent, nowMs, horizonMs);
    const profile = state.profiles.get(agent.profileKey);
    if (chance < 0.01 || profile === undefined) continue;
    const before = supplies.get(agent.profileKey) ?? NOTHING;
    supplies.set(agent.profileKey, {
      profile,
      mean: before.mean + chance,
      variance: before.variance + chance * (1 - chance),
      sure: before.sure + (freeWithin(state, agent, nowMs, soonMs) === 1 ? 1 : 0),
    });
  }
  return { horizonMs, supplies: [...supplies.values()] };
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

/** Chance that a busy agent is ready within the horizon; wrap-up ends when it ends. */
function freeWithin(
  state: RoutingState,
  agent: AgentRecord,
  nowMs: number,
  horizonMs: number,
): number {
  const doing = agent.state;
  if (doing.name !== 'talking' && doing.name !== 'wrap-up') return 0;
  if (doing.afterwards.name !== 'ready' || limitedUntil(state, agent, nowMs) !== null) return 0;
  if (doing.name === 'wrap-up') return doing.untilMs <= nowMs + horizonMs ? 1 : 0;
  const queue = state.queues.get(doing.work.queueId);
  if (queue === undefined) return 0;
  const leftMs = horizonMs - queue.definition.wrapUpSeconds * 1_000;
  if (leftMs <= 0) return 0;
  return Math.min(0.99, endsWithin(queue.flow.talkTimes, nowMs - doing.startedMs, leftMs));
}

function mayDial(
  state: RoutingState,
  outlook: Outlook,
  place: Place,
  line: Line,
  at: Moment,
): boolean {
  if (line.needs.onlyAgentId !== null) return isOwnTurn(state, outlook, line, at);
  const usable = total(outlook, (profile) => canServe(state, profile, line.needs));
  if (usable.mean <= 0) return false;
  let claims = claimsOf(state, line, place, at);
  for (const other of state.lines.unordered()) {
    if (other === line) continue;
    const theirs = claimsOf(state, other, place, at);
    if (theirs.sure > 0) claims = plus(claims, onShared(state, outlook, line, other, theirs));
  }
  const arriving = arrivalsOf(state, outlook, line, at);
  const { care } = state.guard;
  const held = Math.round(arriving.mean + Math.max(0, care) * Math.sqrt(arriving.variance));
  if (usable.sure - claims.sure - held >= 1) return true;
  claims = plus(claims, arriving);
  const kind = place.entry.numberKind ?? 'unknown';
  const chance = answerChance(state.answers, { kind, atMs: at.wallMs });
  const doubt = Math.sqrt(usable.variance + claims.variance + chance * (1 - chance));
  const needed = isPassedBy(state, line, place, at) ? Math.min(0, care) : care;
  return usable.mean - claims.mean - chance >= needed * doubt;
}

/**
 * Whether live callers who came later wait for long too: then the next agent is the callback's by
 * right, and care would only go on giving agents to them.
 */
function isPassedBy(state: RoutingState, line: Line, place: Place, at: Moment): boolean {
  const first = line.live.first();
  if (first === null || comparePlaces(first, place) < 0) return false;
  const record = state.entries.get(first.entry.interactionId);
  return record !== undefined && at.monotonicMs - record.sinceMs > LONG_WAIT_MS;
}

/** A callback of one agent is dialled for that agent, who is free for certain, one at a time. */
function isOwnTurn(state: RoutingState, outlook: Outlook, line: Line, at: Moment): boolean {
  const agent = state.agents.get(line.needs.onlyAgentId ?? '');
  if (agent === undefined || limitedUntil(state, agent, at.monotonicMs) !== null) return false;
  const isFree =
    agent.state.name === 'ready' ||
    freeWithin(state, agent, at.monotonicMs, outlook.horizonMs) === 1;
  return isFree && line.dialling.size + line.answered.size === 0;
}

/**
 * What claims of another line take of the agents this one can use: they fall first on agents this
 * one could not use, and only the rest of them on the agents both could.
 */
function onShared(
  state: RoutingState,
  outlook: Outlook,
  line: Line,
  other: Line,
  claims: Amount,
): Amount {
  const theirs = total(outlook, (profile) => canServe(state, profile, other.needs));
  const shared = total(
    outlook,
    (profile) => canServe(state, profile, other.needs) && canServe(state, profile, line.needs),
  );
  const mean = Math.min(shared.mean, Math.max(0, claims.mean - (theirs.mean - shared.mean)));
  const sure = Math.min(shared.sure, Math.max(0, claims.sure - (theirs.sure - shared.sure)));
  return { mean, sure, variance: claims.mean === 0 ? 0 : (claims.variance * mean) / claims.mean };
}

/** Those of a line who will take an agent before one who stands at `place` and is dialled now. */
function claimsOf(state: RoutingState, line: Line, place: Place, at: Moment): Amount {
  const ahead = line.live.rank(place) + line.reservable.rank(place) + line.answered.size;
  let claims = certain(ahead);
  for (const { entry } of line.dialling) {
    const record = state.entries.get(entry.interactionId);
    if (record === undefined) continue;
    const rungMs = at.monotonicMs - record.sinceMs;
    const dial = { kind: entry.numberKind ?? 'unknown', atMs: at.wallMs - rungMs } as const;
    const chance = chanceStill(state.answers, answerChance(state.answers, dial), rungMs);
    claims = plus(claims, { mean: chance, variance: chance * (1 - chance), sure: 1 });
  }
  return claims;
}

/** Live callers of the queue who may come while a telephone rings: they take who is ready. */
function arrivalsOf(state: RoutingState, outlook: Outlook, line: Line, at: Moment): Amount {
  const queue = state.queues.get(line.needs.queueId);
  if (queue === undefined) return NOTHING;
  const mean = rateAt(queue.flow.liveArrivals, at.monotonicMs) * (outlook.horizonMs / 1_000);
  return { mean, variance: mean, sure: 0 };
}

function canServe(state: RoutingState, profile: Profile, needs: LineNeeds): boolean {
  if (needs.onlyAgentId === null) return profileFits(state, profile.skills, needs);
  return state.agents.get(needs.onlyAgentId)?.profileKey === profile.profileKey;
}

function total(outlook: Outlook, counts: (profile: Profile) => boolean): Amount {
  return outlook.supplies.reduce<Amount>(
    (sum, supply) => (counts(supply.profile) ? plus(sum, supply) : sum),
    NOTHING,
  );
}

function certain(count: number): Amount {
  return { mean: count, variance: 0, sure: count };
}

function plus(a: Amount, b: Amount): Amount {
  return {
    mean: a.mean + b.mean,
    variance: a.variance + b.variance,
    sure: a.sure + b.sure,
  };
}
