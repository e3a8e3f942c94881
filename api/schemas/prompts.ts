// Prompts on the wire: what may be uploaded, and how one is shown. PURE.
import { z } from '@hono/zod-openapi';
import { listQuery, listSchema } from '../listing/query.ts';
import { isoTime } from './common.ts';

const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'not a possible name')
  .openapi({ example: 'holiday-greeting' });

const languageSchema = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/, 'not a language tag')
  .openapi({ example: 'de' });

export const uploadPromptSchema = z.strictObject({
  name: nameSchema.openapi({ description: 'As prompts are named in the configuration.' }),
  language: languageSchema,
  replace: z.enum(['true', 'false']).default('false').openapi({
    description: 'Whether it may take the place of one of that name.',
  }),
});

export const promptIdSchema = z.object({ language: languageSchema, name: nameSchema });

export const promptSchema = z
  .object({
    name: nameSchema,
    language: languageSchema,
    durationMs: z.number().int(),
    bytes: z.number().int().openapi({ description: 'As kept: mono, 8 kHz, 16 bit.' }),
    createdAt: z.string(),
  })
  .openapi('Prompt');

export const listPromptsSchema = listQuery(promptSchema, {
  language: languageSchema.optional(),
});

export const promptListSchema = listSchema(promptSchema, 'PromptPage')
  .extend({
    languages: z.array(z.string()).openapi({ description: 'That callbacks may ask for.' }),
    pack: z.array(z.string()).openapi({ description: 'Prompts there are without uploading any.' }),
  })
  .openapi('PromptList');

export function promptView(prompt: {
  readonly name: string;
  readonly language: string;
  readonly durationMs: number;
  readonly bytes: number;
  readonly createdAtMs: number;
}): z.output<typeof promptSchema> {
  const { createdAtMs, ...rest } = prompt;
  return { ...rest, createdAt: isoTime(createdAtMs) };
}
