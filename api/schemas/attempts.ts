// Attempts on the wire: what came of each, how it was heard, and where its recording is. PURE.
import { z } from '@hono/zod-openapi';
import type { AttemptRecord } from '../../callback/index.ts';
import { isoTime, isoTimeOrNull } from './common.ts';

const loss = () => z.number().openapi({ description: 'Share of packets that never came.' });

const legQualitySchema = z
  .object({
    leg: z.enum(['customer', 'agent']),
    mos: z.number().nullable().openapi({
      description: 'What we received, 1 to 4.5 (ITU-T G.107); null: nothing came.',
    }),
    lossPercent: loss(),
    jitterMs: z.number(),
    roundTripMs: z.number().nullable().openapi({ description: 'null: not known.' }),
    peer: z
      .object({ mos: z.number(), lossPercent: loss(), jitterMs: z.number() })
      .nullable()
      .openapi({
        description: 'What the peer received, as it reports; null: it reported nothing.',
      }),
  })
  .openapi('LegQuality', {
    example: {
      ...{ leg: 'customer', mos: 4.2, lossPercent: 0.5, jitterMs: 3, roundTripMs: 40 },
      peer: { mos: 4.1, lossPercent: 1, jitterMs: 5 },
    },
  });

export const recordingLinkSchema = z
  .object({
    id: z.string(),
    href: z.string().openapi({ example: '/api/v1/recordings/0f0e0d0c_1_0' }),
  })
  .openapi('RecordingLink', {
    description: 'Of `/api/v1/recordings`; 404 once it is erased.',
    example: { id: '0f0e0d0c_1_0', href: '/api/v1/recordings/0f0e0d0c_1_0' },
  });

export const attemptSchema = z
  .object({
    number: z.number().int().openapi({ description: '1 for the first.' }),
    startedAt: z.string(),
    answeredAt: z.string().nullable(),
    endedAt: z.string().nullable(),
    result: z.string().nullable().openapi({ example: 'NO_ANSWER' }),
    sipStatus: z.number().int().nullable(),
    q850Cause: z.number().int().nullable(),
    cpd: z
      .object({
        kind: z.string(),
        confidence: z.number(),
        atMs: z.number(),
        evidence: z.array(z.unknown()),
        correctedTo: z.string().optional().openapi({
          description:
            'Present when detection took it back after the join; nothing follows from it.',
        }),
      })
      .nullable()
      .openapi({ description: 'What call progress detection heard.' }),
    agentId: z.string().nullable(),
    recording: z.string().nullable().openapi({ description: 'The file on the server.' }),
    recordingLink: recordingLinkSchema.nullable(),
    quality: z.array(legQualitySchema).openapi({
      description: 'Of every leg that is over; empty: nothing was measured.',
    }),
    trunk: z.string().nullable().openapi({ description: 'The trunk that carried it.' }),
    calledIn: z.boolean().openapi({ description: 'The customer called us.' }),
  })
  .openapi('Attempt');

/** @param path of the file; null: there is none */
export function recordingLinkOf(path: string | null): z.output<typeof recordingLinkSchema> | null {
  const id = /([^/]+)\.wav$/.exec(path ?? '')?.[1];
  return id === undefined ? null : { id, href: `/api/v1/recordings/${id}` };
}

/** An attempt as the API shows it. */
export function attemptView(attempt: AttemptRecord): z.output<typeof attemptSchema> {
  const { cpd } = attempt;
  return {
    number: attempt.number,
    startedAt: isoTime(attempt.startedAtMs),
    answeredAt: isoTimeOrNull(attempt.answeredAtMs),
    endedAt: isoTimeOrNull(attempt.endedAtMs),
    result: attempt.result,
    sipStatus: attempt.sipStatus,
    q850Cause: attempt.q850Cause,
    cpd: cpd === null ? null : { ...cpd, evidence: [...cpd.evidence] },
    agentId: attempt.agentId,
    recording: attempt.recording,
    recordingLink: recordingLinkOf(attempt.recording),
    quality: [...(attempt.quality ?? [])],
    trunk: attempt.trunk ?? null,
    calledIn: attempt.calledIn ?? false,
  };
}
