// What is remembered of banned sources over a restart, and what of a file may be believed. PURE.
import { isForgotten, type Offender } from './offender.ts';
import type { BanRules } from './types.ts';

/** A source that was banned once, as it stands in the file. */
export type KnownOffender = readonly [source: string, offender: Offender];

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

/**
 * Reads the file's content; whatever is not an offender, or is forgotten by now, is left out.
 * A ban that lasts longer than any may (another configuration, a wrong clock) is cut.
 */
export function readOffenders(
  content: unknown,
  rules: BanRules,
  nowMs: number,
  most: number,
): readonly KnownOffender[] {
  if (!Array.isArray(content)) return [];
  return content.slice(-most).flatMap((item: unknown): readonly KnownOffender[] => {
    if (!Array.isArray(item) || typeof item[0] !== 'string' || item[0].length > 64) return [];
    const [source, bans, bannedAtMs, untilMs] = item as readonly unknown[];
    if (!isTime(bans) || !isTime(bannedAtMs) || !isTime(untilMs)) return [];
    const bannedUntilMs = Math.min(untilMs, nowMs + rules.longestSeconds * 1_000);
    const offender: Offender = {
      failedAtMs: [],
      bans: Math.floor(bans),
      bannedAtMs,
      bannedUntilMs,
    };
    return isForgotten(offender, rules, nowMs) ? [] : [[source as string, offender]];
  });
}

/** The file's content: only who was banned, as failures alone are soon forgotten anyway. */
export function writeOffenders(all: readonly KnownOffender[]): unknown {
  return all
    .filter(([, { bans }]) => bans > 0)
    .map(([source, { bans, bannedAtMs, bannedUntilMs }]) => {
      return [source, bans, bannedAtMs, bannedUntilMs];
    });
}
