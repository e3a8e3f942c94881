// The demo's judgement: it must notice a wrong voice, a hole in the sound and a wrong end.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { SCENARIOS, speech } from '../../scripts/demo/scenarios.ts';
import { describe } from '../../scripts/demo/timeline.ts';
import { waveformSvg } from '../../scripts/demo/waveform.ts';
import { likeness, longestHoleMs } from './audio.ts';
import { readSpeech } from './phone/sound.ts';

const CUSTOMER = readSpeech(speech('customer-talk'));
const AGENT = readSpeech(speech('agent-talk'));
const DEMO = join(import.meta.dirname, '../../scripts/demo.ts');

test('a voice is found wherever it begins, and another one is not taken for it', () => {
  const heard = new Int16Array(64_000);
  heard.set(CUSTOMER.subarray(20_000, 70_000), 9_000);
  assert.ok(likeness(CUSTOMER, heard).correlation > 0.95);
  assert.ok(likeness(AGENT, heard).correlation < 0.5);
  assert.equal(likeness(CUSTOMER, new Int16Array(100)).correlation, 0);
});

test('a missing twentieth of a second is noticed, the speaker’s own pauses are not', () => {
  const heard = new Int16Array(59_000);
  heard.set(CUSTOMER.subarray(0, 50_000), 9_000);
  assert.equal(longestHoleMs(CUSTOMER, heard), 0);
  // In the middle of a word, wherever that is.
  const word = heard.findIndex((sample, at) => at > 20_000 && Math.abs(sample) > 8_000);
  heard.fill(0, word, word + 480);
  assert.ok(longestHoleMs(CUSTOMER, heard) >= 50);
  assert.equal(longestHoleMs(AGENT, heard), Infinity, 'never said');
});

test('events are told in words, with what was heard and how surely', () => {
  const event = { callbackId: 'c', at: '', state: 'routing' };
  const evidence = [{ what: 'greeting', fromMs: 480, toMs: 1640 }];
  const finding = { kind: 'person', confidence: 0.97, atMs: 1640, evidence };
  assert.deepEqual(describe({ ...event, type: 'customer-classified', data: { finding } }), {
    who: 'detection',
    what: 'person, 97 % sure after 1.64 s: greeting 480-1640 ms -> routing',
  });
  const data = { result: 'CONNECTED', reason: 'AGENT_CONNECTED' };
  const last = describe({ ...event, type: 'customer-hung-up', state: 'completed', data });
  assert.equal(last.what, 'customer hung up [attempt CONNECTED] -> completed AGENT_CONNECTED');
  const failure = { sipStatus: 486, reason: 'Busy Here', q850Cause: 17, cancelledByUs: false };
  const busy = describe({ ...event, type: 'customer-failed', data: { failure } });
  assert.equal(busy.what, 'not reached: 486 Busy Here, Q.850 17 -> routing');
});

test('a drawing has a lane for each channel and a mark for each second', () => {
  const lanes = ['customer', 'agent'].map((name) => ({ name, colour: '#000', samples: CUSTOMER }));
  const svg = waveformSvg('talk', lanes, 8_000);
  assert.equal([...svg.matchAll(/<polygon/g)].length, 2);
  assert.match(svg, />15 s</);
  assert.doesNotMatch(svg, /NaN|Infinity/);
  assert.doesNotMatch(waveformSvg('nothing', [], 8_000), /NaN|Infinity/);
});

test('an unknown scenario is refused with the list of those there are', () => {
  const run = spawnSync(process.execPath, [DEMO, '--scenario', 'opera'], { encoding: 'utf8' });
  assert.equal(run.status, 1);
  for (const { name } of SCENARIOS) assert.match(run.stdout, new RegExp(`^  ${name} `, 'm'));
});
