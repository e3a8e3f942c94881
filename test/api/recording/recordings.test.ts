// Recordings over real HTTP and real files: found, heard in parts, drawn, deleted.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { rangeOf } from '../../../api/recording/range.ts';
import { writeWav } from '../../../media/codec/wav.ts';
import { KEY } from '../fakes.ts';
import { served } from '../http.ts';

const ID = '0f0e0d0c-0b0a-4909-8807-060504030201';
const NAME = `${ID}_3_0`;

/** Three seconds: the customer speaks, nothing at all for 1.5 s, the agent speaks. */
function conversation(): Uint8Array {
  const samples = new Int16Array(24_000 * 2);
  for (let frame = 0; frame < 8_000; frame++) samples[frame * 2] = 16_384;
  for (let frame = 20_000; frame < 24_000; frame++) samples[frame * 2 + 1] = -8_192;
  return writeWav(samples, 2, 8_000);
}

async function archive(t: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringback-recordings-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const folder = join(dataDir, 'recordings');
  mkdirSync(folder);
  const bytes = conversation();
  writeFileSync(join(folder, `${NAME}.wav`), bytes);
  utimesSync(join(folder, `${NAME}.wav`), 1_700_000_000, 1_700_000_000);
  writeFileSync(join(folder, 'live-7.wav'), '');
  utimesSync(join(folder, 'live-7.wav'), 1_700_000_100, 1_700_000_100);
  const { world, server } = await served(t, `dataDir: ${dataDir}`);
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${server.url}/api/v1/recordings${path}`, {
      method,
      headers: { Authorization: `Bearer ${KEY}`, ...headers },
    });
  return { world, folder, bytes, ask };
}

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

test('recordings are listed with what they belong to', async (t) => {
  const { world, ask } = await archive(t);
  const made = await world.callbacks.create({
    ...{ queueId: 'support', customerNumber: '+12025550123', desiredTimeMs: null },
    ...{ arrivedAtMs: null, priority: null, dialMode: null, firstParty: null, maxAttempts: null },
    ...{ retryGapSeconds: null, requiredSkills: [], userData: {}, idempotencyKey: null },
  });
  const attempt = {
    ...{ number: 2, attemptKey: 'a', startedAtMs: 0, answeredAtMs: 0, endedAtMs: 0 },
    ...{ result: null, sipStatus: null, q850Cause: null, cpd: null, agentId: 'anna' },
    recording: `/data/recordings/${NAME}.wav`,
  };
  world.callbacks.records.set(ID, { ...made.record, id: ID, attempts: [attempt] });
  const page = await json(await ask('?queueId=support&agentId=anna'));
  assert.deepEqual(page['items'], [
    {
      ...{ recordingId: NAME, interactionId: ID, callbackId: ID, attempt: 2 },
      ...{ queueId: 'support', agentId: 'anna', writtenAt: '2023-11-14T22:13:20.000Z' },
      ...{ durationMs: 3_000, bytes: 96_044, channels: 2, sampleRateHz: 8_000 },
      audioUrl: `/api/v1/recordings/${NAME}/audio`,
    },
  ]);
  const first = await json(await ask('?limit=1&sort=-writtenAt&fields=recordingId'));
  assert.deepEqual(first['items'], [{ recordingId: 'live-7' }]);
  const rest = `?limit=1&sort=-writtenAt&fields=recordingId&cursor=${String(first['nextCursor'])}`;
  assert.deepEqual((await json(await ask(rest)))['items'], [{ recordingId: NAME }]);
  const none = await json(await ask('?writtenFrom=2023-11-14T22:16:00Z'));
  assert.deepEqual(none['items'], []);
});

test('audio comes whole, in parts, or not at all', async (t) => {
  const { bytes, ask } = await archive(t);
  const path = `/${NAME}/audio`;
  const whole = await ask(path);
  assert.equal(whole.headers.get('content-disposition'), `attachment; filename="${NAME}.wav"`);
  assert.deepEqual(new Uint8Array(await whole.arrayBuffer()), bytes);
  const etag = whole.headers.get('etag') ?? '';
  for (const [range, first, last] of [
    ['bytes=0-43', 0, 43],
    ['bytes=96000-', 96_000, 96_043],
    ['bytes=-4', 96_040, 96_043],
    ['bytes=44-999999', 44, 96_043],
  ] as const) {
    const part = await ask(path, { Range: range, 'If-Range': etag });
    assert.equal(part.status, 206, range);
    assert.equal(part.headers.get('content-range'), `bytes ${first}-${last}/96044`);
    assert.deepEqual(new Uint8Array(await part.arrayBuffer()), bytes.slice(first, last + 1));
  }
  const beyond = await ask(path, { Range: 'bytes=96044-' });
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */96044']);
  assert.equal((await json(beyond))['code'], 'RANGE_NOT_SATISFIABLE');
  const other = await ask(path, { Range: 'bytes=0-1', 'If-Range': '"older"' });
  assert.equal(other.status, 200);
  await other.arrayBuffer();
  assert.equal((await ask(path, { 'If-None-Match': etag })).status, 304);
  assert.equal((await (await ask('/live-7/audio')).arrayBuffer()).byteLength, 0);
});

test('any range: a part of the file, the whole, or nothing of it', () => {
  const bound = fc.option(fc.nat(30), { nil: '' });
  fc.assert(
    fc.property(bound, bound, fc.nat(20), (from, to, size) => {
      const range = rangeOf(`bytes=${from}-${to}`, size);
      if (range === null || range === 'unsatisfiable') return;
      assert.ok(range.first >= 0 && range.first <= range.last && range.last < size);
    }),
  );
  for (const header of ['', 'bytes=', 'bytes=1-0', 'lines=1-2', 'bytes=0-1,3-4']) {
    assert.equal(rangeOf(header, 10), null, header);
  }
});

test('the waveform shows who spoke when, and where nothing was recorded', async (t) => {
  const { ask } = await archive(t);
  const drawn = await json(await ask(`/${NAME}/waveform?points=12`));
  assert.deepEqual(drawn, {
    recordingId: NAME,
    durationMs: 3_000,
    channels: [
      { party: 'customer', peaks: [0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0] },
      { party: 'agent', peaks: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.25, 0.25] },
    ],
    silences: [{ fromMs: 1_000, toMs: 2_500 }],
  });
  const empty = await json(await ask('/live-7/waveform'));
  assert.deepEqual([empty['durationMs'], empty['silences']], [0, []]);
});

test('a recording is deleted as it was seen; others cannot be named', async (t) => {
  const { folder, ask } = await archive(t);
  const etag = (await ask(`/${NAME}`)).headers.get('etag') ?? '';
  const old = await ask(`/${NAME}`, { 'If-Match': '"older"' }, 'DELETE');
  const { code, fields } = await json(old);
  assert.deepEqual([old.status, code], [412, 'PRECONDITION_FAILED']);
  assert.deepEqual([fields, old.headers.get('etag')], [{ current: etag }, etag]);
  assert.equal((await ask(`/${NAME}`, { 'If-Match': etag }, 'DELETE')).status, 204);
  assert.ok(!existsSync(join(folder, `${NAME}.wav`)));
  assert.equal((await json(await ask(`/${NAME}`)))['code'], 'RECORDING_UNKNOWN');
  for (const path of ['/..%2Fapi-key', '/%00', '/..']) {
    assert.ok([400, 404].includes((await ask(path)).status), path);
  }
});

test('a recording whose recorder was killed is served with the sizes of its file', async (t) => {
  const { folder, bytes, ask } = await archive(t);
  const torn = Buffer.from(bytes);
  torn.writeUInt32LE(36, 4);
  torn.writeUInt32LE(0, 40);
  writeFileSync(join(folder, 'torn.wav'), torn);
  const whole = new Uint8Array(await (await ask('/torn/audio')).arrayBuffer());
  assert.deepEqual(whole, bytes);
  for (const [first, last] of [
    [0, 43],
    [2, 41],
    [42, 45],
    [44, 47],
  ] as const) {
    const part = await ask('/torn/audio', { Range: `bytes=${first}-${last}` });
    assert.deepEqual(new Uint8Array(await part.arrayBuffer()), bytes.slice(first, last + 1));
  }
  assert.equal((await json(await ask('/torn')))['durationMs'], 3_000);
});

test('who deleted a recording is in the audit log, and who heard it', async (t) => {
  const { world, ask } = await archive(t);
  await (await ask(`/${NAME}/audio`)).arrayBuffer();
  assert.equal((await ask(`/${NAME}`, {}, 'DELETE')).status, 204);
  const { items } = await json(await world.ask('GET', '/api/v1/audit'));
  const lines = (items as Record<string, unknown>[]).map((line) => [
    ...[line['operation'], line['actor'], line['target'], line['status']],
  ]);
  assert.deepEqual(lines, [
    ['deleteRecording', 'tests', `id=${NAME}`, 204],
    ['getRecordingAudio', 'tests', `id=${NAME}`, 200],
  ]);
});
