// Configuration of the guard: what strangers on the network may do, and how much at once. PURE.
import { z } from 'zod';
import type { EngineOptions, GuardOptions, TrunkOptions } from '../../sip/index.ts';
import { addressRange, whole } from './fields.ts';

const SCANNERS = [
  ...['friendly-scanner', 'sipvicious', 'sipcli', 'sipsak', 'sip-scan', 'sundayddr', 'iwar'],
  ...['vaxasip', 'pplsip', 'siparmyknife', 'sivus', 'voipscan', 'sipptk'],
];

const bansSchema = z
  .strictObject({
    failures: whole(3, 1_000)
      .default(10)
      .describe(
        'Wrong passwords of one source in the window that make a ban. A right one starts the ' +
          'count again: one address may have many telephones, and one of them a wrong password.',
      ),
    windowSeconds: whole(10, 86_400).default(600).describe('How long a wrong password counts.'),
    firstSeconds: whole(1, 86_400)
      .default(60)
      .describe('The first ban; each further one of the same source is twice as long.'),
    longestSeconds: whole(1, 2_592_000)
      .default(86_400)
      .describe('The longest ban. Who was quiet for as long afterwards starts anew.'),
  })
  .prefault({})
  .describe('Sources that guess passwords get no answer for a time.');

export const guardSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('false serves everybody: for test benches that must not be slowed down.'),
    allow: z
      .array(addressRange())
      .max(1_000)
      .default(['127.0.0.0/8', '::1'])
      .describe(
        'Addresses and networks that are never limited, refused or banned. Trunks are added by ' +
          'themselves: their `inboundFrom`, and whoever we send requests to.',
      ),
    requestsPerSecond: whole(1, 100_000)
      .default(50)
      .describe('Requests of one source (an IPv4 address or an IPv6 /64). More get 503.'),
    requestsBurst: whole(1, 1_000_000)
      .default(200)
      .describe('Requests of one source at once: an office whose telephones start together.'),
    strangersPerSecond: whole(1, 1_000_000)
      .default(1_000)
      .describe(
        'Requests of all sources together that never proved who they are; beyond, silence. ' +
          'Holds against floods from invented addresses, which no limit per source can.',
      ),
    refusedUserAgents: z
      .array(z.string().regex(/^[!-~]{3,64}$/))
      .max(200)
      .meta({ allowed: 'texts of 3 to 64 visible ASCII characters' })
      .default(SCANNERS)
      .describe('Parts of User-Agent values, in any case, whose senders get no answer at all.'),
    bans: bansSchema,
    maxTransactions: whole(100, 1_000_000)
      .default(200_000)
      .describe('SIP transactions at once, some 2 kB each; more get 503, then silence.'),
    maxDialogs: whole(10, 1_000_000)
      .default(50_000)
      .describe('SIP dialogs at once; new calls beyond get 503.'),
    maxConnections: whole(10, 100_000)
      .default(5_000)
      .describe('TCP connections at once; more are closed at once.'),
  })
  .prefault({})
  .describe('Limits for the open Internet; see docs/security.md.');

type GuardSettings = z.output<typeof guardSchema>;

/** @param trunks whose addresses and networks are never limited; names are learnt when called */
export function toGuard(
  guard: GuardSettings,
  trunks: readonly Pick<TrunkOptions, 'host' | 'inboundFrom'>[],
  bansFile?: string,
): Pick<EngineOptions, 'guard' | 'limits'> {
  const limits = {
    transactions: guard.maxTransactions,
    dialogs: guard.maxDialogs,
    tcpConnections: guard.maxConnections,
  };
  if (!guard.enabled) return { limits };
  const options: GuardOptions = {
    allow: [...guard.allow, ...trunks.flatMap(({ host, inboundFrom }) => [host, ...inboundFrom])],
    perSource: { perSecond: guard.requestsPerSecond, burst: guard.requestsBurst },
    strangers: { perSecond: guard.strangersPerSecond, burst: guard.strangersPerSecond },
    refusedUserAgents: guard.refusedUserAgents.map((name) => name.toLowerCase()),
    bans: guard.bans,
    ...(bansFile === undefined ? {} : { bansFile }),
  };
  return { limits, guard: options };
}
