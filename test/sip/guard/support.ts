// Guard options for tests: nobody is allowed beforehand, limits are small.
import type { GuardOptions } from '../../../sip/guard/types.ts';

export function guardOptions(change: Partial<GuardOptions> = {}): GuardOptions {
  return {
    allow: [],
    perSource: { perSecond: 2, burst: 100 },
    strangers: { perSecond: 1_000, burst: 1_000 },
    refusedUserAgents: ['friendly-scanner'],
    bans: { failures: 3, windowSeconds: 60, firstSeconds: 30, longestSeconds: 600 },
    ...change,
  };
}
