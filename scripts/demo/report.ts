// What a story leaves behind: the recording, the ladder of its SIP messages, a drawing of the sound
// and the timeline, in a folder of its own.
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ladderSvg } from '../../api/ladder.ts';
import { readWav, SAMPLE_RATE_HZ } from '../../test/support/phone/sound.ts';
import { until } from '../../test/support/until.ts';
import type { Check, Stereo } from './checks.ts';
import type { Played } from './play.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';
import type { Timeline } from './timeline.ts';
import { waveformSvg } from './waveform.ts';

const EMPTY = new Int16Array();

/** A recording is complete when its header knows the length; before, it reads as empty. */
async function finished(path: string): Promise<Stereo | null> {
  const { channels } = readWav(path);
  const [customer = EMPTY, agent = EMPTY] = channels;
  return customer.length > 0 ? { customer, agent } : null;
}

/** The conversation's recording with its path, null when nothing was recorded. */
export async function findRecording(
  stage: Stage,
): Promise<{ readonly path: string; readonly sound: Stereo } | null> {
  const names = (await readdir(stage.recordingsDir)).filter((name) => name.endsWith('.wav'));
  const name = names.at(-1);
  if (name === undefined) return null;
  const path = join(stage.recordingsDir, name);
  return { path, sound: await until('the recording', () => finished(path)) };
}

/** Writes everything; answers the paths of the files. */
export async function writeReport(
  folder: string,
  story: {
    readonly scenario: Scenario;
    readonly stage: Stage;
    readonly played: Played;
    readonly timeline: Timeline;
    readonly checks: readonly Check[];
    readonly recording: Awaited<ReturnType<typeof findRecording>>;
  },
): Promise<readonly string[]> {
  const { scenario, stage, played, timeline, checks, recording } = story;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    paths.push(path);
  };
  if (recording !== null) {
    const path = join(folder, 'recording.wav');
    await copyFile(recording.path, path);
    paths.push(path);
    const { customer, agent } = recording.sound;
    const lanes = [
      { name: 'customer', colour: '#1d6fb8', samples: customer },
      { name: 'agent', colour: '#2f7d32', samples: agent },
    ];
    await write('waveform.svg', waveformSvg(scenario.title, lanes, SAMPLE_RATE_HZ));
  }
  await write('ladder.svg', ladderSvg(stage.traced, scenario.title));
  const { callback, events } = played;
  const { name, title } = scenario;
  const record = { scenario: name, title, timeline: timeline.entries, checks, callback, events };
  await write('timeline.json', `${JSON.stringify(record, null, 2)}\n`);
  return paths;
}
