// The section `engine` of the file of `ringback-sip`: the names, ranges and defaults of the section
// `sip` of the server, as far as they are matters of the engine, and its control port. PURE.
import { z } from 'zod';
import type { EngineOptions } from './types.ts';

const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const host = z.string().regex(/^[A-Za-z0-9_.:-]{1,253}$/);
const port = whole(0, 65_535);
const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);
const file = z.string().min(1).max(1_024);
const network = z.string().regex(/^[0-9A-Fa-f.:]+(\/\d{1,3})?$/);

const guardSchema = z
  .strictObject({
    enabled: z.boolean().default(true),
    allow: z.array(network).max(1_000).default(['127.0.0.0/8', '::1']),
    requestsPerSecond: whole(1, 100_000).default(50),
    requestsBurst: whole(1, 1_000_000).default(200),
    strangersPerSecond: whole(1, 1_000_000).default(1_000),
    refusedUserAgents: z
      .array(z.string().regex(/^[!-~]{3,64}$/))
      .max(200)
      .default([
        ...['friendly-scanner', 'sipvicious', 'sipcli', 'sipsak', 'sip-scan', 'sundayddr', 'iwar'],
        ...['vaxasip', 'pplsip', 'siparmyknife', 'sivus', 'voipscan', 'sipptk'],
      ]),
    bans: z
      .strictObject({
        failures: whole(3, 1_000).default(10),
        windowSeconds: whole(10, 86_400).default(600),
        firstSeconds: whole(1, 86_400).default(60),
        longestSeconds: whole(1, 2_592_000).default(86_400),
      })
      .prefault({}),
    bansFile: file.nullable().default(null),
    maxTransactions: whole(100, 1_000_000).default(200_000),
    maxDialogs: whole(10, 1_000_000).default(50_000),
    maxConnections: whole(10, 100_000).default(5_000),
  })
  .prefault({});

const socketSchemas = {
  tls: z
    .strictObject({
      certificateFile: file,
      keyFile: file,
      caFile: file.nullable().default(null),
      verifyClients: z.boolean().default(false),
      verifyServers: z.boolean().default(true),
      reloadCheckSeconds: whole(1, 3_600).default(30),
    })
    .nullable()
    .default(null),
  webSocket: z
    .strictObject({
      allowedOrigins: z.array(z.string().max(300)).max(100).default([]),
      maxMessageBytes: whole(2_000, 1_048_576).default(65_536),
      pingSeconds: whole(5, 600).default(30),
    })
    .prefault({}),
  connections: z
    .strictObject({
      maxPerSource: whole(1, 100_000).default(500),
      idleSeconds: whole(30, 86_400).default(600),
      partialMessageSeconds: whole(1, 300).default(10),
    })
    .prefault({}),
  dnsServers: z.array(network).max(8).default([]),
};

export const engineSchema = z.strictObject({
  listen: z
    .array(z.strictObject({ protocol: z.enum(['udp', 'tcp', 'tls', 'ws', 'wss']), host, port }))
    .min(1)
    .max(16),
  externalHost: host.nullable().default(null),
  control: z
    .strictObject({
      host: host.default('127.0.0.1'),
      port: port.default(9_022),
      secretEnv: environmentName.default('RINGBACK_SIP_SECRET'),
    })
    .prefault({}),
  handlers: z
    .array(
      z.strictObject({
        method: z
          .string()
          .regex(/^(\*|[A-Z]{1,32})$/)
          .default('*'),
        host,
        port: whole(1, 65_535),
      }),
    )
    .max(100)
    .default([]),
  timers: z
    .strictObject({
      t1Ms: whole(50, 5_000).default(500),
      t2Ms: whole(100, 32_000).default(4_000),
      t4Ms: whole(100, 32_000).default(5_000),
      inviteSilenceMs: whole(1_000, 64_000).default(8_000),
    })
    .prefault({}),
  ...socketSchemas,
  guard: guardSchema,
  trace: z.boolean().default(true),
  hep: z
    .strictObject({
      host,
      port: whole(1, 65_535).default(9_060),
      captureId: whole(0, 0xffff_ffff).default(2_001),
      passwordEnv: environmentName.nullable().default(null),
    })
    .nullable()
    .default(null),
});

export type EngineSection = z.output<typeof engineSchema>;

/** What the section says of sockets and strangers, as the engine takes it. */
export function toEngineParts(
  section: EngineSection,
): Pick<EngineOptions, 'tls' | 'webSocket' | 'connections' | 'dnsServers' | 'limits' | 'guard'> {
  const { tls, webSocket, connections, dnsServers, guard } = section;
  const { pingSeconds, ...web } = webSocket;
  const { idleSeconds, partialMessageSeconds, maxPerSource } = connections;
  return {
    tls: tls === null ? null : certificates(tls),
    webSocket: { ...web, pingMs: pingSeconds * 1_000 },
    connections: {
      maxPerSource,
      idleMs: idleSeconds * 1_000,
      partialMessageMs: partialMessageSeconds * 1_000,
    },
    dnsServers,
    limits: {
      transactions: guard.maxTransactions,
      dialogs: guard.maxDialogs,
      tcpConnections: guard.maxConnections,
    },
    ...(guard.enabled ? { guard: guardOf(guard) } : {}),
  };
}

function certificates({
  reloadCheckSeconds,
  ...tls
}: NonNullable<EngineSection['tls']>): NonNullable<EngineOptions['tls']> {
  return { ...tls, reloadCheckMs: reloadCheckSeconds * 1_000 };
}

function guardOf(guard: EngineSection['guard']): NonNullable<EngineOptions['guard']> {
  const { strangersPerSecond, bansFile } = guard;
  return {
    allow: guard.allow,
    perSource: { perSecond: guard.requestsPerSecond, burst: guard.requestsBurst },
    strangers: { perSecond: strangersPerSecond, burst: strangersPerSecond },
    refusedUserAgents: guard.refusedUserAgents.map((name) => name.toLowerCase()),
    bans: guard.bans,
    ...(bansFile === null ? {} : { bansFile }),
  };
}
