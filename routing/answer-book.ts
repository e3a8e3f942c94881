// Who answers, learned from every dial: how likely, by kind of number and hour of the week, and
// after how much ringing. PURE. A cell with few dials leans on its kind, a kind on all dials, all
// dials on an assumption (shrinkage), so that three dials at night do not make a rule.
import { durationsWith, momentsOf, noDurations, quantileAfter, survival } from './durations.ts';
import type { Durations } from './durations.ts';
import type { NumberKind } from './model.ts';

/** Dials and those of them answered; older ones fade. */
interface Count {
  readonly dialled: number;
  readonly answered: number;
}

export interface AnswerBook {
  readonly all: Count;
  readonly kinds: Readonly<Record<NumberKind, Count>>;
  /** By `hour of the week, kind`; at most 168 * 3. */
  readonly cells: ReadonlyMap<string, Count>;
  /** Ringing until the answer, of those who answered. */
  readonly ringing: Durations;
}

/** Assumed at first: six of ten answer, after some 10 s. */
const FIRST_SHARE = 0.6;
const FIRST_RINGING_MS = 10_000;
/** Dials that what a count leans on is worth. */
const SHRINK = 20;
/** Beyond this many dials, a count forgets: each one before counts for a little less. */
const MEMORY = 500;
const HOUR_MS = 3_600_000;
/** Times that stand for all times to an answer. */
const TIMES = 8;
const answerTimes = new WeakMap<Durations, readonly number[]>();
const NO_DIALS: Count = { dialled: 0, answered: 0 };

export const EMPTY_ANSWER_BOOK: AnswerBook = {
  all: NO_DIALS,
  kinds: { mobile: NO_DIALS, fixed: NO_DIALS, unknown: NO_DIALS },
  cells: new Map(),
  ringing: noDurations(FIRST_RINGING_MS),
};

export interface Dial {
  readonly kind: NumberKind;
  /** When it began, wall time. */
  readonly atMs: number;
}

/** With what came of one more dial. @param rangMs until the answer; null: nobody answered */
export function withDial(book: AnswerBook, dial: Dial, rangMs: number | null): AnswerBook {
  const isAnswered = rangMs !== null;
  const key = cellOf(dial);
  const cells = new Map(book.cells);
  cells.set(key, countWith(cells.get(key) ?? NO_DIALS, isAnswered));
  return {
    all: countWith(book.all, isAnswered),
    kinds: { ...book.kinds, [dial.kind]: countWith(book.kinds[dial.kind], isAnswered) },
    cells,
    ringing: isAnswered ? durationsWith(book.ringing, rangMs) : book.ringing,
  };
}

/** Chance that a dial begun now is answered. */
export function answerChance(book: AnswerBook, dial: Dial): number {
  const overall = shrunk(book.all, FIRST_SHARE);
  const ofKind = shrunk(book.kinds[dial.kind], overall);
  return shrunk(book.cells.get(cellOf(dial)) ?? NO_DIALS, ofKind);
}

/** Chance that a telephone that has rung this long is answered within the next `withinMs`. */
export function chanceWithin(
  book: AnswerBook,
  chance: number,
  rungMs: number,
  withinMs: number,
): number {
  const still = survival(book.ringing, rungMs);
  const soon = chance * Math.max(0, still - survival(book.ringing, rungMs + withinMs));
  const left = 1 - chance + chance * still;
  return left <= 0 ? 0 : soon / left;
}

/** Mean time to an answer. */
export function ringingMs(book: AnswerBook): number {
  return momentsOf(book.ringing).meanMs;
}

/** Times to the answer, one as likely as the other, quickest first. */
export function answerTimesMs({ ringing }: AnswerBook): readonly number[] {
  const kept = answerTimes.get(ringing);
  if (kept !== undefined) return kept;
  const times = Array.from({ length: TIMES }, (_, n) =>
    quantileAfter(ringing, 0, (n + 0.5) / TIMES),
  );
  answerTimes.set(ringing, times);
  return times;
}

/** The hour of the week is that of UTC: a label that comes again, whatever people call it. */
function cellOf({ kind, atMs }: Dial): string {
  return `${Math.floor(atMs / HOUR_MS) % 168} ${kind}`;
}

function shrunk(count: Count, towards: number): number {
  return (count.answered + SHRINK * towards) / (count.dialled + SHRINK);
}

function countWith({ dialled, answered }: Count, isAnswered: boolean): Count {
  const keep = dialled >= MEMORY ? 1 - 1 / MEMORY : 1;
  return { dialled: dialled * keep + 1, answered: answered * keep + (isAnswered ? 1 : 0) };
}
