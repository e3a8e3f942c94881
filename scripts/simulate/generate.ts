// Makes a day from a plan: arrivals by the hour, handle times, patience, what customers want, and
// who works when. The same plan and seed, the same day.
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { chanceOf, exponential, logNormal } from './chance.ts';
import { DayFault, headOf, inOrder, parse } from './day.ts';
import type { Day, Interaction, Shift } from './day.ts';

const hourSeconds = 3_600;
const perHour = () => z.array(z.number().min(0).max(100_000)).length(24);
const share = () => z.number().min(0).max(1);

const queuePlan = z.strictObject({
  id: z.string().min(1),
  /** Customers in each hour of the day, on average. */
  arrivalsPerHour: perHour(),
  /** Conversations: mean, and standard deviation over mean (log-normal). */
  talkSeconds: z.number().min(1).max(36_000).default(180),
  talkVariation: z.number().min(0).max(5).default(0.6),
  /** How long customers wait on the line before they hang up: mean (exponential). */
  patienceSeconds: z.number().min(1).max(36_000).default(240),
  /** Of the customers: ask to be called back, at once or at a time; the others call and wait. */
  callbackShare: share().default(0.3),
  scheduledShare: share().default(0.1),
  /** A scheduled time lies so far ahead: between these. */
  scheduledAheadSeconds: z
    .tuple([z.number().min(60), z.number().max(86_400)])
    .default([1_800, 14_400]),
});

const staffPlan = z.strictObject({
  /** So many agents, */
  agents: z.int().min(1).max(10_000),
  /** from hour to hour of the day, */
  from: z.number().min(0).max(24),
  to: z.number().min(0).max(24),
  /** with these skills. */
  skills: z.record(z.string(), z.int().min(1).max(10)).default({}),
  /** A pause of so long, between three and seven tenths of the shift. */
  pauseMinutes: z.number().min(0).max(120).default(0),
});

const planSchema = z.strictObject({
  name: z.string().default('generated'),
  startsAt: z.iso.datetime({ offset: true }),
  timeZone: z.string().default('UTC'),
  hours: z.number().min(0.1).max(24).default(24),
  numberPrefix: z.string().default('+1202'),
  answerByHour: z.array(share()).length(24).optional(),
  machineShare: share().default(0.1),
  busyShare: share().default(0.2),
  agentAnswerSeconds: z.number().min(0).max(60).default(2),
  agentMissShare: share().default(0),
  queues: z.array(queuePlan).min(1).max(1_000),
  staff: z.array(staffPlan).min(1).max(1_000),
});

type Plan = z.output<typeof planSchema>;
type QueuePlan = Plan['queues'][number];

/** @throws DayFault when the plan cannot be understood */
export function generateDay(text: string, source: string, seed: number): Day {
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (fault) {
    throw new DayFault(`${source}: ${String(fault)}`);
  }
  const { queues, staff, ...facts } = parse(planSchema, value, source);
  const { answerByHour, ...others } = facts;
  const given = answerByHour === undefined ? {} : { answerByHour };
  const head = headOf({ type: 'day', version: 1, seed, ...others, ...given });
  const interactions = queues.flatMap((queue) => customersOf(queue, seed, facts.hours));
  return { head, shifts: shiftsOf(staff, facts.hours), interactions: inOrder(interactions) };
}

/** A Poisson process whose rate changes with the hour: each hour exponential gaps of its own. */
function customersOf(queue: QueuePlan, seed: number, hours: number): Interaction[] {
  const customers: Interaction[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    const rate = queue.arrivalsPerHour[hour % 24] ?? 0;
    if (rate === 0) continue;
    let atSeconds = hour * hourSeconds;
    for (let n = 0; ; n += 1) {
      atSeconds += exponential(hourSeconds / rate, chanceOf(seed, queue.id, hour, n, 'gap'));
      if (atSeconds >= Math.min(hours, hour + 1) * hourSeconds) break;
      customers.push(customerAt(queue, seed, atSeconds));
    }
  }
  return customers;
}

function customerAt(queue: QueuePlan, seed: number, atSeconds: number): Interaction {
  const chance = (what: string): number => chanceOf(seed, queue.id, atSeconds, what);
  const talk = logNormal(queue.talkSeconds, queue.talkVariation, [chance('t1'), chance('t2')]);
  const wish = chance('wants');
  const isScheduled = wish < queue.scheduledShare;
  const isCallback = wish < queue.scheduledShare + queue.callbackShare;
  const [least, most] = queue.scheduledAheadSeconds;
  const dueSeconds = atSeconds + least + (most - least) * chance('ahead');
  return {
    type: 'interaction',
    atSeconds: tenths(atSeconds),
    queue: queue.id,
    wants: isScheduled ? 'scheduled' : isCallback ? 'callback' : 'agent',
    ...(isScheduled ? { dueSeconds: Math.round(dueSeconds) } : {}),
    talkSeconds: tenths(Math.min(4 * hourSeconds, Math.max(5, talk))),
    patienceSeconds: tenths(exponential(queue.patienceSeconds, chance('patience')) + 1),
    dials: [],
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function shiftsOf(staff: Plan['staff'], hours: number): Shift[] {
  let count = 0;
  return staff.flatMap((group) =>
    Array.from({ length: group.agents }, (_, n) => {
      const agent = `agent${(count += 1)}`;
      return shiftOf(group, agent, (n + 0.5) / group.agents, hours);
    }).flat(),
  );
}

/** One shift, or two with a pause between them: not all of a group at once, but in turn. */
function shiftOf(
  group: Plan['staff'][number],
  agent: string,
  turn: number,
  hours: number,
): Shift[] {
  const { from, to, skills, pauseMinutes } = group;
  const fromSeconds = from * hourSeconds;
  const toSeconds = Math.min(to, hours) * hourSeconds;
  const shift = { type: 'shift', agent, skills } as const;
  if (toSeconds <= fromSeconds) return [];
  if (pauseMinutes === 0) return [{ ...shift, fromSeconds, toSeconds }];
  const middle = Math.round(fromSeconds + (toSeconds - fromSeconds) * (0.3 + 0.4 * turn));
  const half = pauseMinutes * 30;
  return [
    { ...shift, fromSeconds, toSeconds: middle - half },
    { ...shift, fromSeconds: middle + half, toSeconds },
  ].filter((part) => part.toSeconds > part.fromSeconds);
}
