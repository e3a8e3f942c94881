// SIP messages on the wire of the API. PURE.
import { z } from '@hono/zod-openapi';

export const sipMessageSchema = z
  .object({
    at: z.string().openapi({ description: 'In UTC, to the millisecond.' }),
    direction: z.enum(['sent', 'received']),
    protocol: z.string().openapi({ example: 'udp' }),
    local: z.string().openapi({ example: '192.0.2.10:5060' }),
    remote: z.string(),
    callId: z.string(),
    startLine: z.string().openapi({ example: 'INVITE sip:+1********123@carrier.example SIP/2.0' }),
    cseq: z.string().openapi({ example: '1 INVITE' }),
    text: z.string().openapi({ description: 'The message; its first 4,096 characters.' }),
  })
  .openapi('SipMessage');

export const sipMessageListSchema = z
  .object({
    items: z.array(sipMessageSchema),
    truncated: z
      .boolean()
      .openapi({ description: 'True when there are more than were asked for.' }),
  })
  .openapi('SipMessageList');

const numbers = z
  .enum(['masked', 'full'])
  .default('masked')
  .openapi({
    description:
      'Telephone numbers but for their last digits, or in full; who asks for the latter is ' +
      'logged. Credentials and media keys are never shown.',
  });

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(1_000)
  .default(200)
  .openapi({ description: 'Most messages in the answer.' });

export const messagesQuerySchema = z.strictObject({ numbers, limit });

export const tracesQuerySchema = z
  .strictObject({
    number: z
      .string()
      .regex(/^[\w.+*-]{3,64}$/, 'not a number or user')
      .optional()
      .openapi({ description: 'Number (or its last digits) or user that called or was called.' }),
    callId: z.string().min(1).max(256).optional().openapi({ description: 'A SIP Call-ID.' }),
    numbers,
    limit,
  })
  .refine(({ number, callId }) => (number === undefined) !== (callId === undefined), {
    error: 'either number or callId must be given',
    path: ['number'],
  });
