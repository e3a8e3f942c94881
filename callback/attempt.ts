// One try to keep the promise, as a record: opened, told what happened, closed. PURE.
import type { AttemptRecord, AttemptResult } from './model.ts';
import type { CpdFinding } from './ports.ts';

/** So many attempts that failed by our fault, or were put off, are free; others count. */
export const maxFreeAttempts = 5;

type Attempts = readonly AttemptRecord[];

/** The attempt that is live now, or null. */
export function liveAttempt(attempts: Attempts): AttemptRecord | null {
  const last = attempts.at(-1);
  return last?.endedAtMs === null ? last : null;
}

/** Opens the next attempt. */
export function openAttempt(
  attempts: Attempts,
  attemptKey: string,
  startedAtMs: number,
  agentId: string | null,
): Attempts {
  const attempt: AttemptRecord = {
    number: attempts.length + 1,
    attemptKey,
    startedAtMs,
    answeredAtMs: null,
    endedAtMs: null,
    result: null,
    sipStatus: null,
    q850Cause: null,
    cpd: null,
    agentId,
    recording: null,
  };
  return [...attempts, attempt];
}

/** Writes what became known into the live attempt; without one nothing changes. */
export function noteAttempt(attempts: Attempts, known: Partial<AttemptRecord>): Attempts {
  const live = liveAttempt(attempts);
  return live === null ? attempts : [...attempts.slice(0, -1), { ...live, ...known }];
}

/** Writes which trunk carries the live attempt, when that is told. */
export function noteTrunk(attempts: Attempts, trunk: string | undefined): Attempts {
  return trunk === undefined ? attempts : noteAttempt(attempts, { trunk });
}

/** Ends the live attempt with what it came to. */
export function closeAttempt(attempts: Attempts, atMs: number, result: AttemptResult): Attempts {
  return noteAttempt(attempts, { endedAtMs: atMs, result });
}

const freeResults: readonly (AttemptResult | null)[] = [
  ...(['INTERRUPTED', 'ABANDONED_BY_US'] as const),
  ...(['SNOOZED', 'RESCHEDULED'] as const),
];

/** Attempts that count: not those which ended by our own fault or which the customer put off. */
export function countedAttempts(attempts: Attempts): number {
  const free = attempts.filter(({ result }) => freeResults.includes(result)).length;
  return attempts.length - Math.min(free, maxFreeAttempts);
}

/** Detection took its person back too late to matter: the live attempt says so. */
export function noteCorrection(attempts: Attempts): Attempts {
  const cpd = liveAttempt(attempts)?.cpd ?? null;
  return cpd === null
    ? attempts
    : noteAttempt(attempts, { cpd: { ...cpd, correctedTo: 'machine' } });
}

/** A finding as the record keeps it. */
export function cpdOf(finding: CpdFinding): AttemptRecord['cpd'] {
  const { kind, confidence, atMs, evidence } = finding;
  return { kind, confidence, atMs, evidence };
}
