// Configuration of what stands beside our SIP engine: another one in its place, and a collector of
// its messages. PURE.
import { z } from 'zod';
import { environmentName, hostOrIp, whole } from './fields.ts';

export const drachtioSchema = z
  .strictObject({
    host: hostOrIp()
      .nullable()
      .default(null)
      .describe('Where its control port is. null: our own engine, in a thread of this process.'),
    port: whole(1, 65_535).default(9_022).describe('Its control port (TCP).'),
    secretEnv: environmentName()
      .nullable()
      .default(null)
      .describe('Environment variable that holds its secret; set with `host`.'),
  })
  .prefault({})
  .describe(
    'Another SIP engine in place of ours: `ringback-sip` or a drachtio-server. `sip.listen`, ' +
      '`sip.externalHost`, `sip.timers`, `sip.guard` and `sip.hep` mean nothing then: they are ' +
      'matters of that engine. ' +
      'The secret travels in clear: loopback or a private network.',
  );

export const hepSchema = z
  .strictObject({
    host: hostOrIp().nullable().default(null).describe('The collector. null: no copies are sent.'),
    port: whole(1, 65_535).default(9_060).describe('Its UDP port.'),
    captureId: whole(0, 4_294_967_295)
      .default(2_001)
      .describe('Number of this capture agent in Homer, another one for each installation.'),
    passwordEnv: environmentName()
      .nullable()
      .default(null)
      .describe('Environment variable that holds the key the collector wants, if it wants one.'),
  })
  .prefault({})
  .describe(
    'Copies of all SIP messages to Homer, or another collector of HEP version 3. They are ' +
      'complete and in clear, credentials and numbers included: use a private network.',
  );
