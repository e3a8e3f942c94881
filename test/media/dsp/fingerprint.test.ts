// Announcements are known again by their sound, whatever the line did to them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readAnnouncements } from '../../../media/announcements.ts';
import { writeWav } from '../../../media/codec/wav.ts';
import { DEFAULT_CPD_OPTIONS } from '../../../media/dsp/cpd.ts';
import { fingerprintOf } from '../../../media/dsp/fingerprint.ts';
import type { CpdPhase } from '../../../media/types.ts';
import type { Log } from '../../../core/ports.ts';
import {
  addNoise,
  concat,
  gain,
  losePackets,
  readWavFile,
  seededRandom,
  silence,
  throughG711,
} from '../../support/audio.ts';
import { verdictsOn } from './corpus.ts';

const kept = (name: string): Int16Array =>
  readWavFile(new URL(`../../support/speech/${name}.wav`, import.meta.url));
const announcements = [
  fingerprintOf('not-in-service', kept('agent-talk')),
  fingerprintOf('all-lines-busy', kept('machine-greeting')),
];

function whatIs(samples: Int16Array, phase: CpdPhase): readonly string[] {
  const options = { ...DEFAULT_CPD_OPTIONS, announcements };
  return verdictsOn(samples, phase, options).map(
    ({ kind, evidence }) => `${kind} ${evidence.at(-1)?.what ?? ''}`,
  );
}

test('a known recording is named: shifted, soft, over A-law with noise and loss', () => {
  for (const [leadMs, gainDb, snrDb, loss] of [
    [300, 0, 60, 0],
    [307, -14, 60, 0],
    [513, 8, 20, 0],
    [391, -10, 18, 0.02],
  ] as const) {
    const random = seededRandom(leadMs);
    const sound = concat(silence(leadMs), gain(kept('agent-talk'), gainDb).subarray(0, 8 * 5000));
    const heard = losePackets(throughG711(addNoise(sound, snrDb, random), 'alaw'), loss, random);
    assert.equal(whatIs(heard, 'before-answer')[0], 'music announcement-not-in-service');
    const after = whatIs(heard, 'after-answer');
    assert.ok(after.includes('machine announcement-not-in-service'), after.join(', '));
  }
});

test('other speech is not taken for it', () => {
  for (const name of ['customer-talk', 'person-long', 'person-hello']) {
    const heard = concat(silence(200), kept(name), silence(1500));
    const found = [...whatIs(heard, 'before-answer'), ...whatIs(heard, 'after-answer')];
    assert.ok(
      found.every((what) => !what.includes('announcement-')),
      `${name}: ${found.join(', ')}`,
    );
  }
});

test('a folder is read in the order of names; what is no WAV is logged and left out', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'ringback-announcements-'));
  t.after(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'b.wav'), writeWav(kept('person-long'), 1, 8000));
  writeFileSync(join(dir, 'a.wav'), 'no sound');
  writeFileSync(join(dir, 'notes.txt'), 'not looked at');
  const events: string[] = [];
  const note = (event: string): void => void events.push(event);
  const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };
  assert.deepEqual(
    readAnnouncements(dir, log).map(({ name }) => name),
    ['b'],
  );
  assert.deepEqual(events, ['announcement-unreadable']);
  assert.deepEqual(readAnnouncements(join(dir, 'missing'), log), []);
});
