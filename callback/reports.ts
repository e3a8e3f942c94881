// Reports: facts of finished callbacks and counts of offers, folded into the hours or days of a
// time zone. PURE; whoever reads the facts hands them in, in any number of pages.
import type { CallbackFact, OfferCount } from './facts.ts';

export type ReportInterval = 'hour' | 'day' | 'all';

export interface ReportOptions {
  readonly interval: ReportInterval;
  /** Of the hours and days; a name of the tz database. */
  readonly timeZone: string;
  /** Null: all queues. */
  readonly queueId: string | null;
  /** Of these alone; absent: of all. */
  readonly queueIds?: readonly string[];
  /** A customer connected within this counts for the service level. */
  readonly serviceLevelSeconds: number;
  /** A scheduled call that begins so much off its time is punctual. */
  readonly toleranceSeconds: number;
}

export interface WaitFigures {
  readonly count: number;
  readonly meanSeconds: number | null;
  readonly p50Seconds: number | null;
  readonly p90Seconds: number | null;
}

export interface SummaryRow {
  /** Begin of the hour or day, ISO 8601 with the offset of the zone; null: the whole span. */
  readonly from: string | null;
  readonly completed: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly attempts: number;
  readonly results: Readonly<Record<string, number>>;
  /** Share of attempts that were answered, by whomever. */
  readonly answerRate: number | null;
  /** From when the customer waited until the call that led to an agent was answered. */
  readonly waits: WaitFigures;
  /** Share of all callbacks that were connected within the limit. */
  readonly serviceLevel: number | null;
  /** Predicted wait against the true one, of connected callbacks that had a prediction. */
  readonly estimates: {
    readonly count: number;
    readonly meanPromisedSeconds: number | null;
    readonly meanTrueSeconds: number | null;
    readonly meanErrorSeconds: number | null;
  };
}

export interface PunctualityRow {
  readonly from: string | null;
  readonly scheduled: number;
  readonly dialed: number;
  readonly early: number;
  readonly punctual: number;
  readonly late: number;
  /** Of those not early: from the desired time to the first dial. */
  readonly lateness: WaitFigures;
}

export interface OffersRow {
  readonly from: string | null;
  readonly queueId: string;
  readonly made: number;
  readonly accepted: number;
  readonly declined: number;
  readonly acceptanceRate: number | null;
}

function isMeant({ queueId, queueIds }: ReportOptions, ofQueue: string): boolean {
  return (queueId === null || queueId === ofQueue) && (queueIds?.includes(ofQueue) ?? true);
}

/** Zones differ from UTC by quarters of an hour: all of one quarter falls into one hour. */
const quarterMs = 900_000;

/** Moments to the begin of their hour or day, worked out once for each quarter of an hour. */
class Buckets {
  readonly #options: Pick<ReportOptions, 'interval' | 'timeZone'>;
  readonly #known = new Map<number, string>();

  constructor(options: Pick<ReportOptions, 'interval' | 'timeZone'>) {
    this.#options = options;
  }

  of(atMs: number): string | null {
    const { interval, timeZone } = this.#options;
    if (interval === 'all') return null;
    const quarter = Math.floor(atMs / quarterMs);
    let begin = this.#known.get(quarter);
    if (begin === undefined) {
      begin = Temporal.Instant.fromEpochMilliseconds(quarter * quarterMs)
        .toZonedDateTimeISO(timeZone)
        .round({ smallestUnit: interval, roundingMode: 'floor' })
        .toString({ timeZoneName: 'never' });
      this.#known.set(quarter, begin);
    }
    return begin;
  }
}

/** Durations counted by whole seconds: bounded, and exact enough for a report. */
class Waits {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #sumSeconds = 0;

  add(waitMs: number): void {
    const seconds = Math.max(0, Math.round(waitMs / 1_000));
    this.#counts.set(seconds, (this.#counts.get(seconds) ?? 0) + 1);
    this.#count += 1;
    this.#sumSeconds += seconds;
  }

