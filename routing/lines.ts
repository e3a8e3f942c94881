// Which line an entry stands in, and the upkeep of lines: each profile of agents knows the lines it
// may take, so a match looks at a handful of heads. PURE to the outside: works on a step's draft.
import { lineKeyOf } from './skills.ts';
import type { EntryRecord, Profile, RoutingState } from './state.ts';
import { mayServe } from './targets.ts';
import { emptyLine, isEmptyLine } from './virtual-queue.ts';
import type { Line, LineNeeds, Slot } from './virtual-queue.ts';

/** The state of a step in the making. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Empty lines are kept, for they come again; beyond so many lines they are forgotten. */
const MAX_LINES = 4_096;

/** These needs, with the name that equal needs have. */
export function namedNeeds(needs: Omit<LineNeeds, 'lineKey'>): LineNeeds {
  const { queueId, reached, requirements, onlyAgentId } = needs;
  const isPlain = reached === 0 && onlyAgentId === null && requirements.length === 0;
  const lineKey = isPlain
    ? queueId
    : JSON.stringify([queueId, reached, lineKeyOf(requirements), onlyAgentId]);
  return { lineKey, queueId, reached, requirements, onlyAgentId };
}

/** Whether agents with these skills may take those of a line no agent owns. */
export function profileFits(
  state: RoutingState,
  skills: Profile['skills'],
  needs: LineNeeds,
): boolean {
  const servers = state.queues.get(needs.queueId)?.servers ?? [];
  return mayServe(servers, needs.reached, needs.requirements, skills);
}

/** Whether this agent may take those of a line. */
export function agentFits(
  state: RoutingState,
  agent: { readonly definition: { readonly agentId: string; readonly skills: Profile['skills'] } },
  needs: LineNeeds,
): boolean {
  const { agentId, skills } = agent.definition;
  if (needs.onlyAgentId !== null) return needs.onlyAgentId === agentId;
  return profileFits(state, skills, needs);
}

/** Puts the entry into a slot of its line, which is made when it is not there. */
export function joinLine(state: Mutable<RoutingState>, record: EntryRecord, slot: Slot): void {
  const line = lineWith(state, record.needs);
  if (slot === 'notifiable') state.notifiable += 1;
  const joined: Line = { ...line, [slot]: line[slot].with(record) };
  state.lines = state.lines.with(line.needs.lineKey, joined);
}

/** Takes the entry out of its slot. A line of one agent that is empty is forgotten. */
export function leaveLine(state: Mutable<RoutingState>, record: EntryRecord, slot: Slot): void {
  const { lineKey, onlyAgentId } = record.needs;
  const line = state.lines.get(lineKey);
  if (line === undefined) return;
  if (slot === 'notifiable') state.notifiable -= 1;
  const left: Line = { ...line, [slot]: line[slot].without(record) };
  if (onlyAgentId === null || !isEmptyLine(left)) {
    state.lines = state.lines.with(lineKey, left);
    return;
  }
  state.lines = state.lines.without(lineKey);
  const others = (state.ownLines.get(onlyAgentId) ?? []).filter((key) => key !== lineKey);
  state.ownLines =
    others.length === 0
      ? state.ownLines.without(onlyAgentId)
      : state.ownLines.with(onlyAgentId, others);
}

/** The needs every entry of that line shares, one object for all of them. */
export function sharedNeeds(state: RoutingState, needs: LineNeeds): LineNeeds {
  return state.lines.get(needs.lineKey)?.needs ?? needs;
}

function lineWith(state: Mutable<RoutingState>, needs: LineNeeds): Line {
  const { lineKey, onlyAgentId } = needs;
  const known = state.lines.get(lineKey);
  if (known !== undefined) return known;
  if (state.lines.size >= MAX_LINES) forgetEmptyLines(state);
  const line = emptyLine(needs);
  state.lines = state.lines.with(lineKey, line);
  if (onlyAgentId !== null) {
    const keys = state.ownLines.get(onlyAgentId) ?? [];
    state.ownLines = state.ownLines.with(onlyAgentId, [...keys, lineKey]);
    return line;
  }
  for (const profile of state.profiles.values()) {
    if (!profileFits(state, profile.skills, needs)) continue;
    const lineKeys = [...profile.lineKeys, lineKey];
    state.profiles = state.profiles.with(profile.profileKey, { ...profile, lineKeys });
  }
  return line;
}

/** The lines agents with these skills may take. O(lines). */
export function lineKeysFor(state: RoutingState, skills: Profile['skills']): readonly string[] {
  return [...state.lines.unordered()]
    .filter(({ needs }) => needs.onlyAgentId === null && profileFits(state, skills, needs))
    .map(({ needs }) => needs.lineKey);
}

function forgetEmptyLines(state: Mutable<RoutingState>): void {
  const gone = new Set<string>();
  for (const line of state.lines.values()) {
    const { lineKey, onlyAgentId } = line.needs;
    if (onlyAgentId !== null || !isEmptyLine(line)) continue;
    gone.add(lineKey);
    state.lines = state.lines.without(lineKey);
  }
  for (const profile of state.profiles.values()) {
    const lineKeys = profile.lineKeys.filter((key) => !gone.has(key));
    state.profiles = state.profiles.with(profile.profileKey, { ...profile, lineKeys });
  }
}
