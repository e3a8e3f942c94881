// /api/v1/recordings: conversations that were recorded, found, heard, drawn and deleted.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { listAnswer, pageOf, type ListRules } from '../listing/page.ts';
import { MAX_PAGE, msOf } from '../listing/query.ts';
import { ApiError } from '../problem.ts';
import type { RecordingArchive, RecordingFile } from '../recording/archive.ts';
import { rangeOf } from '../recording/range.ts';
import { Waveform } from '../recording/waveform.ts';
import { isoTime, problems } from '../schemas/common.ts';
import {
  listRecordingsSchema,
  recordingIdSchema,
  recordingListSchema,
  recordingSchema,
  waveformQuerySchema,
  waveformSchema,
} from '../schemas/recordings.ts';
import { checkMatch, etagOf, tagsIn } from '../versions.ts';

type Deps = Pick<ApiDeps, 'callbacks' | 'log'>;
type Shown = z.output<typeof recordingSchema>;

const TAGS = ['Recordings'];
const ROOT = '/api/v1/recordings';
const BLOCK_BYTES = 262_144;
const HEADER_BYTES = 44;
const WAV = { 'audio/wav': { schema: { type: 'string', format: 'binary' } } } as const;

const json = <S>(description: string, schema: S) => ({
  description,
  content: { 'application/json': { schema } },
});

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listRecordings',
  ...needs('recordings.read'),
  summary: 'List recordings',
  tags: TAGS,
  request: { query: listRecordingsSchema },
  responses: { 200: json('One page.', recordingListSchema), ...problems(400) },
});

const getOne = createRoute({
  method: 'get',
  path: `${ROOT}/{id}`,
  operationId: 'getRecording',
  ...needs('recordings.read'),
  summary: 'Read about a recording',
  tags: TAGS,
  request: { params: recordingIdSchema },
  responses: { 200: json('The recording.', recordingSchema), ...problems(400, 404) },
});

const audio = createRoute({
  method: 'get',
  path: `${ROOT}/{id}/audio`,
  operationId: 'getRecordingAudio',
  ...needs('recordings.read'),
  summary: 'Hear a recording',
  description: 'As WAV; one `Range` of bytes is understood, with `If-Range`.',
  tags: TAGS,
  request: { params: recordingIdSchema },
  responses: {
    200: { description: 'All of it.', content: WAV },
    206: { description: 'The range that was asked for.', content: WAV },
    304: { description: 'Unchanged.' },
    ...problems(400, 404, 416),
  },
});

const waveform = createRoute({
  method: 'get',
  path: `${ROOT}/{id}/waveform`,
  operationId: 'getRecordingWaveform',
  ...needs('recordings.read'),
  summary: 'Read the peaks of a recording, to draw it',
  tags: TAGS,
  request: { params: recordingIdSchema, query: waveformQuerySchema },
  responses: { 200: json('Peaks and silences.', waveformSchema), ...problems(400, 404) },
});

const remove = createRoute({
  method: 'delete',
  path: `${ROOT}/{id}`,
  operationId: 'deleteRecording',
  ...needs('recordings.delete'),
  summary: 'Delete a recording',
  description: 'The log has a line `recording-deleted` with the name of the API key.',
  tags: TAGS,
  request: { params: recordingIdSchema },
  responses: { 204: { description: 'Gone.' }, ...problems(400, 404, 412) },
});

const FILE_LIST: ListRules<RecordingFile> = {
  name: 'recordings',
  idOf: ({ id }) => id,
  sorts: { writtenAt: ({ writtenAtMs }) => writtenAtMs, bytes: ({ bytes }) => bytes },
};