  figures(): WaitFigures {
    const sorted = [...this.#counts].sort(([a], [b]) => a - b);
    return {
      count: this.#count,
      meanSeconds: ratio(this.#sumSeconds, this.#count),
      p50Seconds: this.#quantile(sorted, 0.5),
      p90Seconds: this.#quantile(sorted, 0.9),
    };
  }

  /** The least wait that this share does not exceed (nearest rank). */
  #quantile(sorted: readonly (readonly [number, number])[], share: number): number | null {
    let left = Math.ceil(share * this.#count);
    for (const [seconds, count] of sorted) if ((left -= count) <= 0) return seconds;
    return null;
  }
}

class SummaryBucket {
  completed = 0;
  attempts = 0;
  answered = 0;
  within = 0;
  readonly reasons: Record<string, number> = {};
  readonly results: Record<string, number> = {};
  readonly waits = new Waits();
  readonly promised = { count: 0, promisedMs: 0, trueMs: 0 };
}

/** Counts, answer rate, waits, service level, and how true the predictions were. */
export class SummaryReport {
  readonly #options: ReportOptions;
  readonly #buckets: Buckets;
  readonly #rows = new Map<string | null, SummaryBucket>();

  constructor(options: ReportOptions) {
    this.#options = options;
    this.#buckets = new Buckets(options);
  }

  add(fact: CallbackFact): void {
    const { serviceLevelSeconds } = this.#options;
    if (!isMeant(this.#options, fact.queueId)) return;
    const row = rowOf(this.#rows, this.#buckets.of(fact.completedAtMs), () => new SummaryBucket());
    row.completed += 1;
    row.attempts += fact.results.length;
    row.answered += fact.answered;
    row.reasons[fact.reason] = (row.reasons[fact.reason] ?? 0) + 1;
    for (const result of fact.results) row.results[result] = (row.results[result] ?? 0) + 1;
    if (fact.connectedAtMs === null) return;
    const waitMs = fact.connectedAtMs - fact.dueAtMs;
    row.waits.add(waitMs);
    if (waitMs <= serviceLevelSeconds * 1_000) row.within += 1;
    if (fact.promisedWaitMs === null || fact.isScheduled) return;
    row.promised.count += 1;
    row.promised.promisedMs += fact.promisedWaitMs;
    row.promised.trueMs += waitMs;
  }

  rows(): readonly SummaryRow[] {
    return [...this.#rows].map(([from, row]) => {
      const { count, promisedMs, trueMs } = row.promised;
      return {
        from,
        completed: row.completed,
        reasons: row.reasons,
        attempts: row.attempts,
        results: row.results,
        answerRate: ratio(row.answered, row.attempts),
        waits: row.waits.figures(),
        serviceLevel: ratio(row.within, row.completed),
        estimates: {
          count,
          meanPromisedSeconds: ratio(promisedMs / 1_000, count),
          meanTrueSeconds: ratio(trueMs / 1_000, count),
          meanErrorSeconds: ratio((promisedMs - trueMs) / 1_000, count),
        },
      };
    });
  }
}

class PunctualityBucket {
  scheduled = 0;
  dialed = 0;
  early = 0;
  late = 0;
  readonly lateness = new Waits();
}

/** How near to the time asked for the first telephone rang. */
export class PunctualityReport {
  readonly #options: ReportOptions;
  readonly #buckets: Buckets;
  readonly #rows = new Map<string | null, PunctualityBucket>();

  constructor(options: ReportOptions) {
    this.#options = options;
    this.#buckets = new Buckets(options);
  }

  add(fact: CallbackFact): void {
    const { toleranceSeconds } = this.#options;
    if (!fact.isScheduled || !isMeant(this.#options, fact.queueId)) return;
    const bucket = this.#buckets.of(fact.completedAtMs);
    const row = rowOf(this.#rows, bucket, () => new PunctualityBucket());
    row.scheduled += 1;
    if (fact.firstDialAtMs === null) return;
    row.dialed += 1;
    const lateMs = fact.firstDialAtMs - fact.dueAtMs;
    if (lateMs < -toleranceSeconds * 1_000) row.early += 1;
    else row.lateness.add(lateMs);
    if (lateMs > toleranceSeconds * 1_000) row.late += 1;
  }

  rows(): readonly PunctualityRow[] {
    return [...this.#rows].map(([from, { scheduled, dialed, early, late, lateness }]) => ({
      ...{ from, scheduled, dialed, early, punctual: dialed - early - late, late },
      lateness: lateness.figures(),
    }));
  }
}

/** What callers were offered and what they said, by queue. */
export function offersReport(
  counts: readonly OfferCount[],
  options: ReportOptions,
): readonly OffersRow[] {
  const buckets = new Buckets(options);
  const rows = new Map<string, { from: string | null; queueId: string; sums: number[] }>();
  for (const { atMs, queueId, made, accepted, declined } of counts) {
    if (!isMeant(options, queueId)) continue;
    const from = buckets.of(atMs);
    const row = rowOf(rows, `${from} ${queueId}`, () => ({ from, queueId, sums: [0, 0, 0] }));
    row.sums = [made, accepted, declined].map((count, index) => count + (row.sums[index] ?? 0));
  }
  return [...rows.values()].map(
    ({ from, queueId, sums: [made = 0, accepted = 0, declined = 0] }) => ({
      ...{ from, queueId, made, accepted, declined },
      acceptanceRate: ratio(accepted, made),
    }),
  );
}

function rowOf<Key, Row>(rows: Map<Key, Row>, key: Key, make: () => Row): Row {
  let row = rows.get(key);
  if (row === undefined) rows.set(key, (row = make()));
  return row;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
