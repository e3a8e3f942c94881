// Wrong passwords of one source, and the bans they earn: each twice as long as the one before.
// PURE. Only failures that answer a challenge of ours count: nobody can earn a ban for another by
// writing that one's address into datagrams.
//
//   watched --failures in the window--> banned --time--> watched (and remembered)
import type { BanRules } from './types.ts';

/** A source that failed. Times are wall times, so that people can read them. */
export interface Offender {
  /** When each failure of the window was, oldest first; at most as many as make a ban. */
  readonly failedAtMs: readonly number[];
  readonly bans: number;
  readonly bannedAtMs: number;
  /** 0 when it was never banned. */
  readonly bannedUntilMs: number;
}

export const NO_OFFENCE: Offender = {
  failedAtMs: [],
  bans: 0,
  bannedAtMs: 0,
  bannedUntilMs: 0,
};

/** One more wrong password. */
export function failed(offender: Offender, rules: BanRules, nowMs: number): Offender {
  if (isBanned(offender, nowMs)) return offender;
  const known = isForgotten(offender, rules, nowMs) ? NO_OFFENCE : offender;
  const oldestMs = nowMs - rules.windowSeconds * 1_000;
  const failedAtMs = [...known.failedAtMs.filter((atMs) => atMs > oldestMs), nowMs];
  if (failedAtMs.length < rules.failures) return { ...known, failedAtMs };
  const seconds = Math.min(rules.firstSeconds * 2 ** known.bans, rules.longestSeconds);
  return {
    failedAtMs: [],
    bans: known.bans + 1,
    bannedAtMs: nowMs,
    bannedUntilMs: nowMs + seconds * 1_000,
  };
}

/** A right password: the failures so far were a person's; earlier bans are not forgotten. */
export function proven(offender: Offender): Offender {
  return { ...offender, failedAtMs: [] };
}

export function isBanned(offender: Offender, nowMs: number): boolean {
  return nowMs < offender.bannedUntilMs;
}

/** True when nothing of it matters any more: quiet for a window, and for the longest ban. */
export function isForgotten(offender: Offender, rules: BanRules, nowMs: number): boolean {
  const lastMs = offender.failedAtMs.at(-1) ?? 0;
  const isQuiet = nowMs - lastMs > rules.windowSeconds * 1_000;
  return isQuiet && nowMs - offender.bannedUntilMs > rules.longestSeconds * 1_000;
}
