// Call progress detection on files: `npm run cpd -- FILE.wav... [--before] [--json] [--svg] [--plan
// DE] [--profile favour-person] [--announcements DIR]`. Prints verdicts with their evidence; --json
// one object per file; --svg writes FILE.svg beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { Log } from '../core/ports.ts';
import { readAnnouncements } from '../media/announcements.ts';
import { readWav, resampleMono, toMono } from '../media/codec/wav.ts';
import { createCpd, DEFAULT_CPD_OPTIONS } from '../media/dsp/cpd.ts';
import { TONE_PLANS, tonePlanOf } from '../media/dsp/tone-plan.ts';
import type { CpdOptions, CpdPhase, CpdVerdict } from '../media/types.ts';
import { drawSound } from './cpd-picture.ts';

const SAMPLE_RATE_HZ = 8000;
const FRAME_SAMPLES = 160;
const PROFILES = ['favour-person', 'neutral', 'favour-machine'] as const;
const USAGE =
  'usage: npm run cpd -- FILE.wav... [--before] [--json] [--svg] [--plan COUNTRY]\n' +
  `       [--profile ${PROFILES.join('|')}] [--announcements DIR]`;

function load(path: string): Int16Array {
  const { samples, channels, sampleRateHz } = readWav(readFileSync(path));
  return resampleMono(toMono(samples, channels), sampleRateHz, SAMPLE_RATE_HZ);
}

function detect(samples: Int16Array, phase: CpdPhase, options: CpdOptions): readonly CpdVerdict[] {
  const cpd = createCpd(phase, options);
  const verdicts: CpdVerdict[] = [];
  for (let at = 0; at + FRAME_SAMPLES <= samples.length; at += FRAME_SAMPLES) {
    const verdict = cpd.push(samples.subarray(at, at + FRAME_SAMPLES));
    if (verdict !== null) verdicts.push(verdict);
  }
  return verdicts;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function print(path: string, verdicts: readonly CpdVerdict[]): void {
  console.log(path);
  if (verdicts.length === 0) console.log('  no verdict');
  for (const { kind, confidence, atMs, evidence } of verdicts) {
    console.log(`  ${seconds(atMs)}  ${kind}  ${(100 * confidence).toFixed(0)} %`);
    for (const { what, fromMs, toMs, measures } of evidence) {
      const values = Object.entries(measures).map(([name, value]) => `${name} ${value.toFixed(1)}`);
      console.log(`      ${seconds(fromMs)} to ${seconds(toMs)}  ${what}  ${values.join(', ')}`);
    }
  }
}

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (event, fields) => console.error(event, fields),
  error: (event, fields) => console.error(event, fields),
  child: () => log,
};

function optionsOf(plan: string, profile: string, announcementsDir: string | null): CpdOptions {
  const known = PROFILES.find((each) => each === profile);
  const isPlan = plan === 'US' || tonePlanOf(plan) !== tonePlanOf('US') || TONE_PLANS.has(plan);
  if (known === undefined || !isPlan) throw new RangeError(USAGE);
  const announcements = announcementsDir === null ? [] : readAnnouncements(announcementsDir, log);
  return { ...DEFAULT_CPD_OPTIONS, tonePlan: plan, profile: known, announcements };
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      before: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      svg: { type: 'boolean', default: false },
      plan: { type: 'string', default: 'US' },
      profile: { type: 'string', default: 'neutral' },
      announcements: { type: 'string' },
    },
  });
  if (positionals.length === 0) {
    console.error(USAGE);
    return 2;
  }
  const options = optionsOf(values.plan, values.profile, values.announcements ?? null);
  for (const path of positionals) {
    const samples = load(path);
    const verdicts = detect(samples, values.before ? 'before-answer' : 'after-answer', options);
    if (values.json) console.log(JSON.stringify({ path, verdicts }));
    else print(path, verdicts);
    if (!values.svg) continue;
    const svg = drawSound(samples, verdicts, basename(path));
    writeFileSync(`${path.replace(/\.wav$/iu, '')}.svg`, svg);
  }
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