export function recordingRoutes(
  app: OpenAPIHono<ApiEnv>,
  deps: Deps,
  archive: RecordingArchive,
): void {
  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const files = (await archive.list()).filter((file) => isWithin(file, query));
    const isLooked = query.queueId !== undefined || query.agentId !== undefined;
    const limit = isLooked ? MAX_PAGE : query.limit;
    const page = pageOf(files, { ...query, limit }, FILE_LIST);
    const shown = await Promise.all(page.items.map((file) => viewOf(file, archive, deps)));
    const items = shown.filter((item) => isMeant(item, query));
    return c.json(listAnswer(c, { items, nextCursor: page.nextCursor }, query.fields), 200);
  });
  app.openapi(getOne, async (c) => {
    const file = await archive.get(c.req.valid('param').id);
    return c.json(await viewOf(file, archive, deps), 200, { ETag: versionOf(file) });
  });
  app.openapi(audio, async (c) => {
    const file = await archive.get(c.req.valid('param').id);
    const etag = versionOf(file);
    const headers = {
      ETag: etag,
      'Accept-Ranges': 'bytes',
      'Content-Type': 'audio/wav',
      'Content-Disposition': `attachment; filename="${file.id}.wav"`,
      'Last-Modified': new Date(file.writtenAtMs).toUTCString(),
    };
    if (tagsIn(c.req.header('If-None-Match')).includes(etag)) return c.body(null, 304, headers);
    const ifRange = c.req.header('If-Range');
    const asked = ifRange === undefined || ifRange === etag ? c.req.header('Range') : undefined;
    const range = rangeOf(asked, file.bytes);
    if (range === 'unsatisfiable') throw unsatisfiable(file, asked ?? '');
    const { first, last } = range ?? { first: 0, last: file.bytes - 1 };
    const body = await archive.stream(file, first, last);
    const length = { 'Content-Length': String(last - first + 1) };
    if (range === null) return c.body(body, 200, { ...headers, ...length });
    const part = { 'Content-Range': `bytes ${first}-${last}/${file.bytes}` };
    return c.body(body, 206, { ...headers, ...length, ...part });
  });
  app.openapi(waveform, async (c) => {
    const file = await archive.get(c.req.valid('param').id);
    return c.json(await waveformOf(file, archive, c.req.valid('query').points), 200);
  });
  app.openapi(remove, async (c) => {
    const file = await archive.get(c.req.valid('param').id);
    checkMatch(c, versionOf(file));
    await archive.remove(file.id);
    const [requestId, keyName] = [c.get('requestId'), c.get('keyName') ?? null];
    const { id: recordingId, interactionId } = file;
    deps.log.info('recording-deleted', { requestId, keyName, recordingId, interactionId });
    return c.body(null, 204);
  });
}

function versionOf({ id, bytes, writtenAtMs }: RecordingFile): string {
  return etagOf([id, bytes, writtenAtMs]);
}

function unsatisfiable({ bytes }: RecordingFile, value: string): ApiError {
  const message = `begins after the last byte of ${bytes}`;
  return new ApiError('RANGE_NOT_SATISFIABLE', `Range ${message}`, {
    fields: { bytes },
    headers: { 'Content-Range': `bytes */${bytes}` },
    issues: [{ field: 'Range', code: 'OUT_OF_RANGE', message, value: value.slice(0, 64) }],
  });
}

function isWithin(
  { interactionId, writtenAtMs }: RecordingFile,
  query: z.output<typeof listRecordingsSchema>,
): boolean {
  return (
    (query.interactionId === undefined || query.interactionId === interactionId) &&
    writtenAtMs >= (msOf(query.writtenFrom) ?? -Infinity) &&
    writtenAtMs < (msOf(query.writtenTo) ?? Infinity)
  );
}

function isMeant(item: Shown, { queueId, agentId }: z.output<typeof listRecordingsSchema>) {
  return (
    (queueId === undefined || item.queueId === queueId) &&
    (agentId === undefined || item.agentId === agentId)
  );
}

async function viewOf(
  file: RecordingFile,
  archive: RecordingArchive,
  { callbacks }: Deps,
): Promise<Shown> {
  const record = callbacks.get(file.interactionId);
  const name = new RegExp(`(?:^|/)${file.id.replaceAll('+', '\\+')}\\.wav$`);
  const attempt = record?.attempts.find(({ recording }) => name.test(recording ?? '')) ?? null;
  return {
    recordingId: file.id,
    interactionId: file.interactionId,
    callbackId: record?.id ?? null,
    attempt: attempt?.number ?? null,
    queueId: record?.queueId ?? null,
    agentId: attempt?.agentId ?? null,
    writtenAt: isoTime(file.writtenAtMs),
    ...(await archive.facts(file)),
    bytes: file.bytes,
    audioUrl: `${ROOT}/${file.id}/audio`,
  };
}

async function waveformOf(
  file: RecordingFile,
  archive: RecordingArchive,
  points: number,
): Promise<z.output<typeof waveformSchema>> {
  const { channels, sampleRateHz, durationMs } = await archive.facts(file);
  const frames = Math.floor(Math.max(0, file.bytes - HEADER_BYTES) / (2 * channels));
  const drawn = new Waveform(channels, sampleRateHz, frames, points);
  const end = HEADER_BYTES + frames * 2 * channels;
  const step = BLOCK_BYTES - (BLOCK_BYTES % (2 * channels));
  for (let at = HEADER_BYTES; at < end; at += step) {
    const block = await archive.bytesOf(file.id, at, Math.min(step, end - at));
    drawn.take(new Int16Array(Uint8Array.from(block).buffer, 0, block.length >> 1));
  }
  drawn.end();
  const parties = channels === 2 ? (['customer', 'agent'] as const) : (['both'] as const);
  return {
    recordingId: file.id,
    durationMs,
    channels: drawn.peaks.map((peaks, channel) => ({
      party: parties[channel] ?? 'both',
      peaks: peaks.map((peak) => Math.round(peak * 1_000) / 1_000),
    })),
    silences: drawn.silences,
  };
}
