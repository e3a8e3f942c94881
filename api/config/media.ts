// Configuration of media: RTP addresses and ports, threads, call progress detection. PURE.
import { z } from 'zod';
import { languageTag, speechSchema } from './prompts.ts';
import { hostOrIp, ipAddress, whole } from './fields.ts';
import { webRtcSchema } from './webrtc.ts';

/** Levels are dBov: 0 is a full scale square wave, -90 is quieter than 16 bits can say. */
const levelDbov = (): z.ZodNumber => z.number().min(-90).max(0);

const cpdSchema = z
  .strictObject({
    tonePlan: z
      .enum(['US', 'CA', 'GB', 'UK', 'DE', 'FR', 'ES', 'IT', 'NL', 'JP', 'AU', 'CN', 'IN', 'BR'])
      .default('US')
      .describe('Country whose call progress tones are listened for (ITU-T E.180); UK is GB.'),
    profile: z
      .enum(['favour-person', 'neutral', 'favour-machine'])
      .default('neutral')
      .describe(
        'Which error is the lesser one when the evidence is thin. `favour-person`: rather join a ' +
          'machine to an agent than treat a customer as a machine; `favour-machine`: the reverse.',
      ),
    silenceDbov: levelDbov()
      .default(-50)
      .describe('Louder than this is sound, otherwise silence; soft syllables reach -50 dBov.'),
    personMaxGreetingMs: whole(200, 10_000)
      .default(1_600)
      .describe(
        'How long persons speak who answer. Time scale for talk: at twice the default one ' +
          "may talk twice as long before it sounds like a machine's.",
      ),
    endOfGreetingSilenceMs: whole(100, 5_000)
      .default(700)
      .describe(
        'Silence that ends a greeting at the latest, and time scale for silence: shorter decides ' +
          'for a person sooner, and takes the pauses of more machines for the end.',
      ),
    shortAnswerSilenceMs: whole(200, 5_000)
      .default(460)
      .describe(
        'Silence after a word or a name that makes it a person: nobody waits longer. Reading ' +
          'voices pause for 0.3 to 0.4 s between sentences; shorter takes more for persons.',
      ),
    maxInitialSilenceMs: whole(500, 30_000)
      .default(4_500)
      .describe('Nothing heard for so long after the answer: `silence`. A hand needs 2 to 3 s.'),
    maxDecisionMs: whole(500, 30_000)
      .default(9_000)
      .describe('Longest wait for a verdict; who answers must not hear silence for long.'),
    revisionMs: whole(0, 30_000)
      .default(6_000)
      .describe('So long after `person` a beep or talk that goes on may correct it to `machine`.'),
    revisionTalkMs: whole(500, 20_000)
      .default(2_500)
      .describe(
        'Talk that goes on at once and for so long after `person` is a machine. Who was not ' +
          'heard says hello again and perhaps a name.',
      ),
    maxBeepMs: whole(1_000, 120_000)
      .default(45_000)
      .describe('Longest wait for the beep; most mailboxes end a greeting after 30 s.'),
    secondBeepMs: whole(100, 10_000)
      .default(1_500)
      .describe('Quiet for so long after a beep there is no second; double beeps follow sooner.'),
    announcementsDir: z
      .string()
      .min(1)
      .max(1_024)
      .nullable()
      .default(null)
      .describe(
        'Folder of WAV files, such as announcements of your carrier, that are known again by ' +
          'their sound. The first six seconds of up to 16 files count. null: none.',
      ),
  })
  .prefault({})
  .describe('Call progress detection: what has answered.');

export const mediaSchema = z
  .strictObject({
    host: ipAddress()
      .nullable()
      .default(null)
      .describe('Address RTP sockets bind to. null: the common `host`.'),
    announcedHost: hostOrIp()
      .nullable()
      .default(null)
      .describe('Address written into SDP: ours as others see it, behind a NAT. null: `host`.'),
    portMin: whole(1_024, 65_534)
      .default(20_000)
      .describe('First port for RTP. Every call leg takes an even port and the next one.'),
    portMax: whole(1_025, 65_535)
      .default(29_999)
      .describe('Last port for RTP; open the range for UDP in your firewall.'),
    workers: whole(1, 256)
      .nullable()
      .default(null)
      .describe('Threads for sound. null: one less than this machine has processors, at least 1.'),
    maxTickLateMs: whole(1, 1_000)
      .default(20)
      .describe(
        'A thread whose 20 ms tick is later than this on average, two seconds in a row, takes no ' +
          'new calls; when all are late, calls are refused with 503 and callbacks wait.',
      ),
    sockets: z
      .enum(['auto', 'dgram', 'ffi'])
      .default('auto')
      .describe(
        "How packets come and go. `ffi`: the C library's sockets, called through node:ffi, which " +
          'Node calls experimental; Linux with glibc only, at half the cost. `dgram`: those of ' +
          'Node. `auto`: `ffi` where a trial at the start works, otherwise `dgram`.',
      ),
    portRestSeconds: whole(0, 600)
      .default(5)
      .describe('Ports of an ended call rest so long: late packets must not reach the next call.'),
    codecs: z
      .array(z.enum(['PCMU', 'PCMA', 'G722', 'opus']))
      .min(1)
      .max(4)
      .default(['PCMU', 'PCMA', 'G722'])
      .describe(
        'What legs speak, in the order they offer it. Two legs in one codec cost least; G.722 ' +
          'and Opus keep their quality only then, otherwise sound becomes telephone quality. ' +
          'Opus is not offered unless named here: some telephones refuse the call over it.',
      ),
    userSrtp: z
      .enum(['off', 'optional', 'required'])
      .default('off')
      .describe('Encryption of the sound of registered telephones; as `srtp` of a trunk.'),
    language: languageTag()
      .default('en')
      .describe('Language of prompts unless a queue or a callback has another: en, de, or yours.'),
    speech: speechSchema,
    cpd: cpdSchema,
    webrtc: webRtcSchema,
  })
  .prefault({})
  .describe('Sound (RFC 3550).');
