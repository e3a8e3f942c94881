// What a played day comes to, as the rows of a table: pure arithmetic over the ledger.
import type { Played } from './centre.ts';
import type { Ledger, Place } from './ledger.ts';

export interface Measure {
  readonly group: string;
  readonly label: string;
  /** Seconds for `time`, 0 to 1 for `share`; null: nothing to measure. */
  readonly value: number | null;
  readonly unit: 'count' | 'time' | 'share' | 'ratio';
  /** Which of two values is to be preferred. */
  readonly better: 'less' | 'more' | null;
}

/** A scheduled callback dialled later than this after its time is late. */
const scheduledToleranceMs = 900_000;

/** @param withinSeconds of the service level: callers who get an agent in so long */
export function measure(played: Played, withinSeconds: number): readonly Measure[] {
  return [
    ...callers(played.ledger, withinSeconds),
    ...callbacks(played),
    ...everybody(played),
    ...agents(played.ledger),
  ];
}

function callers({ places }: Ledger, withinSeconds: number): Measure[] {
  const group = 'Callers on the line';
  const all = [...places.values()].filter(({ kind }) => kind === 'live');
  const waits = all.flatMap((place) => waitSeconds(place) ?? []);
  const inTime = waits.filter((seconds) => seconds <= withinSeconds).length;
  return [
    count(group, 'calls', all.length),
    count(group, 'abandoned', all.filter(({ hasGivenUp }) => hasGivenUp).length, 'less'),
    share(group, `answered within ${withinSeconds} s`, inTime, all.length, 'more'),
    ...waitRows(group, waits),
  ];
}

function callbacks({ ledger, pacing }: Played): Measure[] {
  const group = 'Callbacks';
  const places = [...ledger.places.values()].filter(({ kind }) => kind === 'callback');
  const promises = [...ledger.promises.values()];
  const ended = (reason: string | null): number =>
    promises.filter((promised) => promised.reason === reason).length;
  const refused = [...ledger.refusals.values()].reduce((sum, one) => sum + one, 0);
  const dialled = places.filter(({ dials }) => dials > 0);
  const dials = dialled.reduce((sum, place) => sum + place.dials, 0);
  const answered = places.filter(({ waitedOnLineMs }) => waitedOnLineMs !== null);
  const over2s = answered.filter(({ waitedOnLineMs }) => (waitedOnLineMs ?? 0) > 2_000);
  const late = [...ledger.promises].filter(([id, { wantedAtMs }]) =>
    isLate(ledger.places.get(id), wantedAtMs),
  );
  const notified = pacing.answered;
  return [
    count(group, 'promised', promises.length),
    count(group, 'refused at the door', refused, 'less'),
    share(group, 'kept', ended('AGENT_CONNECTED'), promises.length, 'more'),
    share(group, 'dialled late', late.length, promises.length, 'less'),
    count(group, 'not reached', ended('FAIL_CALL_TO_CUSTOMER'), 'less'),
    count(group, 'hung up while waiting', ended('FAIL_INTERACTION_DELETED'), 'less'),
    count(group, 'expired', ended('FAIL_TIMEOUT_TTL'), 'less'),
    count(group, 'open at the end of the day', ended(null), 'less'),
    {
      ...count(group, 'dials for each', 0, 'less'),
      unit: 'ratio',
      value: over(dials, dialled.length),
    },
    share(group, 'answered, then waited over 2 s', over2s.length, answered.length, 'less'),
    count(group, 'of them dialled by notification', notified),
    ...waitRows(
      group,
      places.flatMap((place) => waitSeconds(place) ?? []),
    ),
  ];
}

function isLate(place: Place | undefined, wantedAtMs: number | null): boolean {
  if (place === undefined || place.servedAtMs === null) return false;
  if (wantedAtMs !== null) return place.servedAtMs > wantedAtMs + scheduledToleranceMs;
  return place.promised !== null && place.servedAtMs > place.promised.toMs;
}

function everybody({ ledger, windows }: Played): Measure[] {
  const group = 'Everybody';
  const places = [...ledger.places.values()];
  let errorMs = 0;
  let waitedMs = 0;
  for (const { ewtMs, servedAtMs, submittedAtMs } of places) {
    if (ewtMs === null || servedAtMs === null) continue;
    waitedMs += servedAtMs - submittedAtMs;
    errorMs += Math.abs(servedAtMs - submittedAtMs - ewtMs);
  }
  return [
    count(
      group,
      'conversations',
      places.filter((place) => place.joinedAtMs !== null).length,
      'more',
    ),
    ...waitRows(
      group,
      places.flatMap((place) => waitSeconds(place) ?? []),
    ),
    share(group, 'estimated wait off by', errorMs, waitedMs, 'less'),
    share(group, 'promised windows kept', windows.kept, windows.made, 'more'),
  ];
}

function agents({ agentMs }: Ledger): Measure[] {
  const group = 'Agents';
  const { ready, reserved, talking } = agentMs;
  const wrapUp = agentMs['wrap-up'];
  const staffedMs = ready + reserved + talking + wrapUp + agentMs['not-ready'];
  const hours = { ...count(group, 'hours worked', 0), unit: 'ratio' } as const;
  return [
    { ...hours, value: staffedMs / 3_600_000 },
    share(group, 'occupancy (talking, wrap-up)', talking + wrapUp, staffedMs, 'more'),
    share(group, 'held while a customer is dialled', reserved, staffedMs, 'less'),
    share(group, 'idle', ready, staffedMs, 'less'),
  ];
}

/** From where the place counts, or could be taken, to the conversation; null: there was none. */
export function waitSeconds({ arrivedAtMs, joinedAtMs }: Place): number | null {
  return joinedAtMs === null ? null : Math.max(0, joinedAtMs - arrivedAtMs) / 1_000;
}

function waitRows(group: string, waits: readonly number[]): Measure[] {
  const sorted = waits.toSorted((a, b) => a - b);
  const mean = over(sum(sorted), sorted.length);
  const row = (label: string, value: number | null): Measure => ({
    ...{ group, label, value, unit: 'time', better: 'less' },
  });
  return [
    row('wait, mean', mean),
    row('wait, p50', quantile(sorted, 0.5)),
    row('wait, p90', quantile(sorted, 0.9)),
    row('wait, p99', quantile(sorted, 0.99)),
  ];
}

/** The least value that this share of the sorted ones does not exceed; null: there are none. */
export function quantile(sorted: readonly number[], of: number): number | null {
  return sorted[Math.max(0, Math.ceil(of * sorted.length) - 1)] ?? null;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function over(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function count(
  group: string,
  label: string,
  value: number,
  better: Measure['better'] = null,
): Measure {
  return { group, label, value, unit: 'count', better };
}

function share(
  group: string,
  label: string,
  part: number,
  whole: number,
  better: Measure['better'],
): Measure {
  return { group, label, value: over(part, whole), unit: 'share', better };
}
