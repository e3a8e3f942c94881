// /api/v1/prompts: the site's own prompts, uploaded as WAV files.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { PROMPT_NAMES } from '../../media/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { listAnswer, pageOf } from '../listing/page.ts';
import { ApiError } from '../problem.ts';
import { problems } from '../schemas/common.ts';
import { checkMatch, etagOf } from '../versions.ts';
import {
  promptIdSchema,
  listPromptsSchema,
  promptListSchema,
  promptSchema,
  promptView,
  uploadPromptSchema,
} from '../schemas/prompts.ts';

type Deps = Pick<ApiDeps, 'prompts'>;

const TAGS = ['Prompts'];
const ROOT = '/api/v1/prompts';
const AUDIO = { schema: { type: 'string', format: 'binary' } } as const;

const onePrompt = {
  description: 'The prompt.',
  content: { 'application/json': { schema: promptSchema } },
};

const upload = createRoute({
  method: 'post',
  path: ROOT,
  operationId: 'uploadPrompt',
  ...needs('prompts.manage'),
  summary: 'Upload a prompt',
  description:
    'A WAV file of any rate and channels: PCM of 8, 16 or 24 bit, or G.711; at most 300 s and ' +
    '`http.maxUploadBytes`. Heard from the next play on, wherever its name is named.',
  tags: TAGS,
  request: {
    query: uploadPromptSchema,
    body: { required: true, content: { 'audio/wav': AUDIO } },
  },
  responses: {
    201: { ...onePrompt, description: 'It is on disk. `Location` is set.' },
    ...problems(400, 409, 413, 415, 503),
  },
});

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listPrompts',
  ...needs('prompts.read'),
  summary: 'List uploaded prompts, languages, and the names of the pack',
  tags: TAGS,
  request: { query: listPromptsSchema },
  responses: {
    200: {
      description: 'One page.',
      content: { 'application/json': { schema: promptListSchema } },
    },
    ...problems(400),
  },
});

const getOne = createRoute({
  method: 'get',
  path: `${ROOT}/{language}/{name}`,
  operationId: 'getPrompt',
  ...needs('prompts.read'),
  summary: 'Read about a prompt',
  tags: TAGS,
  request: { params: promptIdSchema },
  responses: { 200: onePrompt, ...problems(400, 404) },
});

const getAudio = createRoute({
  method: 'get',
  path: `${ROOT}/{language}/{name}/audio`,
  operationId: 'getPromptAudio',
  ...needs('prompts.read'),
  summary: 'Hear a prompt',
  tags: TAGS,
  request: { params: promptIdSchema },
  responses: {
    200: { description: 'Mono, 8 kHz, 16 bit.', content: { 'audio/wav': AUDIO } },
    ...problems(400, 404),
  },
});

const deleteOne = createRoute({
  method: 'delete',
  path: `${ROOT}/{language}/{name}`,
  operationId: 'deletePrompt',
  ...needs('prompts.manage'),
  summary: 'Delete a prompt',
  description: 'Refused while the configuration names it and the pack has none of that name.',
  tags: TAGS,
  request: { params: promptIdSchema },
  responses: { 204: { description: 'Gone.' }, ...problems(400, 404, 409, 412) },
});

export function promptRoutes(app: OpenAPIHono<ApiEnv>, { prompts }: Deps): void {
  app.openapi(upload, async (c) => {
    const { name, language, replace } = c.req.valid('query');
    if (!/^audio\/(?:wav|x-wav|wave|vnd\.wave)(?:;|$)/i.test(c.req.header('Content-Type') ?? '')) {
      throw new ApiError('MEDIA_TYPE_UNSUPPORTED', 'send Content-Type: audio/wav');
    }
    const wav = new Uint8Array(await c.req.arrayBuffer());
    const stored = await prompts.put(name, language, wav, replace === 'true');
    c.header('Location', `${ROOT}/${language}/${name}`);
    return c.json(promptView(stored), 201);
  });
  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const found = (await prompts.list())
      .map(promptView)
      .filter(({ language }) => query.language === undefined || query.language === language);
    const idOf = (prompt: (typeof found)[number]) => `${prompt.language}/${prompt.name}`;
    const page = pageOf(found, query, { name: 'prompts', idOf });
    const languages = [...prompts.languages()];
    const answer = listAnswer(c, page, query.fields);
    return c.json({ ...answer, languages, pack: [...PROMPT_NAMES] }, 200);
  });
  app.openapi(getOne, async (c) => {
    const { name, language } = c.req.valid('param');
    const found = await prompts.get(name, language);
    if (found === null) {
      const fields = { name, language };
      throw new ApiError('PROMPT_UNKNOWN', 'there is no such prompt', { fields });
    }
    return c.json(promptView(found), 200);
  });
  app.openapi(getAudio, async (c) => {
    const { name, language } = c.req.valid('param');
    return c.body(await prompts.audio(name, language), 200, { 'Content-Type': 'audio/wav' });
  });
  app.openapi(deleteOne, async (c) => {
    const { name, language } = c.req.valid('param');
    const found = await prompts.get(name, language);
    if (found !== null) checkMatch(c, etagOf(JSON.stringify(promptView(found))));
    await prompts.remove(name, language);
    return c.body(null, 204);
  });
}
