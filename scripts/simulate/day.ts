// A day to be replayed, and its file: JSON lines, the first says what holds for the whole day, the
// others are shifts of agents and interactions of customers. docs/simulation.md describes it. Times
// are seconds from the start of the day.
import { z } from 'zod';
import { isTimeZone } from '../../callback/index.ts';

const seconds = () =>
  z
    .number()
    .min(0)
    .max(7 * 86_400);
const share = () => z.number().min(0).max(1);
const name = () => z.string().min(1).max(100);

const dialSchema = z.strictObject({
  result: z.enum(['person', 'machine', 'busy', 'no-answer', 'refused', 'invalid']),
  /** Until the answer; left out: by chance. */
  ringSeconds: seconds().optional(),
});

const headSchema = z.strictObject({
  type: z.literal('day'),
  version: z.literal(1),
  name: name(),
  startsAt: z.iso.datetime({ offset: true }),
  timeZone: z.string().refine(isTimeZone, 'not a known time zone').default('UTC'),
  hours: z.number().min(0.1).max(168).default(24),
  seed: z.int().min(0).default(1),
  /** E.164 up to the seven digits that are made up. */
  numberPrefix: z
    .string()
    .regex(/^\+[1-9]\d{0,6}$/)
    .default('+1202'),
  /** Share of dials that a person or a machine answers, by hour of the day. */
  answerByHour: z.array(share()).length(24).default(Array<number>(24).fill(0.6)),
  /** Of the answered dials. */
  machineShare: share().default(0.1),
  /** Of the dials that are not answered. */
  busyShare: share().default(0.2),
  ringSeconds: z.tuple([seconds(), seconds()]).default([3, 15]),
  agentAnswerSeconds: seconds().default(2),
  /** Of the calls offered to agents, so many are not taken (RONA). */
  agentMissShare: share().default(0),
});

const shiftSchema = z.strictObject({
  type: z.literal('shift'),
  agent: name(),
  fromSeconds: seconds(),
  toSeconds: seconds(),
  skills: z.record(name(), z.int().min(1).max(10)).default({}),
});

const interactionSchema = z.strictObject({
  type: z.literal('interaction'),
  atSeconds: seconds(),
  queue: name(),
  /** agent: calls and waits; callback: asks to be called; scheduled: at `dueSeconds`. */
  wants: z.enum(['agent', 'callback', 'scheduled']),
  dueSeconds: seconds().optional(),
  talkSeconds: seconds(),
  /** On the line without an agent, then hangs up. */
  patienceSeconds: seconds(),
  /** Who it is: the same number, the same telephone. Left out: somebody new. */
  customer: z.int().min(0).max(2_999_999).optional(),
  /** What becomes of the first dials; what is beyond them is chance. */
  dials: z.array(dialSchema).max(20).default([]),
});

const lineSchema = z.discriminatedUnion('type', [headSchema, shiftSchema, interactionSchema]);

export type DayHead = z.output<typeof headSchema>;
export type Shift = z.output<typeof shiftSchema>;
export type Dial = z.output<typeof dialSchema>;
export type Interaction = z.output<typeof interactionSchema>;

export interface Day {
  readonly head: DayHead;
  readonly shifts: readonly Shift[];
  /** In order of time. */
  readonly interactions: readonly Interaction[];
}

/** Interactions of one day at most. */
const maxInteractions = 1_000_000;

/** What is wrong with a file, in words for people. */
export class DayFault extends Error {}

/** @throws DayFault naming the line */
export function parseDay(text: string, source: string): Day {
  let head: DayHead | null = null;
  const shifts: Shift[] = [];
  const interactions: Interaction[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const read = parseLine(line, `${source}:${index + 1}`);
    if (read.type === 'shift') shifts.push(read);
    else if (read.type === 'interaction') interactions.push(read);
    else if (head === null) head = read;
    else throw new DayFault(`${source}:${index + 1}: a second line of type day`);
    if (head === null) throw new DayFault(`${source}: the first line is not of type day`);
  });
  if (head === null) throw new DayFault(`${source}: the file is empty`);
  if (interactions.length > maxInteractions) {
    throw new DayFault(`${source}: more than ${maxInteractions} interactions`);
  }
  return { head, shifts, interactions: inOrder(interactions) };
}

/** The head of a day with what was left out filled in. @throws DayFault */
export function headOf(head: z.input<typeof headSchema>): DayHead {
  return parse(headSchema, head, 'the day');
}

export function inOrder(interactions: readonly Interaction[]): readonly Interaction[] {
  return [...interactions].sort((a, b) => a.atSeconds - b.atSeconds);
}

export function dayText({ head, shifts, interactions }: Day): string {
  return [head, ...shifts, ...interactions].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function parseLine(line: string, where: string): z.output<typeof lineSchema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new DayFault(`${where}: not JSON`);
  }
  const read = parse(lineSchema, value, where);
  if (read.type === 'interaction' && (read.wants === 'scheduled') !== 'dueSeconds' in read) {
    throw new DayFault(`${where}: dueSeconds goes with "wants": "scheduled", and only with it`);
  }
  if (read.type === 'shift' && read.toSeconds <= read.fromSeconds) {
    throw new DayFault(`${where}: the shift ends before it begins`);
  }
  return read;
}

/** @throws DayFault with every fault in one line */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new DayFault(`${where}: ${faults.join('; ')}`);
}
