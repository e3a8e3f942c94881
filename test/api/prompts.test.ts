// Prompts: uploads over the API, and what an interaction hears in which language.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { parseConfig } from '../../api/config.ts';
import { openPrompts } from '../../api/prompts.ts';
import type { TreatmentContext } from '../../api/treatments.ts';
import type { Log, LogFields } from '../../core/ports.ts';
import { silentLog } from '../../core/live.ts';
import { readWav, writeWav } from '../../media/codec/wav.ts';
import type { PlaySource } from '../../media/index.ts';
import { VirtualClock } from '../support/clock.ts';
import { tone } from '../support/audio.ts';
import { bodyOf, createWorld, KEY } from './fakes.ts';

const nobody: TreatmentContext = { languageOf: () => null, announcementsTo: () => [] };

interface Options {
  readonly config?: object;
  readonly context?: Partial<TreatmentContext>;
  readonly dataDir?: string;
}

async function open(t: TestContext, { config = {}, context = {}, ...given }: Options = {}) {
  const dataDir = given.dataDir ?? mkdtempSync(join(tmpdir(), 'ringback-prompts-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const logged: string[] = [];
  const warn = (event: string, fields?: LogFields) =>
    void logged.push(`${event} ${JSON.stringify(fields)}`);
  const log: Log = { ...silentLog, warn };
  const parsed = parseConfig(JSON.stringify({ dataDir, ...config }), {});
  const ports = { clock: new VirtualClock(), log };
  const opened = await openPrompts(parsed, { ...nobody, ...context }, ports);
  const world = createWorld('', { prompts: opened.prompts });
  const send = async (query: string, wav: Uint8Array, type = 'audio/wav') =>
    world.app.request(`/api/v1/prompts?${query}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': type },
      body: new Uint8Array(wav),
    });
  return { ...opened, world, send, dataDir, logged };
}

function filesOf(sources: readonly PlaySource[]): string[] {
  return sources.map((source) =>
    source.kind === 'file' ? source.path.split('/').slice(-2).join('/') : source.kind,
  );
}

const WAV = writeWav(tone([500], 1_000), 1, 8_000);

test('a stereo WAV at 44.1 kHz is uploaded, listed, read, heard, named and deleted', async (t) => {
  const { world, send, treatments, dataDir } = await open(t);
  const stereo = writeWav(new Int16Array(2 * 44_100).fill(9_000), 2, 44_100);
  const made = await send('name=closed&language=de', stereo);
  const body = await bodyOf(made);
  assert.equal(made.status, 201, JSON.stringify(body));
  assert.equal(made.headers.get('location'), '/api/v1/prompts/de/closed');
  assert.deepEqual([body['durationMs'], body['bytes']], [1_000, 16_044]);
  const { items, languages } = await bodyOf(await world.ask('GET', '/api/v1/prompts'));
  assert.deepEqual(items, [body]);
  assert.deepEqual(languages, ['de', 'en']);
  assert.deepEqual(await bodyOf(await world.ask('GET', '/api/v1/prompts/de/closed')), body);
  const audio = await world.ask('GET', '/api/v1/prompts/de/closed/audio');
  const { samples, sampleRateHz } = readWav(new Uint8Array(await audio.arrayBuffer()));
  assert.deepEqual([samples.length, sampleRateHz], [8_000, 8_000]);
  assert.ok(Math.abs((samples[4_000] ?? 0) - 9_000) < 50);
  assert.ok(treatments.knows('closed', 'de'));
  assert.equal((await world.ask('DELETE', '/api/v1/prompts/de/closed')).status, 204);
  assert.equal((await world.ask('GET', '/api/v1/prompts/de/closed')).status, 404);
  assert.deepEqual(readdirSync(join(dataDir, 'prompts', 'de')), []);
});

test('an upload is refused with a code: no WAV, too long, there already', async (t) => {
  const { send, world, dataDir } = await open(t);
  const refusal = async (answer: Promise<Response>) => {
    const response = await answer;
    return `${response.status} ${String((await bodyOf(response))['code'])}`;
  };
  const query = 'name=a&language=en';
  const long = writeWav(new Int16Array(301 * 8_000), 1, 8_000);
  assert.equal(await refusal(send(query, Buffer.from('nothing'))), '400 MEDIA_WAV_INVALID');
  assert.equal(await refusal(send(query, WAV, 'audio/mpeg')), '415 MEDIA_TYPE_UNSUPPORTED');
  assert.equal(await refusal(send(query, long)), '400 MEDIA_SOUND_TOO_LONG');
  assert.equal(await refusal(send('name=../a&language=en', WAV)), '400 REQUEST_INVALID');
  assert.equal(await refusal(send('name=a&language=../en', WAV)), '400 REQUEST_INVALID');
  assert.equal(await refusal(send(query, new Uint8Array(16_777_217))), '413 BODY_TOO_LARGE');
  assert.equal((await send(query, WAV)).status, 201);
  assert.equal(await refusal(send(query, WAV)), '409 PROMPT_EXISTS');
  assert.equal((await send(`${query}&replace=true`, WAV)).status, 201);
  assert.equal(await refusal(world.ask('DELETE', '/api/v1/prompts/en/b')), '404 PROMPT_UNKNOWN');
  assert.deepEqual(readdirSync(join(dataDir, 'prompts', 'en')), ['a.wav']);
});

test('a prompt that the configuration names stays, a stand-in may go', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringback-prompts-'));
  mkdirSync(join(dataDir, 'prompts', 'en'), { recursive: true });
  for (const name of ['ours', 'apology']) {
    writeFileSync(join(dataDir, 'prompts', 'en', `${name}.wav`), WAV);
  }
  const queues = [{ id: 'support', callback: { greeting: 'ours' } }];
  const { world } = await open(t, { dataDir, config: { queues } });
  const kept = await world.ask('DELETE', '/api/v1/prompts/en/ours');
  assert.deepEqual([kept.status, (await bodyOf(kept))['code']], [409, 'PROMPT_IN_USE']);
  assert.equal((await world.ask('DELETE', '/api/v1/prompts/en/apology')).status, 204);
});

test('the language of an interaction decides; what is missing falls back', async (t) => {
  const languages = new Map([
    ['german', 'de'],
    ['french', 'fr'],
  ]);
  const context = { languageOf: (id: string) => languages.get(id) ?? null };
  const { treatments, send, logged } = await open(t, { context });
  assert.deepEqual(filesOf(treatments.sources('greeting', 'german')), ['de/greeting.wav']);
  assert.deepEqual(filesOf(treatments.sources('greeting', 'other')), ['en/greeting.wav']);
  assert.deepEqual(logged, []);
  assert.deepEqual(filesOf(treatments.sources('greeting', 'french')), ['en/greeting.wav']);
  assert.deepEqual(logged, [
    'prompt-language-missing {"name":"greeting","language":"fr","instead":"en"}',
  ]);
  await send('name=greeting&language=fr', WAV);
  assert.deepEqual(filesOf(treatments.sources('greeting', 'french')), ['fr/greeting.wav']);
  assert.deepEqual(treatments.languages(), ['de', 'en', 'fr']);
  assert.throws(() => treatments.sources('nonsense', 'german'), { code: 'TREATMENT_UNKNOWN' });
});

test('the welcome goes on with place and wait, in the language of the caller', async (t) => {
  const context: TreatmentContext = {
    languageOf: () => 'de',
    announcementsTo: () => [
      { kind: 'position', position: 3 },
      { kind: 'wait', seconds: 300 },
    ],
  };
  const { treatments } = await open(t, { context });
  const clips = filesOf(treatments.sources('queue-welcome', 'x'));
  assert.deepEqual(clips, [
    'de/queue-welcome.wav',
    'silence',
    ...['you-are', 'place3', 'in-line'].map((clip) => `clips/${clip}.wav`),
    'silence',
    ...['your-wait-is', 'about', 'n5', 'minutes'].map((clip) => `clips/${clip}.wav`),
  ]);
  assert.equal(treatments.sources('greeting', 'x').length, 1);
});

test('texts without an engine: a fallback is heard, none ends the start with a code', async (t) => {
  const speech = { program: '/nowhere/espeak-ng' };
  const say = { text: 'Closed today.' };
  const prompts = [{ name: 'closed', say, fallback: 'apology' }];
  const { treatments, logged } = await open(t, { config: { media: { speech }, prompts } });
  assert.deepEqual(filesOf(treatments.sources('closed', 'x')), ['en/apology.wav']);
  assert.ok(logged[0]?.startsWith('prompt-not-spoken '), logged.join());
  const alone = { media: { speech }, prompts: [{ name: 'closed', say }] };
  await assert.rejects(open(t, { config: alone }), { code: 'SPEECH_UNAVAILABLE' });
});

test('languages and prompts that are nowhere end the start with a code', async (t) => {
  const queue = (more: object) => ({ config: { queues: [{ id: 'support', ...more }] } });
  await assert.rejects(open(t, queue({ language: 'xx' })), { code: 'LANGUAGE_UNKNOWN' });
  const named = queue({ recording: { consentPrompt: 'nowhere' } });
  await assert.rejects(open(t, named), { code: 'TREATMENT_UNKNOWN' });
});

test('a callback may ask for a language there are prompts in, and no other', async () => {
  const world = createWorld();
  const good = { queueId: 'support', customerNumber: '+12025550123', language: 'de' };
  assert.equal((await world.ask('POST', '/api/v1/callbacks', good)).status, 201);
  const bad = await world.ask('POST', '/api/v1/callbacks', { ...good, language: 'xx' });
  const { code, errors } = await bodyOf(bad);
  assert.deepEqual([bad.status, code], [400, 'LANGUAGE_UNKNOWN']);
  assert.equal((errors as { pointer: string }[])[0]?.pointer, '#/language');
});
