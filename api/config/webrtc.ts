// Configuration of browsers as telephones (WebRTC): addresses, ports, limits of the gateway. PURE.
import { z } from 'zod';
import type { WebRtcOptions } from '../../media/index.ts';
import { hostOrIp, ipAddress, whole } from './fields.ts';
import type { ConfigIssue } from './issues.ts';
import type { Settings } from './schema.ts';

export const webRtcSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .nullable()
      .default(null)
      .describe(
        'Whether browsers can be telephones. null: when `sip.listen` has a `ws` or `wss` socket, ' +
          'because no browser reaches us otherwise.',
      ),
    host: ipAddress()
      .nullable()
      .default(null)
      .describe('Address the ports for browsers are bound to. null: `media.host`.'),
    announcedHost: hostOrIp()
      .nullable()
      .default(null)
      .describe('Address or name that browsers are told. null: `media.announcedHost`, or `host`.'),
    portMin: whole(1_024, 65_535)
      .default(40_000)
      .describe(
        'First port for browsers. Each worker takes one of the range for UDP and one for TCP, ' +
          'which all its calls share.',
      ),
    portMax: whole(1_024, 65_535)
      .default(40_099)
      .describe('Last port for browsers; open the range for UDP and TCP in your firewall.'),
    workers: whole(1, 64)
      .default(1)
      .describe(
        'mediasoup worker processes, of one thread each; calls go to the one with the fewest.',
      ),
    maxLegs: whole(1, 100_000)
      .default(500)
      .describe('Most browsers with a call at once; further ones are told to come back (503).'),
    consentSeconds: whole(5, 600)
      .default(30)
      .describe(
        'A browser of which nothing is heard for so long is gone (RFC 7675), and its call ends: ' +
          'closed tabs say no goodbye.',
      ),
  })
  .prefault({})
  .describe('Browsers as telephones: WebRTC by way of mediasoup.');

/** @param workerFile the mediasoup-worker program; null: there is none */
export function toWebRtcOptions(
  { host, media, sip }: Settings,
  workerFile: string | null,
): WebRtcOptions | null {
  const { enabled, announcedHost, ...rest } = media.webrtc;
  const reachable = sip.listen.some(({ protocol }) => protocol === 'ws' || protocol === 'wss');
  if (!(enabled ?? reachable)) return null;
  return {
    ...rest,
    workerFile,
    host: rest.host ?? media.host ?? host,
    announcedHost: announcedHost ?? media.announcedHost,
  };
}

export function webRtcIssues(settings: Settings): ConfigIssue[] {
  const options = toWebRtcOptions(settings, null);
  if (options === null) return [];
  const issues: ConfigIssue[] = [];
  if (['0.0.0.0', '::'].includes(options.host) && options.announcedHost === null) {
    issues.push({
      path: ['media', 'webrtc', 'announcedHost'],
      message: 'is needed when it binds to all addresses: browsers must be told one',
    });
  }
  if (options.portMax < options.portMin + options.workers - 1) {
    issues.push({
      path: ['media', 'webrtc', 'portMax'],
      message: `is ${options.portMax}; each of the workers needs a port from portMin on`,
    });
  }
  return issues;
}
