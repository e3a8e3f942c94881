// From the settings of a trunk to what sip/ makes it from. PURE.
import type { TrunkOptions, TrunkPolicy } from '../../sip/index.ts';
import type { Config } from './load.ts';
import type { TrunkSettings } from './schema.ts';

export function toTrunkOptions(
  trunk: TrunkSettings,
  config: Config,
): TrunkOptions & Required<TrunkPolicy> {
  const { username, passwordEnv, limits, ping, registration } = trunk;
  return {
    name: trunk.name,
    host: trunk.host,
    port: trunk.port,
    protocol: trunk.protocol,
    credentials:
      username === null || passwordEnv === null
        ? null
        : { username, password: config.secrets.get(passwordEnv) },
    inboundFrom: trunk.inboundFrom,
    callerId: trunk.callerId,
    allowedCallerIds: trunk.allowedCallerIds,
    numberFormat: trunk.numberFormat,
    country: trunk.country ?? config.defaultCountry,
    headers: trunk.headers,
    privacy: { withholdCallerId: trunk.withholdCallerId, trusted: trunk.trusted },
    dialing: trunk.dialing,
    destinations: trunk.destinations,
    redirects: trunk.redirects,
    limits: {
      callsPerSecond: limits.callsPerSecond,
      maxCalls: limits.maxCalls,
      maxWaitMs: limits.maxWaitSeconds * 1_000,
    },
    inviteTimeoutMs:
      trunk.inviteTimeoutSeconds === null ? null : trunk.inviteTimeoutSeconds * 1_000,
    ping: ping.enabled
      ? {
          intervalMs: ping.intervalSeconds * 1_000,
          failuresToDown: ping.failuresToDown,
          successesToUp: ping.successesToUp,
        }
      : null,
    registration: registration.enabled
      ? { domain: registration.domain, expiresSeconds: registration.expiresSeconds }
      : null,
  };
}
